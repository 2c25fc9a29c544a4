"""SQLite files of ours, as every module opens them."""

import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from index.errors import IndexBusy, IndexDamaged, IndexingError

_DAMAGE = ("malformed", "not a database", "corrupt", "disk I/O error", "no such table")

_WAIT = 10.0
"""Seconds that a process waits for another one that holds the file."""


def open_sqlite(file: Path) -> sa.Engine:
    """Open a SQLite file for readers and one writer at a time, in any number of threads and processes.

    Its SQL has a function `folded`, which writes a text in small letters of any language.
    """
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)), connect_args={"timeout": _WAIT})
    sa.event.listen(engine, "connect", _set_up)
    return engine


def make_tables(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Make the tables that are not there, and add to those that are the columns and indexes they lack.

    By what is there and not by a version: a process that was killed here may have come half the way. A column that is
    added needs to allow NULL or to have a server default.
    """
    metadata.create_all(connection)
    for table in metadata.sorted_tables:
        there = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                definition = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
                connection.execute(sa.text(f'ALTER TABLE "{table.name}" ADD COLUMN {definition}'))
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def close_sqlite(engine: sa.Engine, error: Callable[[], Exception]) -> None:
    """Close the connections that nobody uses just now, and have whoever asks for another get `error`."""

    def refuse(*_: object) -> None:
        raise error()

    # An engine that is disposed of would open the file anew, as if nothing had been said.
    sa.event.listen(engine, "do_connect", refuse)
    engine.dispose()


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


def shrink(file: Path) -> bool:
    """Give back to the disk what a file no longer holds; False, and nothing is done, where that cannot be now.

    For a while it takes twice the disk that what it does hold takes, and nobody may write to it meanwhile.
    """
    try:
        # Whoever else writes to it is not waited for: they may do so for long.
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
            size, pages, free = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_size", "page_count", "freelist_count")
            )
            if shutil.disk_usage(file.parent).free < 2 * size * (pages - free):
                return False
            connection.execute("VACUUM")
            # Till then, what it wrote is in the log alone. Where somebody still reads what was before, SQLite does it
            # when they are done.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (sqlite3.Error, OSError):
        return False
    return True


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


def explain_errors_of(file: Path) -> Callable[[sa.ExceptionContext], None]:
    """Return a listener that raises what SQLite's errors of this file mean to a person."""

    def explain(context: sa.ExceptionContext) -> None:
        said = str(context.original_exception)
        if "locked" in said:
            problem: IndexingError = IndexBusy(f"{file} is in use by another process; try again in a moment")
        elif "disk is full" in said:
            problem = IndexingError(f"the disk of {file} is full; free some space and run the command again")
        elif "readonly" in said or "unable to open" in said:
            problem = IndexingError(f"{file} cannot be written; check its permissions or give another --home")
        elif any(word in said for word in _DAMAGE):
            problem = IndexDamaged(
                f"the catalog {file} is damaged ({said}); move it away and index your articles again, "
                "or put back a copy of it"
            )
        else:
            return
        raise problem from context.original_exception

    return explain
