"""The sentences that a composed answer consists of, and how to choose them."""

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

ArticleSentence = tuple[Article, Span]

_MIN_WORDS = 5


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences shown together, in order; `label` is their heading, "" for none."""

    label: str
    sentences: tuple[ArticleSentence, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """The sections of an answer, and the hits that their sentences are from, best first."""

    sections: tuple[Section, ...]
    hits: tuple[Hit, ...]


def text_of(sentence: ArticleSentence) -> str:
    """Return a sentence's text."""
    article, span = sentence
    return article.text[slice(*span)]


def quotable(article: Article, spans: Sequence[Span], *, alone: bool = True) -> list[Span]:
    """Return the sentences worth quoting; with `alone`, only those that need no context."""
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


def sentences_of(hits: Sequence[Hit], *, alone: bool = True) -> list[ArticleSentence]:
    """Return the distinct sentences of hits that are worth quoting, in the order of the hits."""
    cache = SentenceCache()
    found: dict[tuple[str, Span], Article] = {}
    for hit in hits:
        inside = [s for s in cache.sentences(hit.article) if hit.passage.start <= s[0] and s[1] <= hit.passage.end]
        for span in quotable(hit.article, inside, alone=alone):
            found.setdefault((hit.article.id, span), hit.article)
    return [(article, span) for (_, span), article in found.items()]


def vectors_of(index: "Index", sentences: Sequence[ArticleSentence]) -> "Vectors":
    """Return the sentences' embeddings (sentences x dimension, of unit length)."""
    return index.embedding.encode([text_of(sentence) for sentence in sentences])


def significant_words(text: str) -> list[str]:
    """Return the words of a topic without stop words."""
    return [word for word in words(text) if word not in STOP_WORDS]


def mentions_any(topic: Sequence[str]) -> Callable[[str], bool]:
    """Return a predicate that says whether a text has one of these words, in any form."""
    stems = Stems()
    wanted = set(stems.of(list(topic)))
    return lambda text: not wanted.isdisjoint(stems.of(words(text)))


def narrowed(
    allowed: Filter, publishers: Sequence[str] = (), since: date | None = None, until: date | None = None
) -> Filter | None:
    """Return a filter restricted to some publishers and days; None if that allows nothing."""
    both = tuple(one for one in publishers if not allowed.publishers or one in allowed.publishers)
    since = max(filter(None, (allowed.since, since)), default=None)
    until = min(filter(None, (allowed.until, until)), default=None)
    if (publishers and not both) or (since and until and since > until):
        return None
    return replace(allowed, publishers=both or allowed.publishers, since=since, until=until)
