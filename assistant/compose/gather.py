"""What an answer is put together from: sentences of articles in an order, some of them under a label."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.language.context import CELL, SentenceCache, points_back
from assistant.language.injection import gives_orders
from assistant.language.words import STOP_WORDS, Stems, words
from index.text.sentences import Span
from index.types import Article, Filter, Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.store.index import Index

    Vectors = NDArray[np.float32]

Place = tuple[Article, Span]

_MIN_WORDS = 5


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


def text_of(place: Place) -> str:
    """Return a sentence."""
    article, span = place
    return article.text[slice(*span)]


def quotable(article: Article, spans: Sequence[Span], *, alone: bool = True) -> list[Span]:
    """Return of an article's sentences those that say something; `alone`: that say it without the one before."""
    said = ((span, article.text[slice(*span)]) for span in spans)
    return [
        span
        for span, text in said
        if len(words(text)) >= _MIN_WORDS
        and not text.rstrip("”\"'’").endswith("?")
        and not (alone and points_back(text))
        and CELL not in text
        and not gives_orders(article.text, *span)
    ]


def sentences_of(hits: Sequence[Hit], *, alone: bool = True) -> list[Place]:
    """Return the sentences of passages that say something, each once, in the order of the hits."""
    cache = SentenceCache()
    found: dict[tuple[str, Span], Article] = {}
    for hit in hits:
        inside = [s for s in cache.sentences(hit.article) if hit.passage.start <= s[0] and s[1] <= hit.passage.end]
        for span in quotable(hit.article, inside, alone=alone):
            found.setdefault((hit.article.id, span), hit.article)
    return [(article, span) for (_, span), article in found.items()]


def vectors_of(index: "Index", places: Sequence[Place]) -> "Vectors":
    """Embed sentences (sentences x dimension, each of length one)."""
    return index.embedding.encode([text_of(place) for place in places])


def telling(text: str) -> list[str]:
    """Return the words of a topic that say something."""
    return [word for word in words(text) if word not in STOP_WORDS]


def naming(topic: Sequence[str]) -> Callable[[str], bool]:
    """Return what says of a text whether it has one of these words, in any form."""
    stems = Stems()
    wanted = set(stems.of(list(topic)))
    return lambda text: not wanted.isdisjoint(stems.of(words(text)))


def narrowed(
    allowed: Filter, publishers: Sequence[str] = (), since: date | None = None, until: date | None = None
) -> Filter | None:
    """Leave, of the articles that are allowed, those of some publishers and days; None where that leaves none."""
    both = tuple(one for one in publishers if not allowed.publishers or one in allowed.publishers)
    since = max(filter(None, (allowed.since, since)), default=None)
    until = min(filter(None, (allowed.until, until)), default=None)
    if (publishers and not both) or (since and until and since > until):
        return None
    return replace(allowed, publishers=both or allowed.publishers, since=since, until=until)
