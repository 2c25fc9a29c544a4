"""The catalog's table of files with several articles, so that unchanged files are not read again."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

import sqlalchemy as sa

from index.store.schema import files


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file that was read, and the result.

    `raw_hash` is the hash of its bytes and of `names`, which maps article fields to the file's own. `articles` are the
    ids of the articles in it; `failed` and `skipped` say why other parts were not indexed, one sentence each.
    """

    path: str
    raw_hash: str
    names: dict[str, str] = field(default_factory=dict)
    articles: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


_COLUMNS = [files.c[one.name] for one in fields(ReadFile)]


class FileTable:
    """The files with several articles. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def read(self, path: str) -> ReadFile | None:
        """Read what is stored about a file, or None."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(*_COLUMNS).where(files.c.path == path)).first()
        if row is None:
            return None
        values: dict[str, Any] = dict(row._mapping)
        values |= {name: tuple(values[name]) for name in ("articles", "failed", "skipped")}
        return ReadFile(**values)

    def keep(self, file: ReadFile) -> None:
        """Store what is known about a file, replacing an earlier version."""
        with self._engine.begin() as connection:
            connection.execute(sa.insert(files).prefix_with("OR REPLACE"), [asdict(file)])
