"""Gather an extractive summary of one article, or of several articles on a topic.

For an article: its first sentence, since news begins with what happened, and its most central sentences (nearest to the
mean of all), chosen to be unlike each other (maximal marginal relevance: Carbonell & Goldstein, SIGIR 1998), in order.
For a topic: of each article that covers it, the first sentence and the one most similar to the topic.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.compose.collection import list_articles
from assistant.compose.gather import (
    ArticleSentence,
    Gathered,
    Section,
    mentions_any,
    narrowed,
    quotable,
    significant_words,
    vectors_of,
)
from assistant.language.context import SentenceCache
from assistant.language.words import words
from assistant.question.dates import earlier_years
from assistant.question.understand import is_unknown_topic
from assistant.retrieve.search import search
from index.store.listing import ListFilter
from index.types import Article, Filter, Hit

if TYPE_CHECKING:
    from assistant.compose.gather import Vectors
    from assistant.question.request import Request
    from index.store.index import Index

MAX_SENTENCES = 6
MAX_ARTICLES = 3
_SEARCHED = 40
_READ = 200
# The weight of centrality against novelty.
_CENTRAL = 0.7
_OPENING = 0.15
# How many passages count for an article's score on a topic, and the share of the best score that suffices.
_TELLING, _ENOUGH = 3, 0.3


def gather_summary(index: "Index", request: "Request", allowed: Filter) -> Gathered | None:
    """Gather a summary; None if no article is about the topic."""
    topic = request.title or request.topic
    within = _within(index, request, allowed)
    if within is None or not significant_words(topic) or is_unknown_topic(index, topic):
        return None
    hits = search(index, topic, limit=_SEARCHED, allowed=within)
    articles = _meant(hits, request, topic)
    if not articles:
        return None
    sentences = _central(index, articles[0]) if len(articles) == 1 else _on_topic(index, articles, topic)
    ids = {article.id for article in articles}
    return Gathered((Section("", tuple(sentences)),), tuple(hit for hit in hits if hit.article.id in ids))


def _within(index: "Index", request: "Request", allowed: Filter) -> Filter | None:
    """Return the filter restricted to named publishers and days, and to the newest article if that is meant."""
    within = narrowed(allowed, request.publishers)
    if within is not None and request.newest:
        wanted = ListFilter(since=within.since, until=within.until)
        rows, _ = list_articles(index, wanted, within.publishers, within, newest=True)
        return replace(within, articles=(rows[0].id,)) if rows else None
    for days in earlier_years(request.topic, request.days) if within and request.days else ():
        tried = narrowed(within, since=days.since, until=days.until) if within else None
        if (
            tried
            and list_articles(
                index, ListFilter(since=tried.since, until=tried.until), tried.publishers, tried, newest=True
            )[1]
        ):
            return tried
    return within


def _meant(hits: Sequence[Hit], request: "Request", topic: str) -> list[Article]:
    """Return the article asked for, or those about the topic."""
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
        names = mentions_any(significant_words(topic))
        titled = [key for key in found if names(articles[key].title)]
        found = (titled or found)[:1]
    return [articles[key] for key in found[:MAX_ARTICLES]]


def _central(index: "Index", article: Article) -> list[ArticleSentence]:
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


def _on_topic(index: "Index", articles: Sequence[Article], topic: str) -> list[ArticleSentence]:
    """Return of each article its first sentence and the one most similar to the topic."""
    wanted = index.embedding.encode([topic])[0]
    sentences: list[ArticleSentence] = []
    for number, article in enumerate(articles):
        every = SentenceCache().sentences(article)[:_READ]
        spans = quotable(article, every) or list(every)
        vectors = vectors_of(index, [(article, span) for span in spans])
        # Two from the article that covers it best.
        chosen = {0, *np.argsort(-(vectors @ wanted))[: 1 if number else 2].tolist()}
        sentences += [(article, spans[n]) for n in sorted(chosen)]
    return sentences


def _unlike(vectors: "Vectors", worth: "Vectors", share: float, *, first: int) -> list[int]:
    """Return the rows of highest worth that are unlike each other, beginning with `first`."""
    chosen = [first]
    while len(chosen) < min(MAX_SENTENCES, len(vectors)):
        alike = (vectors @ vectors[chosen].T).max(axis=1)
        gain = share * worth - (1 - share) * alike
        gain[chosen] = -np.inf
        chosen.append(int(gain.argmax()))
    return chosen
