"""The copies of articles in the catalog: other sources of the same text.

A copy has every field of an article except the text, so it can take its article's place when that is removed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from index.embed.passages import Entry
from index.store.copies import CopyChanges
from index.store.schema import articles, copies
from index.store.sqlite import in_values, values_parameter
from index.types import Article, Copy, text_hash

_ARTICLE_FIELDS = [column.name for column in copies.columns if column.name not in ("article_id", "raw_hash")]
_COPY_FIELDS = [copies.c[name] for name in ("id", "title", "publisher", "path", "url")]
_OF = sa.select(copies.c.article_id, *_COPY_FIELDS).where(in_values(copies.c.article_id)).order_by(copies.c.id)
_ID: sa.BindParameter[str] = sa.bindparam("id")
_SAME_TEXT = sa.and_(articles.c.text_hash == sa.bindparam("text_hash"), articles.c.id != _ID)
_INVOLVED = sa.select(
    sa.exists().where(copies.c.id == _ID)
    | sa.exists().where(copies.c.article_id == _ID)
    | sa.exists(sa.select(articles.c.id).where(_SAME_TEXT))
)


class CopyTable:
    """The copies of articles. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def of(self, article_ids: Sequence[str]) -> dict[str, list[Copy]]:
        """Return the copies of articles, by article id and sorted by id; articles without copies are left out."""
        found: dict[str, list[Copy]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(_OF, values_parameter(article_ids)):
                found.setdefault(row[0], []).append(Copy(*row[1:]))
        return found

    def may_involve(self, article: Article) -> bool:
        """Say whether an article is a copy, has copies, or has the same text as another article."""
        with self._engine.connect() as connection:
            given = {"id": article.id, "text_hash": text_hash(article.text)}
            return bool(connection.scalar(_INVOLVED, given))

    def first_seen(self, id_: str) -> datetime | None:
        """Return when a copy was first indexed; None if it is not a copy."""
        with self._engine.connect() as connection:
            seen: datetime | None = connection.scalar(sa.select(copies.c.first_seen).where(copies.c.id == id_))
            return seen

    def entry(self, id_: str, text: str) -> Entry:
        """Return a copy as an article with `text`, its article's; it is not split into passages yet."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(copies).where(copies.c.id == id_)).one()._mapping
        return Entry(Article(text=text, **{name: row[name] for name in _ARTICLE_FIELDS}), (), row["raw_hash"])

    def with_text_of(self, article: Article) -> list[str]:
        """Return the ids of other articles with the same text."""
        same = sa.select(articles.c.id).where(_SAME_TEXT).order_by(articles.c.id)
        with self._engine.connect() as connection:
            return list(connection.scalars(same, {"id": article.id, "text_hash": text_hash(article.text)}))

    def paths(self) -> Iterator[tuple[str, str]]:
        """Yield `(id, path)` of every copy that came from a file."""
        with self._engine.connect() as connection:
            for row in connection.execute(sa.select(copies.c.id, copies.c.path).where(copies.c.path.is_not(None))):
                yield row[0], row[1]

    def publishers(self) -> list[str]:
        """Return the publishers of copies."""
        with self._engine.connect() as connection:
            return list(
                connection.scalars(sa.select(copies.c.publisher).where(copies.c.publisher.is_not(None)).distinct())
            )

    def published_by(self, publishers: Sequence[str]) -> list[str]:
        """Return the ids of articles that have a copy by one of these publishers."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sa.select(copies.c.article_id).where(copies.c.publisher.in_(publishers))))


def apply(connection: sa.Connection, changes: CopyChanges) -> None:
    """Write changes to copies; the articles they involve are written and deleted by the caller."""
    for id_ in changes.deleted:
        connection.execute(sa.delete(copies).where(copies.c.id == id_))
    for old, new in changes.successors.items():
        connection.execute(sa.update(copies).where(copies.c.article_id == old).values(article_id=new))
    for entry, article_id in changes.added:
        connection.execute(sa.insert(copies).prefix_with("OR REPLACE").values(**_row(entry, article_id)))


def _row(entry: Entry, article_id: str) -> dict[str, Any]:
    fields = {name: getattr(entry.article, name) for name in _ARTICLE_FIELDS}
    return fields | {"article_id": article_id, "raw_hash": entry.raw_hash}
