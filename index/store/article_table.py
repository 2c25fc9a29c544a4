"""The rows of an article: written, replaced and deleted in a transaction that the catalog begins and ends."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from index.embed.passages import Entry
from index.store.near_duplicate_table import mark, unmark
from index.store.schema import articles, meta, passages
from index.store.sqlite import among, listed
from index.types import text_hash

ARTICLE_COLUMNS = [column for column in articles.columns if column.name not in ("raw_hash", "text_hash")]
"""What an article is made of: its fields, in their order."""

# Put together once, for every lot of articles is written with them.
_BEFORE = sa.select(articles.c.id, articles.c.first_seen, articles.c.updated, articles.c.content_hash).where(
    among(articles.c.id)
)
_ARTICLE, _PASSAGE = sa.insert(articles), sa.insert(passages)
_OF_ARTICLES = (
    "row, title, text FROM passage_words WHERE row IN"
    " (SELECT row FROM passages WHERE article_id IN (SELECT value FROM json_each(:among)))"
)
_WORDS = sa.text(f"INSERT INTO words(rowid, title, text) SELECT {_OF_ARTICLES}")
_NO_WORDS = sa.text(f"INSERT INTO words(words, rowid, title, text) SELECT 'delete', {_OF_ARTICLES}")


def set_values(connection: sa.Connection, values: Mapping[str, str | None]) -> None:
    """Remember values, or forget those that are None."""
    for key, value in values.items():
        connection.execute(sa.delete(meta).where(meta.c.key == key))
        if value is not None:
            connection.execute(sa.insert(meta).values(key=key, value=value))


def grow_revision(connection: sa.Connection) -> None:
    """Tell readers to look again."""
    revision = connection.scalar(sa.select(meta.c.value).where(meta.c.key == "revision"))
    set_values(connection, {"revision": str(int(revision or 0) + 1)})


def put(connection: sa.Connection, entries: Sequence[Entry]) -> list[str]:
    """Add articles with their passages, each once, or replace them; returns the ids of the passages they had."""
    if not entries:
        return []
    now = datetime.now(UTC).replace(microsecond=0)
    before = {row[0]: row[1:] for row in connection.execute(_BEFORE, listed([entry.article.id for entry in entries]))}
    gone = delete(connection, list(before))
    rows: list[dict[str, Any]] = []
    for entry in entries:
        article = entry.article
        seen = {"first_seen": article.first_seen or now, "updated": article.updated}
        if article.id in before:
            # When it was first seen, and when it last came out differently.
            first_seen, updated, content_hash = before[article.id]
            seen = {"first_seen": first_seen, "updated": updated if content_hash == article.content_hash else now}
        hashes = {"raw_hash": entry.raw_hash, "text_hash": text_hash(article.text)}
        rows.append({column.name: getattr(article, column.name) for column in ARTICLE_COLUMNS} | seen | hashes)
    texts = {entry.article.id: entry.article.text for entry in entries}
    connection.execute(_ARTICLE, rows)
    split = [passage for entry in entries for passage in entry.passages]
    if split:
        places = [{"id": p.id, "article_id": p.article_id, "start": p.start, "end": p.end} for p in split]
        connection.execute(_PASSAGE, places)
    connection.execute(_WORDS, listed(list(texts)))
    mark(connection, texts)
    return gone


def delete(connection: sa.Connection, article_ids: Sequence[str]) -> list[str]:
    """Delete articles with their passages and words; returns the ids of the passages."""
    gone: list[str] = []
    for article_id in article_ids:
        # An external-content table is told the old words to take them out, so this comes before the rows go.
        connection.execute(_NO_WORDS, listed([article_id]))
        gone += connection.scalars(sa.select(passages.c.id).where(passages.c.article_id == article_id)).all()
        connection.execute(sa.delete(passages).where(passages.c.article_id == article_id))
        connection.execute(sa.delete(articles).where(articles.c.id == article_id))
        unmark(connection, article_id)
    return gone
