"""Deduplicate hits from near-duplicate articles, such as one report printed by several publishers.

Of near-duplicates one article represents all: the one with the highest boost, else the one published first, else the
longest. A passage of another article is replaced by the representative's passages that say the same; if these lack one
of its names, numbers or negations it is kept, so that no evidence is lost.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assistant.language.words import names, words
from assistant.question.boosts import Boosts, boost_scores
from index.store.index import Index
from index.text.near_duplicates import containment, shingles
from index.types import Article, Hit, Passage

# The shares of a passage's text that the other article, and each replacing passage, must contain.
_HELD = 0.8
_OVERLAPS = 0.25
_DENYING = ("no", "nobody", "none", "nor", "not", "nothing", "never", "neither", "without", "cannot")


def deduplicate(index: Index, hits: Sequence[Hit], boosts: Boosts) -> list[Hit]:
    """Return hits with the passages of near-duplicates replaced by those of one article, in the same order."""
    articles = {hit.article.id: hit.article for hit in hits}
    alike = index.catalog.near_duplicates.of(list(articles))
    representatives = _representatives(articles, alike, boosts)
    if all(id_ == other for id_, other in representatives.items()):
        return list(hits)
    kept: dict[str, Hit] = {}
    for hit in hits:
        chosen = articles[representatives[hit.article.id]]
        replacements = [] if chosen.id == hit.article.id else _replacements(index, hit, chosen)
        for passage in replacements or [hit.passage]:
            article = chosen if replacements else hit.article
            kept.setdefault(passage.id, replace(hit, passage=passage, article=article))
    return list(kept.values())


def _representatives(articles: dict[str, Article], alike: dict[str, list[str]], boosts: Boosts) -> dict[str, str]:
    """Return each article's representative: itself, or a preferred near-duplicate."""
    scores = dict(zip(articles, boost_scores(list(articles.values()), boosts), strict=True))

    def place(id_: str) -> tuple[float, date, int, str]:
        article = articles[id_]
        return -scores[id_], article.published or date.max, -len(article.text), id_

    representatives: dict[str, str] = {}
    for id_ in sorted(articles, key=place):
        before = (other for other in alike.get(id_, ()) if representatives.get(other) == other)
        representatives[id_] = min(before, key=place, default=id_)
    return representatives


def _replacements(index: Index, hit: Hit, chosen: Article) -> list[Passage]:
    """Return the passages of another article that say what a hit says; [] if the hit says more."""
    own = shingles(hit.text)
    shares = [
        (containment(own, shingles(chosen.text[passage.start : passage.end])), passage)
        for passage in index.catalog.passages_of(chosen.id)
    ]
    found = [one for one in shares if one[0] >= _OVERLAPS]
    said = " ".join(chosen.text[passage.start : passage.end] for _, passage in found)
    if containment(own, shingles(said)) < _HELD or not _distinctive_words(hit) <= {
        *words(said),
        *words(_byline(chosen)),
    }:
        return []
    return [passage for _, passage in sorted(found, key=lambda one: (-one[0], one[1].start))]


def _distinctive_words(hit: Hit) -> set[str]:
    """Return the words that make a passage another statement if they differ: names, numbers and negations."""
    distinctive = {word for name in names(hit.text, hit.article.language) for word in words(name)}
    return (
        distinctive | {word for word in words(hit.text) if word in _DENYING or word.endswith(("n't", "n’t"))}
    ) - set(words(_byline(hit.article)))


def _byline(article: Article) -> str:
    """Return publisher and author, which copies may name differently: "London (Wire A) –"."""
    return " ".join(filter(None, (article.publisher, article.author)))
