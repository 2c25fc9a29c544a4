"""Where the text of an article stands as well, in the catalog's file.

A copy has all that an article has but a text of its own: it can take its article's place when that is removed.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from index.article import Article, Copy, Entry, text_hash
from index.copies import Moves
from index.schema import articles, copies

_OF_ARTICLE = [column.name for column in copies.columns if column.name not in ("article_id", "raw_hash")]
_TOLD = [copies.c[name] for name in ("id", "title", "publisher", "path", "url")]


class CopyTable:
    """The copies of articles. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def of(self, article_ids: Sequence[str]) -> dict[str, list[Copy]]:
        """Tell where articles stand as well, by article and in the order of ids; those without copies are left out."""
        listed = sa.text("SELECT value FROM json_each(:ids)").bindparams(ids=json.dumps(list(article_ids)))
        query = sa.select(copies.c.article_id, *_TOLD).where(
            copies.c.article_id.in_(listed.columns(sa.column("value")))
        )
        found: dict[str, list[Copy]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(query.order_by(copies.c.id)):
                found.setdefault(row[0], []).append(Copy(*row[1:]))
        return found

    def hashes(self, id_: str) -> tuple[str, str] | None:
        """Read `(content hash, raw hash)` of a copy, or None when it is not there."""
        with self._engine.connect() as connection:
            row = connection.execute(
                sa.select(copies.c.content_hash, copies.c.raw_hash).where(copies.c.id == id_)
            ).first()
            return (row[0], row[1]) if row else None

    def first_seen(self, id_: str) -> datetime | None:
        """Tell when a copy was first seen; None when it is not there."""
        with self._engine.connect() as connection:
            seen: datetime | None = connection.scalar(sa.select(copies.c.first_seen).where(copies.c.id == id_))
            return seen

    def entry(self, id_: str, text: str) -> Entry:
        """Make an article of a copy, with the text of the article it is one of; its passages are still to be split."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(copies).where(copies.c.id == id_)).one()._mapping
        return Entry(Article(text=text, **{name: row[name] for name in _OF_ARTICLE}), (), row["raw_hash"])

    def twins(self, article: Article) -> list[str]:
        """Name the other articles that have this very text."""
        same = sa.select(articles.c.id).where(articles.c.text_hash == text_hash(article.text))
        with self._engine.connect() as connection:
            return list(connection.scalars(same.where(articles.c.id != article.id).order_by(articles.c.id)))

    def paths(self) -> Iterator[tuple[str, str]]:
        """Yield `(id, path)` of every copy that came from a file."""
        with self._engine.connect() as connection:
            for row in connection.execute(sa.select(copies.c.id, copies.c.path).where(copies.c.path.is_not(None))):
                yield row[0], row[1]

    def publishers(self) -> list[str]:
        """List the publishers of copies."""
        with self._engine.connect() as connection:
            return list(
                connection.scalars(sa.select(copies.c.publisher).where(copies.c.publisher.is_not(None)).distinct())
            )

    def published_by(self, publishers: Sequence[str]) -> list[str]:
        """Name the articles that have a copy by one of these publishers."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sa.select(copies.c.article_id).where(copies.c.publisher.in_(publishers))))


def apply(connection: sa.Connection, moves: Moves) -> None:
    """Write what becomes of copies, but for the articles that are written or removed with it."""
    for id_ in moves.freed:
        connection.execute(sa.delete(copies).where(copies.c.id == id_))
    for old, new in moves.heirs.items():
        connection.execute(sa.update(copies).where(copies.c.article_id == old).values(article_id=new))
    for entry, article_id in moves.copied:
        connection.execute(sa.insert(copies).prefix_with("OR REPLACE").values(**_row(entry, article_id)))


def _row(entry: Entry, article_id: str) -> dict[str, Any]:
    fields = {name: getattr(entry.article, name) for name in _OF_ARTICLE}
    return fields | {"article_id": article_id, "raw_hash": entry.raw_hash}
