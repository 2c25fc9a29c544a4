"""Articles cut into passages, and the passages embedded, each with its article's title before it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.text.passages import PASSAGE_TOKENS, split
from index.types import Article, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embed.model import SentenceEmbedding
    from index.embed.tokens import Numbers

    # By passage id: the passage's vector (dimension).
    Readings = Mapping[str, NDArray[np.float32]]

BATCH_PASSAGES = 128
"""Passages embedded and committed together: enough to keep the model busy, few enough to lose little when killed."""
MAX_BATCH_PASSAGES = 2 * BATCH_PASSAGES
"""So many at most where they are taken in within a second or two."""
# The last article of a batch mostly goes beyond it.
MAX_PASSAGES = 2 * MAX_BATCH_PASSAGES
"""Passages that are embedded at once, and whose vectors are in memory together."""
# What of the model's window is kept for the title that is embedded with each passage, and how much of a title that
# holds: a token is at least a character, and three or four in most texts.
TITLE_TOKENS = 48
_TITLE_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as it is to be written: with its passages, and the hash of what it was loaded from.

    `tokens` are those of its passages, by id, as the embedding model is to read them, where they are known: their
    numbers in its vocabulary.
    """

    article: Article
    passages: Sequence[Passage]
    raw_hash: str
    tokens: "Mapping[str, Numbers]" = field(default_factory=dict)


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
