"""SQLite files of ours, as every module opens them."""

import json
from collections.abc import Sequence
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
    # WAL lets readers go on while one process writes; NORMAL survives a killed process whole.
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # SQLite's own comparison knows the small letters of English alone.
    connection.create_function("folded", 1, lambda text: (text or "").casefold(), deterministic=True)
