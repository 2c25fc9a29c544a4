"""Writing articles and their vectors in the order that keeps the index whole; see `index.store.index`."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from index.store.copies import Moves, is_plain, removal, settle
from index.text.passages import PASSAGE_TOKENS, split
from index.types import Article, Entry, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embed.model import SentenceEmbedding
    from index.embed.tokens import Numbers
    from index.store.index import Index
    from index.store.vectors import Vectors

    # By passage id: the passage's vector (dimension).
    Readings = Mapping[str, NDArray[np.float32]]

BATCH_PASSAGES = 128
"""Passages embedded and committed together: enough to keep the model busy, few enough to lose little when killed."""
LARGEST_BATCH = 2 * BATCH_PASSAGES
"""So many at most where they are taken in within a second or two."""

# The last article of a batch mostly goes beyond it.
MOST_PASSAGES = 2 * LARGEST_BATCH
"""Passages that are embedded at once, and whose vectors are in memory together."""

# What of the model's window is kept for the title that is embedded with each passage, and how much of a title that
# holds: a token is at least a character, and three or four in most texts.
TITLE_TOKENS = 48
_TITLE_CHARACTERS = 120


class Writer:
    """Writes to an index, from inside `Index.writing()`."""

    def __init__(self, index: "Index", paths: Sequence[str]) -> None:
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


def differences(index: "Index") -> tuple[list[str], list[str]]:
    """Compare with the catalog: `(vectors without a passage, passages without a vector)`, as ids."""
    stored, known = set(index.vectors().ids()), set(index.catalog.passage_ids())
    return sorted(stored - known), sorted(known - stored)


def embed(
    index: "Index",
    vectors: "Vectors",
    passages: Sequence[tuple[Passage, Article]],
    tokens: "Mapping[str, Numbers] | None" = None,
    read: "Readings | None" = None,
) -> None:
    """Embed passages and add their vectors; those that the model has `read` are not read again.

    `tokens` are those of passages that were taken apart already, by passage id.
    """
    # A book is one article, however long.
    for start in range(0, len(passages), MOST_PASSAGES):
        batch = passages[start : start + MOST_PASSAGES]
        known = {passage.id: read[passage.id] for passage, _ in batch if read and passage.id in read}
        known |= readings(index.embedding, [one for one in batch if one[0].id not in known], tokens)
        import numpy as np

        ids = [passage.id for passage, _ in batch]
        vectors.add(ids, np.stack([known[id_] for id_ in ids]), [_fields(article) for _, article in batch])


def readings(
    embedding: "SentenceEmbedding",
    passages: Sequence[tuple[Passage, Article]],
    tokens: "Mapping[str, Numbers] | None" = None,
    begun: Callable[[], None] = lambda: None,
) -> "Readings":
    """Have the model read passages: their vectors (dimension), by passage id.

    `tokens` are those of passages that were taken apart already, by passage id; `begun` is called when it is known
    what reads them, and they are about to be read.
    """
    if not passages:
        return {}  # Nor is the model loaded.
    known = tokens or {}
    apart = [
        known[passage.id] if passage.id in known else _taken_apart(embedding, passage, article)
        for passage, article in passages
    ]
    reading = embedding.read(apart)
    begun()
    return {passages[number][0].id: row for number, row in reading}


def _taken_apart(embedding: "SentenceEmbedding", passage: Passage, article: Article) -> "Numbers":
    title, own = embedding.tokenise([embedded_title(article), article.text[passage.start : passage.end]])
    return _joined(title.ids, own.ids)


def _joined(title: "Numbers", own: "Numbers") -> "Numbers":
    import numpy as np

    return np.concatenate([title, own])


def entry_of(embedding: "SentenceEmbedding", article: Article, raw_hash: str) -> Entry:
    """Split an article so that the model reads each passage to its end with the title before it."""
    from index.embed.tokens import tokens_in

    (title,) = embedding.tokenise([embedded_title(article)])
    text = tokens_in(article.text, embedding.tokenise)
    most = min(PASSAGE_TOKENS, embedding.most_tokens - TITLE_TOKENS)
    passages = split(article, text.counts, most_tokens=most)
    tokens = {one.id: _joined(title.ids, text.part(one.start, one.end).ids) for one in passages}
    return Entry(article, passages, raw_hash, tokens)


def tokens_by_id(entries: Sequence[Entry]) -> "dict[str, Numbers]":
    """Gather the tokens of all passages, by passage id."""
    return {id_: tokens for entry in entries for id_, tokens in entry.tokens.items()}


def embedded_text(passage: Passage, article: Article) -> str:
    """Give what is embedded for a passage: its article's title, cut where it is very long, then its own words."""
    return f"{embedded_title(article)}\n{article.text[passage.start : passage.end].strip()}"


def embedded_title(article: Article) -> str:
    """Give as much of a title as is embedded with each passage."""
    return article.title[:_TITLE_CHARACTERS]


def _fields(article: Article) -> dict[str, Any]:
    fields: dict[str, Any] = {"article": article.id}
    if article.publisher:
        fields["publisher"] = article.publisher
    if article.published:
        fields["published"] = article.published.toordinal()
    return fields
