"""SQLite files of ours, as every module opens them."""

import json
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_WAIT = 10.0
"""Seconds that a process waits for another one that holds the file."""


def open_sqlite(file: Path) -> sa.Engine:
    """Open a SQLite file for readers and one writer at a time, in any number of threads and processes.

    Its SQL has a function `folded`, which writes a text in small letters of any language.
    """
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)), connect_args={"timeout": _WAIT})
    sa.event.listen(engine, "connect", _set_up)
    return engine


def among(column: "sa.ColumnElement[str]", values: Sequence[str] | None = None) -> "sa.ColumnElement[bool]":
    """`column IN values`, for any number of values (SQLite bounds the number of parameters, not their size).

    Without values they are the parameter `among`, which `listed` makes.
    """
    each = sa.text("SELECT value FROM json_each(:among)")
    if values is not None:
        each = each.bindparams(**listed(values))
    return column.in_(each.columns(sa.column("value")))


def listed(values: Sequence[str] | Sequence[int]) -> dict[str, str]:
    """Make the parameter of `among`."""
    return {"among": json.dumps(list(values))}


def _set_up(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    _log_ahead(cursor)
    # Beside a log written ahead, NORMAL survives a killed process whole.
    for pragma in ("synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # SQLite's own comparison knows the small letters of English alone.
    connection.create_function("folded", 1, lambda text: (text or "").casefold(), deterministic=True)


def _log_ahead(cursor: sqlite3.Cursor) -> None:
    """Let readers go on while one process writes: a new file's mode, which it keeps."""
    end = time.monotonic() + _WAIT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # Of several processes that make the same file, SQLite refuses some at once, without the wait that it
            # was given: each holds it for reading, and none could go on.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)
