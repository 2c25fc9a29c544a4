"""Open the catalog's file: create its tables, or migrate them to this version."""

from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock

from index.errors import IndexingError
from index.store.article_table import bump_revision
from index.store.schema import articles, meta, metadata
from index.store.sqlite import explain_errors_of, make_tables, open_sqlite, shrink
from index.text.language import language_of
from index.text.terms import indexed, terms_version
from index.types import text_hash

SCHEMA = 7
_FIRST_WITH_LANGUAGES = 7
# The key that marks a file from which a large table was dropped, and whose space is not returned to the disk yet.
_SHRINK_PENDING = "loose"
# The key of the version of the terms in the full-text index.
_TERMS = "terms"
_FULL_TEXT = (
    "DROP VIEW IF EXISTS passage_words",
    """CREATE VIEW passage_words AS
       SELECT p.row AS row, indexed(a.title, a.language) AS title,
              indexed(substr(a.text, p.start + 1, p."end" - p.start), a.language) AS text
       FROM passages p JOIN articles a ON a.id = p.article_id""",
    # Counts articles by language, and tells a question which languages there are.
    "CREATE INDEX IF NOT EXISTS articles_by_language ON articles (language)",
    # Questions look up all publishers; without this index SQLite would read rows with whole articles.
    "CREATE INDEX IF NOT EXISTS articles_by_publisher ON articles (publisher)",
    # Covers lists, which show every field but the text, so that they read no rows with whole articles.
    "DROP INDEX IF EXISTS articles_listed",
    """CREATE INDEX articles_listed
       ON articles (id, published, title, publisher, tags, url, path, first_seen, updated)""",
    """CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
       title, text, content='passage_words', content_rowid='row', tokenize='porter unicode61 remove_diacritics 2')""",
)


def open_catalog(file: Path) -> sa.Engine:
    """Open the catalog in `file`, and create or migrate its tables if needed.

    Raises:
        IndexDamaged, IndexBusy, IndexingError: by this and every later use of the engine, instead of SQLite's errors.
    """
    engine = open_sqlite(file)
    sa.event.listen(engine, "handle_error", explain_errors_of(file))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IndexingError(f"{file.parent} cannot be made ({error.strerror}); give another --home") from error
    if _version(engine) > SCHEMA:
        raise IndexingError(f"{file} was made by a newer article-assistant; upgrade with pip")
    if _version(engine) < SCHEMA or _indexed_terms(engine) != terms_version():
        # Of two processes at once, one creates the tables; the other waits and finds them.
        with FileLock(file.with_name("create.lock")):
            if _version(engine) < SCHEMA:
                _create(engine)
            if _indexed_terms(engine) != terms_version():
                _index_terms(engine)
    _shrink_if_pending(engine, file)
    return engine


def _version(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(sa.text("PRAGMA user_version")) or 0


def _create(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        make_tables(connection, metadata)
        _index_texts(connection)
        _tell_languages(connection)
        _drop_token_vectors(connection)
        for statement in _FULL_TEXT:
            connection.execute(sa.text(statement))
        connection.execute(sa.text(f"PRAGMA user_version = {SCHEMA}"))


def _index_texts(connection: sa.Connection) -> None:
    """Add text hashes and near-duplicates for articles of older versions."""
    from index.store.near_duplicate_table import add_pairs

    for id_ in connection.scalars(sa.select(articles.c.id).where(articles.c.text_hash.is_(None))).all():
        text = connection.scalar(sa.select(articles.c.text).where(articles.c.id == id_)) or ""
        connection.execute(sa.update(articles).where(articles.c.id == id_).values(text_hash=text_hash(text)))
        add_pairs(connection, {id_: text})


def _tell_languages(connection: sa.Connection) -> None:
    """Tell the language of articles of older versions by their text; until then they have what was declared."""
    if (connection.scalar(sa.text("PRAGMA user_version")) or 0) in range(1, _FIRST_WITH_LANGUAGES):
        for id_, declared in connection.execute(sa.select(articles.c.id, articles.c.language)).all():
            text = connection.scalar(sa.select(articles.c.text).where(articles.c.id == id_)) or ""
            change = sa.update(articles).where(articles.c.id == id_)
            connection.execute(change.values(language=language_of(text, declared)))


def _indexed_terms(engine: sa.Engine) -> str | None:
    """Return the version of the terms in the full-text index; None if there is none, or of an older version."""
    with engine.connect() as connection:
        return connection.scalar(sa.select(meta.c.value).where(meta.c.key == _TERMS))


def _index_terms(engine: sa.Engine) -> None:
    """Make the full-text index again if an article's terms are not its words, as with English ones."""
    texts = sa.select(articles.c.title, articles.c.text, articles.c.language).execution_options(yield_per=200)
    with engine.begin() as connection:
        # First, so that all is one transaction.
        connection.execute(sa.insert(meta).prefix_with("OR REPLACE").values(key=_TERMS, value=terms_version()))
        if any(indexed(part, row[2]) != part for row in connection.execute(texts) for part in row[:2]):
            connection.execute(sa.text("INSERT INTO words(words) VALUES ('rebuild')"))
            bump_revision(connection)


def _drop_token_vectors(connection: sa.Connection) -> None:
    """Drop the table of token vectors that older versions kept: most of the file."""
    if sa.inspect(connection).has_table("pieces"):
        # Inserted first, so that both are one transaction: the driver begins none for DROP TABLE.
        connection.execute(sa.insert(meta).prefix_with("OR REPLACE").values(key=_SHRINK_PENDING, value="yes"))
        # Some builds of SQLite overwrite deleted content with zeros, which would write the whole table to the log.
        kept = connection.scalar(sa.text("PRAGMA secure_delete"))
        connection.execute(sa.text("PRAGMA secure_delete = OFF"))
        connection.execute(sa.text("DROP TABLE pieces"))
        connection.execute(sa.text(f"PRAGMA secure_delete = {kept}"))


def _shrink_if_pending(engine: sa.Engine, file: Path) -> None:
    """Return the space of a dropped table to the disk; if that is not possible now, at a later opening."""
    pending = sa.select(meta.c.value).where(meta.c.key == _SHRINK_PENDING)
    with engine.connect() as connection:
        if connection.scalar(pending) is None:
            return
    if shrink(file):
        # If the mark cannot be deleted, the file is shrunk once more next time.
        with suppress(IndexingError), engine.begin() as connection:
            connection.execute(sa.delete(meta).where(meta.c.key == _SHRINK_PENDING))
