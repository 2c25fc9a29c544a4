"""Split articles into passages and embed these, each with its article's title in front."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.text.passages import MAX_PASSAGE_TOKENS, split
from index.types import Article, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embed.model import SentenceEmbedding
    from index.embed.tokens import TokenIds

    # By passage id: the passage's vector (dimension).
    PassageVectors = Mapping[str, NDArray[np.float32]]

BATCH_PASSAGES = 128
"""Passages embedded and committed together: enough to keep the model busy, few enough to lose little when killed."""
MAX_BATCH_PASSAGES = 2 * BATCH_PASSAGES
"""The largest batch, for runs that index as many passages within a second or two."""
# A batch usually exceeds its size, by part of its last article.
MAX_PASSAGES = 2 * MAX_BATCH_PASSAGES
"""Most passages that are embedded at once and have their vectors in memory together."""
# Tokens of the model's window that are reserved for the title, and the characters of a title that fit in them: a token
# has at least one character, in most texts three or four.
TITLE_TOKENS = 48
_MAX_TITLE_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Entry:
    """An article to be written, with its passages and the hash of what it was loaded from.

    `tokens` are the token ids to embed, by passage id, for the passages that are already tokenised, and `model` is the
    name of the embedding model whose tokens these are.
    """

    article: Article
    passages: Sequence[Passage]
    raw_hash: str
    tokens: "Mapping[str, TokenIds]" = field(default_factory=dict)
    model: str = ""

    def is_split_for(self, model: str) -> bool:
        """Say whether the article is split into passages, and not for another model than this."""
        return bool(self.passages) and self.model in ("", model)


def embed_passages(
    embedding: "SentenceEmbedding",
    passages: Sequence[tuple[Passage, Article]],
    tokens: "Mapping[str, TokenIds] | None" = None,
    started: Callable[[], None] = lambda: None,
) -> "PassageVectors":
    """Embed passages: their vectors (dimension), by passage id.

    `tokens` are the token ids of passages that are already tokenised, by passage id. `started` is called once the
    backend is chosen, just before it encodes.
    """
    if not passages:
        return {}  # Without loading the model.
    known = tokens or {}
    ids = [
        known[passage.id] if passage.id in known else _token_ids(embedding, passage, article)
        for passage, article in passages
    ]
    encoded = embedding.encode_ids(ids)
    started()
    return {passages[number][0].id: row for number, row in encoded}


def _token_ids(embedding: "SentenceEmbedding", passage: Passage, article: Article) -> "TokenIds":
    title, own = embedding.tokenise([embedded_title(article), article.text[passage.start : passage.end]])
    return _joined(title.ids, own.ids)


def _joined(title: "TokenIds", own: "TokenIds") -> "TokenIds":
    import numpy as np

    return np.concatenate([title, own])


def entry_of(embedding: "SentenceEmbedding", article: Article, raw_hash: str) -> Entry:
    """Split an article into passages that the model can read in full, with the title in front."""
    from index.embed.tokens import tokenise_in_chunks

    (title,) = embedding.tokenise([embedded_title(article)])
    text = tokenise_in_chunks(article.text, embedding.tokenise)
    passages = split(article, text.counts, max_tokens=min(MAX_PASSAGE_TOKENS, embedding.max_tokens - TITLE_TOKENS))
    tokens = {one.id: _joined(title.ids, text.part(one.start, one.end).ids) for one in passages}
    return Entry(article, passages, raw_hash, tokens, embedding.name)


def tokens_by_id(entries: Sequence[Entry]) -> "dict[str, TokenIds]":
    """Return the token ids of all passages, by passage id."""
    return {id_: tokens for entry in entries for id_, tokens in entry.tokens.items()}


def embedded_text(passage: Passage, article: Article) -> str:
    """Return the text that is embedded for a passage: its article's title, truncated if very long, then its own."""
    return f"{embedded_title(article)}\n{article.text[passage.start : passage.end].strip()}"


def embedded_title(article: Article) -> str:
    """Return as much of the title as is embedded with each passage."""
    return article.title[:_MAX_TITLE_CHARACTERS]
