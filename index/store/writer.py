"""Writing articles and their vectors in the order that keeps the index whole; see `index.store.index`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from index.embed.passages import BATCH_PASSAGES, MAX_PASSAGES, Entry, entry_of, readings, tokens_by_id
from index.store.copies import Moves, is_plain, removal, settle
from index.types import Article, Passage

if TYPE_CHECKING:
    from index.embed.model import SentenceEmbedding
    from index.embed.passages import Readings
    from index.embed.tokens import Numbers
    from index.store.catalog import Catalog
    from index.store.vectors import Vectors


class Stores(Protocol):
    """What is written to: `index.store.index.Index`, as far as a writer needs it."""

    @property
    def catalog(self) -> "Catalog":
        """The catalog."""

    @property
    def embedding(self) -> "SentenceEmbedding":
        """The embedding model."""

    def vectors(self) -> "Vectors":
        """Open the vectors."""

    def unfinished(self) -> list[str]:
        """Return the paths and addresses at which interrupted runs were."""

    def wrote(self) -> None:
        """Note that this process made the latest change."""


class Writer:
    """Writes to an index, from inside `Index.writing()`."""

    def __init__(self, index: Stores, paths: Sequence[str]) -> None:
        self._index = index
        self._catalog = index.catalog
        self._paths = list(paths)
        self._begun = False
        self._read: Readings = {}

    def entry(self, article: Article, raw_hash: str) -> Entry:
        """Split an article as this index's model needs it; see `entry_of`."""
        return entry_of(self._index.embedding, article, raw_hash)

    def write(self, entries: Sequence[Entry], read: "Readings | None" = None) -> set[str]:
        """Embed and add articles, or replace them whole; passages that the model has `read` are not read again.

        Of one that is given twice, the last is written. Returns the ids of those whose text another article has: they
        are kept as copies of it, and not embedded.
        """
        self._read = read or {}
        self._begin()
        copied: set[str] = set()
        plain: list[Entry] = []
        for entry in {entry.article.id: entry for entry in entries}.values():
            if is_plain(self._catalog, entry, plain):
                plain.append(entry)
                continue
            self._write(plain)
            plain = []
            written, moves = settle(self._catalog, entry)
            self._write(written, moves)
            copied.update(one.article.id for one, _ in moves.copied)
        self._write(plain)
        return copied

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles with all that belongs to them; a copy that is not removed takes its article's place."""
        written, moves = removal(self._catalog, ids)
        self._write(written, replace(moves, gone=ids))

    def _write(self, entries: Sequence[Entry], moves: Moves | None = None) -> None:
        if not entries and moves is None:
            return
        self._begin()
        embedding = self._index.embedding
        whole = [entry if entry.passages else self.entry(entry.article, entry.raw_hash) for entry in entries]
        self._embed([(passage, entry.article) for entry in whole for passage in entry.passages], tokens_by_id(whole))
        model = {"fingerprint": embedding.fingerprint, "model": embedding.name}
        known = {} if self._catalog.get("fingerprint") or not whole else model
        if embedding.precision and not self._catalog.get("precision"):
            known |= {"precision": embedding.precision}
        gone = self._catalog.write(whole, known, moves)
        # An article written again unchanged keeps its passages' ids.
        kept = {passage.id for entry in whole for passage in entry.passages}
        self._forget([id_ for id_ in gone if id_ not in kept])

    def sweep(self) -> tuple[int, int]:
        """Bring the vectors in step with the catalog: `(orphans deleted, missing ones made again)`."""
        vectors = self._index.vectors()
        orphans, missing = differences(self._index)
        if orphans or missing:
            self._begin()
            vectors.delete(orphans)
            for start in range(0, len(missing), BATCH_PASSAGES):
                self._embed(list(self._catalog.passages(missing[start : start + BATCH_PASSAGES]).values()))
            self._catalog.grow_revision()
            self._index.wrote()
        return len(orphans), len(missing)

    def settle(self) -> None:
        """Note that what was begun is whole, and that there is more to come."""
        self._note(self._index.unfinished())

    def finish(self) -> None:
        """Note that nothing this writer began is left half done; what others left stays noted."""
        self._note([path for path in self._index.unfinished() if path not in self._paths])

    def _note(self, left: Sequence[str]) -> None:
        state = {"dirty": None, "unfinished": json.dumps(left) if left else None}
        if any(self._catalog.get(key) != value for key, value in state.items()):
            self._catalog.remember(state)

    def _begin(self) -> None:
        if not self._begun:
            paths = dict.fromkeys([*self._index.unfinished(), *self._paths])
            self._catalog.remember({"dirty": "yes", "unfinished": json.dumps(list(paths)) if paths else None})
            self._begun = True

    def _embed(
        self, passages: Sequence[tuple[Passage, Article]], tokens: "Mapping[str, Numbers] | None" = None
    ) -> None:
        embed(self._index, self._index.vectors(), passages, tokens, self._read)

    def _forget(self, passage_ids: Sequence[str]) -> None:
        self._index.wrote()
        if passage_ids:
            self._index.vectors().delete(passage_ids)
            # A reader that came between the commit and here has the old vectors in its graph.
            self._catalog.grow_revision()
            self._index.wrote()


def differences(index: Stores) -> tuple[list[str], list[str]]:
    """Compare with the catalog: `(vectors without a passage, passages without a vector)`, as ids."""
    stored, known = set(index.vectors().ids()), set(index.catalog.passage_ids())
    return sorted(stored - known), sorted(known - stored)


def embed(
    index: Stores,
    vectors: "Vectors",
    passages: Sequence[tuple[Passage, Article]],
    tokens: "Mapping[str, Numbers] | None" = None,
    read: "Readings | None" = None,
) -> None:
    """Embed passages and add their vectors; those that the model has `read` are not read again.

    `tokens` are those of passages that were taken apart already, by passage id.
    """
    # A book is one article, however long.
    for start in range(0, len(passages), MAX_PASSAGES):
        batch = passages[start : start + MAX_PASSAGES]
        known = {passage.id: read[passage.id] for passage, _ in batch if read and passage.id in read}
        known |= readings(index.embedding, [one for one in batch if one[0].id not in known], tokens)
        import numpy as np

        ids = [passage.id for passage, _ in batch]
        vectors.add(ids, np.stack([known[id_] for id_ in ids]), [_fields(article) for _, article in batch])


def _fields(article: Article) -> dict[str, Any]:
    fields: dict[str, Any] = {"article": article.id}
    if article.publisher:
        fields["publisher"] = article.publisher
    if article.published:
        fields["published"] = article.published.toordinal()
    return fields
