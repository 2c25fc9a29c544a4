"""Copies of one report, by several publishers, are retrieved once.

Of articles that are nearly the same one stands for all: the one a question hints at most, else the one published first,
else the longest. A passage of another gives way to those of that one which say the same; one with a name, a number or a
"not" that these do not have stays a passage of its own, so that nothing is lost for the evidence.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assistant.language.words import names, words
from assistant.question.boosts import Boosts, boost_scores
from index.store.index import Index
from index.text.near_duplicates import held, runs
from index.types import Article, Hit, Passage

# How much of a passage must stand in the other article, and how much of it in one of that article's passages.
_HELD = 0.8
_OVERLAPS = 0.25
_DENYING = ("no", "nobody", "none", "nor", "not", "nothing", "never", "neither", "without", "cannot")


def told_once(index: Index, hits: Sequence[Hit], hints: Boosts) -> list[Hit]:
    """Put the passages of one article in the place of those of its copies; the order of the hits stays."""
    articles = {hit.article.id: hit.article for hit in hits}
    alike = index.catalog.alike.of(list(articles))
    standing = _standing(articles, alike, hints)
    if all(id_ == other for id_, other in standing.items()):
        return list(hits)
    kept: dict[str, Hit] = {}
    for hit in hits:
        chosen = articles[standing[hit.article.id]]
        instead = [] if chosen.id == hit.article.id else _instead(index, hit, chosen)
        for passage in instead or [hit.passage]:
            article = chosen if instead else hit.article
            kept.setdefault(passage.id, replace(hit, passage=passage, article=article))
    return list(kept.values())


def _standing(articles: dict[str, Article], alike: dict[str, list[str]], hints: Boosts) -> dict[str, str]:
    """Tell which article stands for each: itself, or one that is nearly the same and goes before it."""
    lifts = dict(zip(articles, boost_scores(list(articles.values()), hints), strict=True))

    def place(id_: str) -> tuple[float, date, int, str]:
        article = articles[id_]
        return -lifts[id_], article.published or date.max, -len(article.text), id_

    standing: dict[str, str] = {}
    for id_ in sorted(articles, key=place):
        before = (other for other in alike.get(id_, ()) if standing.get(other) == other)
        standing[id_] = min(before, key=place, default=id_)
    return standing


def _instead(index: Index, hit: Hit, chosen: Article) -> list[Passage]:
    """Find the passages of another article that say what a hit says; [] where it says what they do not."""
    own = runs(hit.text)
    shares = [
        (held(own, runs(chosen.text[passage.start : passage.end])), passage)
        for passage in index.catalog.passages_of(chosen.id)
    ]
    found = [one for one in shares if one[0] >= _OVERLAPS]
    said = " ".join(chosen.text[passage.start : passage.end] for _, passage in found)
    if held(own, runs(said)) < _HELD or not _weighty(hit) <= {*words(said), *words(_about(chosen))}:
        return []
    return [passage for _, passage in sorted(found, key=lambda one: (-one[0], one[1].start))]


def _weighty(hit: Hit) -> set[str]:
    """List the words of a hit that make it another statement where they differ: names, numbers, and "not"."""
    telling = {word for name in names(hit.text) for word in words(name)}
    return (telling | {word for word in words(hit.text) if word in _DENYING or word.endswith(("n't", "n’t"))}) - set(
        words(_about(hit.article))
    )


def _about(article: Article) -> str:
    """Join what a copy may say of itself: "London (Wire A) –"."""
    return " ".join(filter(None, (article.publisher, article.author)))
