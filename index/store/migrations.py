"""How the catalog's file is opened: its tables are made, or brought up to this version."""

from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock

from index.errors import IndexingError
from index.store.schema import articles, meta, metadata
from index.store.sqlite import explain_errors_of, make_tables, open_sqlite, shrink
from index.types import text_hash

SCHEMA = 5
# What is remembered of a file that lost a large table and has not given its disk back.
_LOOSE = "loose"
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
    sa.event.listen(engine, "handle_error", explain_errors_of(file))
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
        make_tables(connection, metadata)
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
