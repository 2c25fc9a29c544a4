"""What is known of files that hold several articles, so that they are not read again while they stay the same."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

import sqlalchemy as sa

from index.store.schema import files


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file that was read, and what came of it.

    `raw_hash` is the hash of its bytes and of `names`, what its fields are called. `articles` are the ids of what was
    made of it; `failed` and `skipped` are why other parts of it were not taken in, one sentence each.
    """

    path: str
    raw_hash: str
    names: dict[str, str] = field(default_factory=dict)
    articles: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


_COLUMNS = [files.c[one.name] for one in fields(ReadFile)]


class FileTable:
    """What is known of files with several articles. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def read(self, path: str) -> ReadFile | None:
        """Read what is known of one file."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(*_COLUMNS).where(files.c.path == path)).first()
        if row is None:
            return None
        values: dict[str, Any] = dict(row._mapping)
        values |= {name: tuple(values[name]) for name in ("articles", "failed", "skipped")}
        return ReadFile(**values)

    def keep(self, file: ReadFile) -> None:
        """Remember what is known of a file, in place of what was."""
        with self._engine.begin() as connection:
            connection.execute(sa.insert(files).prefix_with("OR REPLACE"), [asdict(file)])
