"""Write articles and their vectors in the order that keeps the index consistent; see `index.store.index`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from index.embed.passages import BATCH_PASSAGES, MAX_PASSAGES, Entry, embed_passages, entry_of, tokens_by_id
from index.store.copies import CopyChanges, has_no_copies, plan_removal, plan_write
from index.types import Article, Passage

if TYPE_CHECKING:
    from index.embed.model import SentenceEmbedding
    from index.embed.passages import PassageVectors
    from index.embed.tokens import TokenIds
    from index.store.catalog import Catalog
    from index.store.vectors import Vectors


class WritableIndex(Protocol):
    """What a writer needs of `index.store.index.Index`."""

    @property
    def catalog(self) -> "Catalog":
        """The catalog."""

    @property
    def embedding(self) -> "SentenceEmbedding":
        """The embedding model."""

    def vectors(self) -> "Vectors":
        """Return the vectors."""

    def unfinished(self) -> list[str]:
        """Return the paths and addresses of interrupted runs."""

    def note_own_write(self) -> None:
        """Record that the latest change is this process's own."""


class Writer:
    """Writes to an index, from inside `Index.writing()`."""

    def __init__(self, index: WritableIndex, paths: Sequence[str]) -> None:
        self._index = index
        self._catalog = index.catalog
        self._paths = list(paths)
        self._begun = False
        self._vectors: PassageVectors = {}

    def entry(self, article: Article, raw_hash: str) -> Entry:
        """Split an article for this index's model; see `entry_of`."""
        return entry_of(self._index.embedding, article, raw_hash)

    def write(self, entries: Sequence[Entry], vectors: "PassageVectors | None" = None) -> set[str]:
        """Embed and add or replace articles; passages that have `vectors` already are not embedded again.

        If an article is given twice, the last one is written. Returns the ids of those with the same text as another
        article: they are stored as its copies, and not embedded.
        """
        self._vectors = vectors or {}
        self._begin()
        copied: set[str] = set()
        plain: list[Entry] = []
        for entry in {entry.article.id: entry for entry in entries}.values():
            if has_no_copies(self._catalog, entry, plain):
                plain.append(entry)
                continue
            self._write(plain)
            plain = []
            written, changes = plan_write(self._catalog, entry)
            self._write(written, changes)
            copied.update(one.article.id for one, _ in changes.added)
        self._write(plain)
        return copied

    def remove(self, ids: Sequence[str]) -> None:
        """Remove articles with their passages and vectors; a copy that stays takes its article's place."""
        written, changes = plan_removal(self._catalog, ids)
        self._write(written, replace(changes, deleted_articles=ids))

    def _write(self, entries: Sequence[Entry], changes: CopyChanges | None = None) -> None:
        if not entries and changes is None:
            return
        self._begin()
        embedding = self._index.embedding
        # An index may be rebuilt with another model meanwhile.
        whole = [
            entry if entry.is_split_for(embedding.name) else self.entry(entry.article, entry.raw_hash)
            for entry in entries
        ]
        self._embed([(passage, entry.article) for entry in whole for passage in entry.passages], tokens_by_id(whole))
        model = {"fingerprint": embedding.fingerprint, "model": embedding.name}
        known = {} if self._catalog.get("fingerprint") or not whole else model
        if embedding.precision and not self._catalog.get("precision"):
            known |= {"precision": embedding.precision}
        gone = self._catalog.write(whole, known, changes)
        # An article that is written unchanged keeps its passage ids.
        kept = {passage.id for entry in whole for passage in entry.passages}
        self._delete_vectors([id_ for id_ in gone if id_ not in kept])

    def sweep(self) -> tuple[int, int]:
        """Make the vectors match the catalog; returns `(orphans deleted, missing vectors added)`."""
        vectors = self._index.vectors()
        orphans, missing = differences(self._index)
        if orphans or missing:
            self._begin()
            vectors.delete(orphans)
            for start in range(0, len(missing), BATCH_PASSAGES):
                self._embed(list(self._catalog.passages(missing[start : start + BATCH_PASSAGES]).values()))
            self._catalog.bump_revision()
            self._index.note_own_write()
        return len(orphans), len(missing)

    def pause(self) -> None:
        """Record that everything begun is written, and that more is to come."""
        self._set_unfinished(self._index.unfinished())

    def finish(self) -> None:
        """Record that this writer's paths are finished; those of other runs stay unfinished."""
        self._set_unfinished([path for path in self._index.unfinished() if path not in self._paths])

    def _set_unfinished(self, left: Sequence[str]) -> None:
        state = {"dirty": None, "unfinished": json.dumps(left) if left else None}
        if any(self._catalog.get(key) != value for key, value in state.items()):
            self._catalog.remember(state)

    def _begin(self) -> None:
        if not self._begun:
            paths = dict.fromkeys([*self._index.unfinished(), *self._paths])
            self._catalog.remember({"dirty": "yes", "unfinished": json.dumps(list(paths)) if paths else None})
            self._begun = True

    def _embed(
        self, passages: Sequence[tuple[Passage, Article]], tokens: "Mapping[str, TokenIds] | None" = None
    ) -> None:
        embed(self._index, self._index.vectors(), passages, tokens, self._vectors)

    def _delete_vectors(self, passage_ids: Sequence[str]) -> None:
        self._index.note_own_write()
        if passage_ids:
            self._index.vectors().delete(passage_ids)
            # A process that opened the vectors after the commit has the old ones in its graph.
            self._catalog.bump_revision()
            self._index.note_own_write()


def differences(index: WritableIndex) -> tuple[list[str], list[str]]:
    """Compare vectors and catalog: returns `(vectors without a passage, passages without a vector)`, as ids."""
    stored, known = set(index.vectors().ids()), set(index.catalog.passage_ids())
    return sorted(stored - known), sorted(known - stored)


def embed(
    index: WritableIndex,
    vectors: "Vectors",
    passages: Sequence[tuple[Passage, Article]],
    tokens: "Mapping[str, TokenIds] | None" = None,
    ready: "PassageVectors | None" = None,
) -> None:
    """Embed passages and add their vectors; those with a vector in `ready` are not embedded again.

    `tokens` are the token ids of passages that are already tokenised, by passage id.
    """
    # In batches, because a single article may be a whole book.
    for start in range(0, len(passages), MAX_PASSAGES):
        batch = passages[start : start + MAX_PASSAGES]
        known = {passage.id: ready[passage.id] for passage, _ in batch if ready and passage.id in ready}
        known |= embed_passages(index.embedding, [one for one in batch if one[0].id not in known], tokens)
        import numpy as np

        ids = [passage.id for passage, _ in batch]
        vectors.add(ids, np.stack([known[id_] for id_ in ids]), [article for _, article in batch])
