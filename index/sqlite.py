"""SQLite files of ours, as every module opens them."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa


def open_sqlite(file: Path) -> sa.Engine:
    """Open a SQLite file for readers and one writer at a time, in any number of threads and processes.

    Its SQL has a function `folded`, which writes a text in small letters of any language.
    """
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)), connect_args={"timeout": 10})
    sa.event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # WAL lets readers go on while one process writes; NORMAL survives a killed process whole.
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # SQLite's own comparison knows the small letters of English alone.
    connection.create_function("folded", 1, lambda text: (text or "").casefold(), deterministic=True)
