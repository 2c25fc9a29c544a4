"""Pairs of near-duplicate articles in the catalog, such as copies of one report by several publishers.

Pairs are added and deleted in the same transaction as their articles, so nothing else has to be kept in step.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from index.store.schema import articles, near_duplicate_keys, near_duplicates
from index.store.sqlite import in_values, values_parameter

if TYPE_CHECKING:
    from index.text.near_duplicates import Hashes

# Most candidates, best first, that a new article is compared with: some reports are copied everywhere.
_MAX_COMPARED = 100

# Built once, because they are run for every batch of articles.
_OF = (
    sa.select(near_duplicates)
    .where(in_values(near_duplicates.c.article_id))
    .order_by(near_duplicates.c.article_id, near_duplicates.c.other_id)
)
_CANDIDATES = (
    sa.select(near_duplicate_keys.c.article_id, articles.c.text)
    .join(articles, articles.c.id == near_duplicate_keys.c.article_id)
    .where(in_values(near_duplicate_keys.c.key), near_duplicate_keys.c.article_id != sa.bindparam("id"))
    .group_by(near_duplicate_keys.c.article_id)
    .order_by(sa.func.count().desc(), near_duplicate_keys.c.article_id)
    .limit(_MAX_COMPARED)
)
_KNOWN_KEYS = sa.select(near_duplicate_keys.c.key).where(in_values(near_duplicate_keys.c.key)).distinct()
_INSERT_KEYS = sa.insert(near_duplicate_keys)


class NearDuplicateTable:
    """Pairs of near-duplicates. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def any(self) -> bool:
        """Say whether there are any near-duplicates."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(near_duplicates.c.article_id).limit(1)) is not None

    def of(self, article_ids: Sequence[str]) -> dict[str, list[str]]:
        """Return the ids of the near-duplicates of articles, by article id; articles without any are left out."""
        found: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(_OF, values_parameter(article_ids)):
                found.setdefault(row[0], []).append(row[1])
        return found


def add_pairs(connection: sa.Connection, texts: Mapping[str, str]) -> None:
    """Record the near-duplicates of new articles, among stored ones and each other; `texts` are by article id."""
    from index.text.near_duplicates import minhash_keys, shingles

    found = {id_: shingles(text) for id_, text in texts.items()}
    keys = {id_: list(dict.fromkeys(minhash_keys(own))) for id_, own in found.items()}
    known = set(connection.scalars(_KNOWN_KEYS, values_parameter([key for own in keys.values() for key in own])))
    new: list[dict[str, int | str]] = []
    for id_, own in keys.items():
        if not known.isdisjoint(own):
            _insert_keys(connection, new)
            new = []
            _compare(connection, id_, found[id_], own)
        known.update(own)
        new += [{"key": key, "article_id": id_} for key in own]
    _insert_keys(connection, new)


def _insert_keys(connection: sa.Connection, rows: Sequence[Mapping[str, int | str]]) -> None:
    if rows:
        connection.execute(_INSERT_KEYS, rows)


def _compare(connection: sa.Connection, article_id: str, own: "Hashes", keys: Sequence[int]) -> None:
    """Record the stored near-duplicates of an article, given its shingles and keys."""
    from index.text.near_duplicates import MIN_SIMILARITY, shingles, similarity

    candidates = connection.execute(_CANDIDATES, values_parameter(keys) | {"id": article_id})
    similar = [row[0] for row in candidates if similarity(own, shingles(row[1])) >= MIN_SIMILARITY]
    pairs = [(article_id, other) for other in similar] + [(other, article_id) for other in similar]
    if pairs:
        connection.execute(sa.insert(near_duplicates), [{"article_id": one, "other_id": other} for one, other in pairs])


def delete_pairs(connection: sa.Connection, article_id: str) -> None:
    """Delete an article's keys and its pairs of near-duplicates."""
    connection.execute(sa.delete(near_duplicate_keys).where(near_duplicate_keys.c.article_id == article_id))
    connection.execute(
        sa.delete(near_duplicates).where(
            (near_duplicates.c.article_id == article_id) | (near_duplicates.c.other_id == article_id)
        )
    )
