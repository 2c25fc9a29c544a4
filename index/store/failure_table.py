"""The catalog's table of failures: sources that could not be indexed, until they can be or are cleared."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from index.store.follow_table import now
from index.store.schema import failures


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, folder or address that could not be indexed, and why.

    `first` and `last` are the times of the first and last try (ISO, UTC), `tries` is their number.
    """

    source: str
    reason: str
    first: str
    last: str
    tries: int


class FailureTable:
    """The failures. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def all(self) -> list[Failure]:
        """Return all failures, latest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(failures).order_by(failures.c.last.desc(), failures.c.source))
            return [Failure(**row._mapping) for row in rows]

    def sources(self) -> set[str]:
        """Return the sources of all failures."""
        with self._engine.connect() as connection:
            return set(connection.scalars(sa.select(failures.c.source)))

    def note(self, source: str, reason: str) -> None:
        """Record a failed try."""
        row = insert(failures).values(source=source, reason=reason, first=now(), last=now(), tries=1)
        again = {"reason": reason, "last": now(), "tries": failures.c.tries + 1}
        with self._engine.begin() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["source"], set_=again))

    def forget(self, sources: Sequence[str]) -> None:
        """Delete the failures of sources that succeeded or no longer exist."""
        if not sources:
            return
        with self._engine.begin() as connection:
            for source in sources:
                connection.execute(sa.delete(failures).where(failures.c.source == source))

    def forget_below(self, paths: Sequence[Path], still: Collection[str]) -> None:
        """Delete failures at and below absolute paths, except for those in `still`, which failed again."""
        known = [source for source in self.sources() if source not in still]
        self.forget([one for one in known if any(Path(one).is_relative_to(path) for path in paths)])

    def clear(self) -> int:
        """Delete all failures; returns how many there were."""
        with self._engine.begin() as connection:
            return connection.execute(sa.delete(failures)).rowcount
