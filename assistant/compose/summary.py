"""A summary of one article, or of what several say of a topic, made of their own sentences.

Of an article: its first sentence, for news begins with what happened, and the most central ones (nearest to the mean of
all), each as unlike those already chosen as may be (maximal marginal relevance: Carbonell & Goldstein, SIGIR 1998), in
their order. Of a topic: what each article begins with that speaks of it much, and its sentence most like the topic.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.compose.collection import listed
from assistant.compose.gather import Gathered, Part, Place, naming, narrowed, quotable, telling, vectors_of
from assistant.language.context import SentenceCache
from assistant.language.words import words
from assistant.question.dates import earlier_years
from assistant.question.understand import is_unknown_topic
from assistant.retrieve.search import search
from index.store.listing import Wanted
from index.types import Article, Filter, Hit

if TYPE_CHECKING:
    from assistant.compose.gather import Vectors
    from assistant.question.request import Request
    from index.store.index import Index

MAX_SENTENCES = 6
MAX_ARTICLES = 3
_SEARCHED = 40
_READ = 200
# How much being central counts against being unlike what is chosen.
_CENTRAL = 0.7
_OPENING = 0.15
# How many passages tell how much an article speaks of a topic, and how much of what the first one does is enough.
_TELLING, _ENOUGH = 3, 0.3


def gather_summary(index: "Index", request: "Request", allowed: Filter) -> Gathered | None:
    """Gather a summary; None where no article is about the topic."""
    topic = request.title or request.topic
    within = _within(index, request, allowed)
    if within is None or not telling(topic) or is_unknown_topic(index, topic):
        return None
    hits = search(index, topic, limit=_SEARCHED, allowed=within)
    articles = _meant(hits, request, topic)
    if not articles:
        return None
    places = _central(index, articles[0]) if len(articles) == 1 else _on_topic(index, articles, topic)
    ids = {article.id for article in articles}
    return Gathered((Part("", tuple(places)),), tuple(hit for hit in hits if hit.article.id in ids))


def _within(index: "Index", request: "Request", allowed: Filter) -> Filter | None:
    """Leave the articles of the publishers and days that are named, and the newest alone where that is meant."""
    within = narrowed(allowed, request.publishers)
    if within is not None and request.newest:
        wanted = Wanted(since=within.since, until=within.until)
        rows, _ = listed(index, wanted, within.publishers, within, newest=True)
        return replace(within, articles=(rows[0].id,)) if rows else None
    for days in earlier_years(request.topic, request.days) if within and request.days else ():
        tried = narrowed(within, since=days.since, until=days.until) if within else None
        if (
            tried
            and listed(index, Wanted(since=tried.since, until=tried.until), tried.publishers, tried, newest=True)[1]
        ):
            return tried
    return within


def _meant(hits: Sequence[Hit], request: "Request", topic: str) -> list[Article]:
    """Return the article that is meant, or those that are about the topic."""
    if request.title:
        title = f" {' '.join(words(request.title))} "
        named = [hit.article for hit in hits if title in f" {' '.join(words(hit.article.title))} "]
        if named:
            return named[:1]
    scores: dict[str, list[float]] = {}
    articles = {hit.article.id: hit.article for hit in hits}
    for hit in hits:
        scores.setdefault(hit.article.id, []).append(max(hit.score, 0.0))
    spoken = {key: sum(some[:_TELLING]) for key, some in scores.items()}
    most = max(spoken.values(), default=0.0)
    found = sorted((key for key in spoken if spoken[key] >= _ENOUGH * most), key=lambda key: -spoken[key])
    if request.one:
        names = naming(telling(topic))
        titled = [key for key in found if names(articles[key].title)]
        found = (titled or found)[:1]
    return [articles[key] for key in found[:MAX_ARTICLES]]


def _central(index: "Index", article: Article) -> list[Place]:
    every = SentenceCache().sentences(article)[:_READ]
    spans = quotable(article, every) or list(every)
    if len(spans) <= MAX_SENTENCES:
        return [(article, span) for span in spans]
    vectors = vectors_of(index, [(article, span) for span in spans])
    mean = vectors.mean(axis=0)
    # A paragraph begins with what it is about.
    opens = np.asarray([article.text[max(0, start - 1) : start] in ("", "\n") for start, _ in spans], dtype=np.float32)
    worth = vectors @ (mean / np.linalg.norm(mean)) + _OPENING * opens
    chosen = _unlike(vectors, worth, _CENTRAL, first=0)
    return [(article, spans[n]) for n in sorted(chosen)]


def _on_topic(index: "Index", articles: Sequence[Article], topic: str) -> list[Place]:
    """Choose of each article its first sentence and the one most like the topic, of those that speak of it most."""
    wanted = index.embedding.encode([topic])[0]
    places: list[Place] = []
    for number, article in enumerate(articles):
        every = SentenceCache().sentences(article)[:_READ]
        spans = quotable(article, every) or list(every)
        vectors = vectors_of(index, [(article, span) for span in spans])
        # Two of the one that speaks of it most.
        chosen = {0, *np.argsort(-(vectors @ wanted))[: 1 if number else 2].tolist()}
        places += [(article, spans[n]) for n in sorted(chosen)]
    return places


def _unlike(vectors: "Vectors", worth: "Vectors", share: float, *, first: int) -> list[int]:
    """Choose rows that are worth most and unlike each other, beginning with the first."""
    chosen = [first]
    while len(chosen) < min(MAX_SENTENCES, len(vectors)):
        alike = (vectors @ vectors[chosen].T).max(axis=1)
        gain = share * worth - (1 - share) * alike
        gain[chosen] = -np.inf
        chosen.append(int(gain.argmax()))
    return chosen
