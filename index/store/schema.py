"""The tables of the catalog, how its file is opened, and what SQLite's errors mean to a person."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock

from index.errors import IndexBusy, IndexDamaged, IndexingError
from index.store.sqlite import open_sqlite, shrink
from index.types import text_hash

SCHEMA = 6
# What is remembered of a file that lost a large table and has not given its disk back.
_LOOSE = "loose"


class _Words(sa.TypeDecorator[tuple[str, ...]]):
    """A tuple of words, kept as a JSON array."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, _dialect: sa.Dialect) -> str:
        return json.dumps(value or (), ensure_ascii=False)

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> tuple[str, ...]:
        return tuple(json.loads(value)) if value and value != "[]" else ()


class _Offsets(sa.TypeDecorator[tuple[int, ...]]):
    """A tuple of offsets, kept as a JSON array."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, _dialect: sa.Dialect) -> str:
        return json.dumps(value or ())

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> tuple[int, ...]:
        return tuple(json.loads(value)) if value and value != "[]" else ()


class _Moment(sa.TypeDecorator[datetime]):
    """A moment in UTC, kept as ISO 8601."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> str | None:
        return value.isoformat() if value else None

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> datetime | None:
        return datetime.fromisoformat(value) if value else None


_metadata = sa.MetaData()
meta = sa.Table("meta", _metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
articles = sa.Table(
    "articles",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("url", sa.Text),
    sa.Column("path", sa.Text, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("author", sa.Text),
    sa.Column("publisher", sa.Text),
    sa.Column("published", sa.Date),
    sa.Column("language", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("raw_hash", sa.Text, nullable=False),
    sa.Column("tags", _Words, nullable=False, server_default="[]"),
    sa.Column("pages", _Offsets, nullable=False, server_default="[]"),
    sa.Column("subtitle", sa.Text),
    sa.Column("section", sa.Text),
    sa.Column("image", sa.Text),
    sa.Column("first_seen", _Moment),
    sa.Column("updated", _Moment),
    sa.Column("text_hash", sa.Text, index=True),
    sa.Column("dated_by", sa.Text),
    sa.Column("ocr_confidence", sa.Float),
)
# Where the text of an article stands as well: all that is known of it there but the text.
copies = sa.Table(
    "copies",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("article_id", sa.Text, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, index=True),
    sa.Column("path", sa.Text, index=True),
    sa.Column("url", sa.Text),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("raw_hash", sa.Text, nullable=False),
    sa.Column("first_seen", _Moment),
    sa.Column("published", sa.Date),
    sa.Column("author", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("tags", _Words, nullable=False),
    sa.Column("pages", _Offsets, nullable=False),
    sa.Column("subtitle", sa.Text),
    sa.Column("section", sa.Text),
    sa.Column("image", sa.Text),
    sa.Column("dated_by", sa.Text),
    sa.Column("ocr_confidence", sa.Float),
)
passages = sa.Table(
    "passages",
    _metadata,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("article_id", sa.Text, sa.ForeignKey("articles.id"), nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
)
# Web addresses as they were asked for, what stood there, and what came of it.
addresses = sa.Table(
    "addresses",
    _metadata,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("found", sa.Text, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("raw_hash", sa.Text, nullable=False),
    sa.Column("pipeline", sa.Text, nullable=False),
    sa.Column("articles", sa.JSON, nullable=False),
    sa.Column("links", sa.JSON, nullable=False),
    sa.Column("kind", sa.Text),
    sa.Column("stamp", sa.Text),
    sa.Column("asked", sa.Text),
)
# Files, folders and addresses that `assistant sync` brings up to date, and how that went last.
followed = sa.Table(
    "followed",
    _metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("synced", sa.Text),
    sa.Column("outcome", sa.JSON),
)
# Files, folders and addresses that could not be taken in, why, and how often that was tried.
failures = sa.Table(
    "failures",
    _metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("first", sa.Text, nullable=False),
    sa.Column("last", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
)
# Columns that came to tables later, which `create_all` does not add to a table that is there.
_COLUMNS = (
    ("articles", "tags", "TEXT NOT NULL DEFAULT '[]'"),
    ("articles", "pages", "TEXT NOT NULL DEFAULT '[]'"),
    ("articles", "subtitle", "TEXT"),
    ("articles", "section", "TEXT"),
    ("articles", "image", "TEXT"),
    ("articles", "first_seen", "TEXT"),
    ("articles", "updated", "TEXT"),
    ("articles", "text_hash", "TEXT"),
    ("articles", "dated_by", "TEXT"),
    ("copies", "dated_by", "TEXT"),
    ("articles", "ocr_confidence", "REAL"),
    ("copies", "ocr_confidence", "REAL"),
    ("addresses", "kind", "TEXT"),
    ("addresses", "stamp", "TEXT"),
    ("addresses", "asked", "TEXT"),
)
# Files that hold several articles: what they were read from and as, and what came of it.
files = sa.Table(
    "files",
    _metadata,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("raw_hash", sa.Text, nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("articles", sa.JSON, nullable=False),
    sa.Column("failed", sa.JSON, nullable=False),
    sa.Column("skipped", sa.JSON, nullable=False),
)
# Articles that are nearly the same, each pair both ways, and the keys by which such are found.
alike = sa.Table(
    "alike",
    _metadata,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("other_id", sa.Text, primary_key=True, index=True),
)
like_keys = sa.Table(
    "like_keys",
    _metadata,
    sa.Column("key", sa.Integer, primary_key=True),
    sa.Column("article_id", sa.Text, primary_key=True, index=True),
)
_DAMAGE = ("malformed", "not a database", "corrupt", "disk I/O error", "no such table")
_FULL_TEXT = (
    """CREATE VIEW IF NOT EXISTS passage_words AS
       SELECT p.row AS row, a.title AS title, substr(a.text, p.start + 1, p."end" - p.start) AS text
       FROM passages p JOIN articles a ON a.id = p.article_id""",
    # A question looks up the publishers there are; without this, through rows that hold whole articles.
    "CREATE INDEX IF NOT EXISTS articles_by_publisher ON articles (publisher)",
    # Lists show all but the text: with this they read no row that holds a whole article.
    "DROP INDEX IF EXISTS articles_listed",
    """CREATE INDEX articles_listed
       ON articles (id, published, title, publisher, tags, url, path, first_seen, updated)""",
    """CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
       title, text, content='passage_words', content_rowid='row', tokenize='porter unicode61 remove_diacritics 2')""",
)


def open_catalog(file: Path) -> sa.Engine:
    """Open the catalog in `file`, and make its tables when they are not there.

    Raises:
        IndexDamaged, IndexBusy, IndexingError: from this and every later use of the engine, in place of SQLite's
            own errors.
    """
    engine = open_sqlite(file)
    sa.event.listen(engine, "handle_error", _explain_errors_of(file))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IndexingError(f"{file.parent} cannot be made ({error.strerror}); give another --home") from error
    if _version(engine) > SCHEMA:
        raise IndexingError(f"{file} was made by a newer article-assistant; upgrade with pip")
    if _version(engine) < SCHEMA:
        # Two processes may come here at once: one makes the tables, and the other waits and finds them made.
        with FileLock(file.with_name("create.lock")):
            if _version(engine) < SCHEMA:
                _create(engine)
    _tighten(engine, file)
    return engine


def _version(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(sa.text("PRAGMA user_version")) or 0


def _create(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        _metadata.create_all(connection)
        # Not by the version: a process that was killed here may have come this far already.
        for table, column, definition in _COLUMNS:
            if column not in [known["name"] for known in sa.inspect(connection).get_columns(table)]:
                connection.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN {column} {definition}"))
        connection.execute(sa.text("CREATE INDEX IF NOT EXISTS ix_articles_text_hash ON articles (text_hash)"))
        _know_again(connection)
        _drop_token_vectors(connection)
        for statement in _FULL_TEXT:
            connection.execute(sa.text(statement))
        connection.execute(sa.text(f"PRAGMA user_version = {SCHEMA}"))


def _know_again(connection: sa.Connection) -> None:
    """Keep of older articles what they are known again by, and which of them are nearly the same."""
    from index.store.near_duplicate_table import mark

    for id_ in connection.scalars(sa.select(articles.c.id).where(articles.c.text_hash.is_(None))).all():
        text = connection.scalar(sa.select(articles.c.text).where(articles.c.id == id_)) or ""
        connection.execute(sa.update(articles).where(articles.c.id == id_).values(text_hash=text_hash(text)))
        mark(connection, {id_: text})


def _drop_token_vectors(connection: sa.Connection) -> None:
    """Drop the table in which older versions kept a vector of each token: most of the file."""
    if sa.inspect(connection).has_table("pieces"):
        # Noted first, so that both are one transaction: the driver begins none for what changes tables.
        connection.execute(sa.insert(meta).prefix_with("OR REPLACE").values(key=_LOOSE, value="yes"))
        # Some builds of SQLite write zeros over what is deleted: as much as the table held, into the log.
        kept = connection.scalar(sa.text("PRAGMA secure_delete"))
        connection.execute(sa.text("PRAGMA secure_delete = OFF"))
        connection.execute(sa.text("DROP TABLE pieces"))
        connection.execute(sa.text(f"PRAGMA secure_delete = {kept}"))


def _tighten(engine: sa.Engine, file: Path) -> None:
    """Give back the disk of a table that was dropped; where that cannot be now, whoever opens the file next does it."""
    loose = sa.select(meta.c.value).where(meta.c.key == _LOOSE)
    with engine.connect() as connection:
        if connection.scalar(loose) is None:
            return
    if shrink(file):
        # Done again where it cannot be noted.
        with suppress(IndexingError), engine.begin() as connection:
            connection.execute(sa.delete(meta).where(meta.c.key == _LOOSE))


def _explain_errors_of(file: Path) -> Callable[[sa.ExceptionContext], None]:
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
