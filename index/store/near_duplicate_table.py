"""Which articles are nearly the same, in the catalog's file: copies of one report by several publishers.

Marks are pairs, made and deleted with the articles they are of, in the same transaction; nothing else has to be kept in
step when an article comes, changes or goes.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from index.store.schema import alike, articles, like_keys
from index.store.sqlite import among, listed

if TYPE_CHECKING:
    from index.text.near_duplicates import Hashes

# A report may be copied everywhere; so many of the nearest are compared with a new one.
_MAX_COMPARED = 100

# Put together once, for every lot of articles is looked up with them.
_OF = sa.select(alike).where(among(alike.c.article_id)).order_by(alike.c.article_id, alike.c.other_id)
_CANDIDATES = (
    sa.select(like_keys.c.article_id, articles.c.text)
    .join(articles, articles.c.id == like_keys.c.article_id)
    .where(among(like_keys.c.key), like_keys.c.article_id != sa.bindparam("id"))
    .group_by(like_keys.c.article_id)
    .order_by(sa.func.count().desc(), like_keys.c.article_id)
    .limit(_MAX_COMPARED)
)
_KNOWN = sa.select(like_keys.c.key).where(among(like_keys.c.key)).distinct()
_KEYS = sa.insert(like_keys)


class AlikeTable:
    """The articles that are nearly the same. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def any(self) -> bool:
        """Say whether any article is nearly the same as another."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(alike.c.article_id).limit(1)) is not None

    def of(self, article_ids: Sequence[str]) -> dict[str, list[str]]:
        """Name the articles that are nearly the same as these, by article; those like no other are left out."""
        found: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(_OF, listed(article_ids)):
                found.setdefault(row[0], []).append(row[1])
        return found


def mark(connection: sa.Connection, texts: Mapping[str, str]) -> None:
    """Note which other articles new ones are nearly the same as, in the table or among them; `texts` by article."""
    from index.text.near_duplicates import keys, runs

    found = {id_: runs(text) for id_, text in texts.items()}
    its_keys = {id_: list(dict.fromkeys(keys(own))) for id_, own in found.items()}
    known = set(connection.scalars(_KNOWN, listed([key for some in its_keys.values() for key in some])))
    new: list[dict[str, int | str]] = []
    for id_, own in its_keys.items():
        if not known.isdisjoint(own):
            _keep(connection, new)
            new = []
            _compare(connection, id_, found[id_], own)
        known.update(own)
        new += [{"key": key, "article_id": id_} for key in own]
    _keep(connection, new)


def _keep(connection: sa.Connection, rows: Sequence[Mapping[str, int | str]]) -> None:
    if rows:
        connection.execute(_KEYS, rows)


def _compare(connection: sa.Connection, article_id: str, own: "Hashes", its_keys: Sequence[int]) -> None:
    """Mark those in the table that share a key with an article, and are nearly the same."""
    from index.text.near_duplicates import ALIKE, likeness, runs

    candidates = connection.execute(_CANDIDATES, listed(its_keys) | {"id": article_id})
    like = [row[0] for row in candidates if likeness(own, runs(row[1])) >= ALIKE]
    pairs = [(article_id, other) for other in like] + [(other, article_id) for other in like]
    if pairs:
        connection.execute(sa.insert(alike), [{"article_id": one, "other_id": other} for one, other in pairs])


def unmark(connection: sa.Connection, article_id: str) -> None:
    """Forget what an article is like."""
    connection.execute(sa.delete(like_keys).where(like_keys.c.article_id == article_id))
    connection.execute(sa.delete(alike).where((alike.c.article_id == article_id) | (alike.c.other_id == article_id)))
