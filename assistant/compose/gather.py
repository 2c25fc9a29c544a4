"""What an answer is put together from: sentences of articles in an order, some of them under a label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.context import CELL, Reading, points_back
from assistant.orders import gives_orders
from assistant.words import STOP_WORDS, Stems, words
from index.article import Article, Hit
from index.sentences import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.store import Index

    Vectors = NDArray[np.float32]

Place = tuple[Article, Span]

_MIN_WORDS = 5
# An article is about a topic when its best passage scores this much of what the best of all does.
_ABOUT = 0.7


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences that belong together, in the order to show them in; `label` stands above them, "" for nothing."""

    label: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """All parts of an answer, and the passages that they were chosen from, best first."""

    parts: tuple[Part, ...]
    hits: tuple[Hit, ...]


def quotable(article: Article, spans: Sequence[Span], *, alone: bool = True) -> list[Span]:
    """Return of an article's sentences those that say something; `alone`: that say it without the one before."""
    text = article.text
    return [
        span
        for span in spans
        if len(words(text[slice(*span)])) >= _MIN_WORDS
        and not text[slice(*span)].rstrip("”\"'’").endswith("?")
        and not (alone and points_back(text[slice(*span)]))
        and CELL not in text[slice(*span)]
        and not gives_orders(text, *span)
    ]


def about(hits: Sequence[Hit]) -> list[Hit]:
    """Return the best hit of each article that is about a topic, best first."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.article.id, hit)
    most = max((hit.score for hit in best.values()), default=0.0)
    return [hit for hit in best.values() if hit.score >= _ABOUT * most]


def sentences_of(hits: Sequence[Hit], *, alone: bool = True) -> list[Place]:
    """Return the sentences of passages that say something, each once, in the order of the hits."""
    reading = Reading()
    found: dict[tuple[str, Span], Article] = {}
    for hit in hits:
        inside = [s for s in reading.sentences(hit.article) if hit.passage.start <= s[0] and s[1] <= hit.passage.end]
        for span in quotable(hit.article, inside, alone=alone):
            found.setdefault((hit.article.id, span), hit.article)
    return [(article, span) for (_, span), article in found.items()]


def vectors_of(index: "Index", places: Sequence[Place]) -> "Vectors":
    """Embed sentences (sentences x dimension, each of length one)."""
    return index.embedding.encode([article.text[slice(*span)] for article, span in places])


def telling(text: str) -> list[str]:
    """Return the words of a topic that say something."""
    return [word for word in words(text) if word not in STOP_WORDS]


def shares_words(text: str, topic: Sequence[str]) -> bool:
    """Say whether a text has one of these words, in any form."""
    stems = Stems()
    return not set(stems.of(list(topic))).isdisjoint(stems.of(words(text)))
