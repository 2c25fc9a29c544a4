"""The catalog's table of followed files, folders and addresses."""

from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from index.store.followed import Followed
from index.store.schema import followed


class FollowTable:
    """Followed files, folders and addresses. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def all(self) -> list[Followed]:
        """Return everything that is followed, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(followed).order_by(followed.c.since, followed.c.source))
            return [Followed(**row._mapping) for row in rows]

    def add(self, source: str, kind: str) -> bool:
        """Follow a source; returns whether it was not followed before."""
        row = sa.insert(followed).prefix_with("OR IGNORE").values(source=source, kind=kind, since=now())
        with self._engine.begin() as connection:
            return connection.execute(row).rowcount > 0

    def remove(self, source: str) -> bool:
        """Stop following a source; returns whether it was followed."""
        with self._engine.begin() as connection:
            return connection.execute(sa.delete(followed).where(followed.c.source == source)).rowcount > 0

    def note(self, source: str, kind: str, outcome: Mapping[str, object]) -> None:
        """Store the result of bringing a source up to date, with the current time."""
        values = {"kind": kind, "synced": now(), "outcome": dict(outcome)}
        with self._engine.begin() as connection:
            connection.execute(sa.update(followed).where(followed.c.source == source).values(values))


def now() -> str:
    """Return the current time as the catalog stores it: ISO, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
