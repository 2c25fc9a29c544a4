"""Open, create and shrink SQLite files."""

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
from index.text.terms import indexed

_DAMAGE = ("malformed", "not a database", "corrupt", "disk I/O error", "no such table")

_LOCK_TIMEOUT = 10.0
"""Seconds to wait for another process that has locked the file."""


def open_sqlite(file: Path) -> sa.Engine:
    """Open a SQLite file for any number of readers and one writer at a time, across threads and processes.

    Its SQL has a function `folded`, which case-folds text of any language, and `indexed`, which returns the terms of a
    text in a language (`index.text.terms`).
    """
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)), connect_args={"timeout": _LOCK_TIMEOUT})
    sa.event.listen(engine, "connect", _set_up)
    return engine


def make_tables(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Create missing tables, and add missing columns and indexes to existing ones.

    It compares with the file rather than with a version number, because a killed process may have done half of it. A
    new column has to allow NULL or have a server default.
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
    """Close idle connections; whoever asks for a connection from then on gets `error`."""

    def refuse(*_: object) -> None:
        raise error()

    # A disposed engine would otherwise just open the file again.
    sa.event.listen(engine, "do_connect", refuse)
    engine.dispose()


def in_values(column: "sa.ColumnElement[str]", values: Sequence[str] | None = None) -> "sa.ColumnElement[bool]":
    """Return the condition `column IN values`, for any number of values: they are one JSON parameter.

    Without `values` they are given at execution; see `values_parameter`.
    """
    each = sa.text("SELECT value FROM json_each(:values)")
    if values is not None:
        each = each.bindparams(**values_parameter(values))
    return column.in_(each.columns(sa.column("value")))


def values_parameter(values: Sequence[str] | Sequence[int]) -> dict[str, str]:
    """Return the parameter of a statement with `in_values`."""
    return {"values": json.dumps(list(values))}


def shrink(file: Path) -> bool:
    """Return a file's unused space to the disk. Returns False, with nothing done, if that is not possible now.

    Meanwhile nobody can write to the file, and it needs twice its final size on disk.
    """
    try:
        # It does not wait for other writers, which may take long.
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
            size, pages, free = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_size", "page_count", "freelist_count")
            )
            if shutil.disk_usage(file.parent).free < 2 * size * (pages - free):
                return False
            connection.execute("VACUUM")
            # Until a checkpoint the result is only in the log. While others still read the old state, SQLite postpones
            # the checkpoint until they are done.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (sqlite3.Error, OSError):
        return False
    return True


def _set_up(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    _use_write_ahead_log(cursor)
    # With a write-ahead log, NORMAL is enough to survive a killed process.
    for pragma in ("synchronous = NORMAL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # SQLite itself folds only ASCII letters.
    connection.create_function("folded", 1, lambda text: (text or "").casefold(), deterministic=True)
    connection.create_function("indexed", 2, lambda text, language: indexed(text or "", language), deterministic=True)


def _use_write_ahead_log(cursor: sqlite3.Cursor) -> None:
    """Switch a new file to WAL mode, which lets others read while one process writes; the file keeps the mode."""
    end = time.monotonic() + _LOCK_TIMEOUT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # When several processes create the file, SQLite refuses some at once in spite of the timeout: all hold a
            # read lock, so waiting would be a deadlock.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.01)


def explain_errors_of(file: Path) -> Callable[[sa.ExceptionContext], None]:
    """Return a listener that replaces SQLite's errors about this file by ones that tell the user what to do."""

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
