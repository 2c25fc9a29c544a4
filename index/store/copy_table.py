"""Where the text of an article stands as well, in the catalog's file.

A copy has all that an article has but a text of its own: it can take its article's place when that is removed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from index.embed.passages import Entry
from index.store.copies import Moves
from index.store.schema import articles, copies
from index.store.sqlite import among, listed
from index.types import Article, Copy, text_hash

_OF_ARTICLE = [column.name for column in copies.columns if column.name not in ("article_id", "raw_hash")]
_TOLD = [copies.c[name] for name in ("id", "title", "publisher", "path", "url")]
_OF = sa.select(copies.c.article_id, *_TOLD).where(among(copies.c.article_id)).order_by(copies.c.id)
_ID: sa.BindParameter[str] = sa.bindparam("id")
_TWIN = sa.and_(articles.c.text_hash == sa.bindparam("text_hash"), articles.c.id != _ID)
_CONCERN = sa.select(
    sa.exists().where(copies.c.id == _ID)
    | sa.exists().where(copies.c.article_id == _ID)
    | sa.exists(sa.select(articles.c.id).where(_TWIN))
)


class CopyTable:
    """The copies of articles. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def of(self, article_ids: Sequence[str]) -> dict[str, list[Copy]]:
        """Tell where articles stand as well, by article and in the order of ids; those without copies are left out."""
        found: dict[str, list[Copy]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(_OF, listed(article_ids)):
                found.setdefault(row[0], []).append(Copy(*row[1:]))
        return found

    def concern(self, article: Article) -> bool:
        """Say whether an article is a copy, has copies, or has the very text of another article."""
        with self._engine.connect() as connection:
            given = {"id": article.id, "text_hash": text_hash(article.text)}
            return bool(connection.scalar(_CONCERN, given))

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
        same = sa.select(articles.c.id).where(_TWIN).order_by(articles.c.id)
        with self._engine.connect() as connection:
            return list(connection.scalars(same, {"id": article.id, "text_hash": text_hash(article.text)}))

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
