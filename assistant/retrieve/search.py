"""Search: what a question finds by meaning and by its words, as one list.

Dense and lexical scores live on different scales, so each is standardised over the candidates (zero mean, unit
deviation) and the two are added; on news this kept what BM25 is good at, where reciprocal-rank fusion lost it. What the
question says about which articles it means is added. Its measure is that the answer is among the passages found, not
that it comes first: for that they are read (`assistant.read`). `assistant.llama_index` is both as a LlamaIndex
retriever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.question.boosts import boost_scores
from assistant.retrieve.deduplicate import told_once
from assistant.retrieve.query import Query, read_query
from index.store.index import Index
from index.types import EVERYTHING, Filter, FoundBy, Hit

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How many passages the two searches offer to the fusion, and how many of those the question's hints are weighed for.
# More lexical ones made no figure better, nor did fetching the cosines of those that dense search did not offer.
_DENSE = 100
_LEXICAL = 60
_HINTED = 40
# How many times more are offered when copies of a few reports are all there is among them.
_WIDER = 5


def search(index: Index, question: str | Query, *, limit: int = 10, allowed: Filter = EVERYTHING) -> list[Hit]:
    """Find the `limit` passages that a question is about, best first, among articles that are `allowed`.

    Scores are sums of standard scores: they order the hits of one question, and mean nothing across questions.

    Raises:
        BadFilter: the filter names a publisher or article that is not there.
        ModelMismatch, IndexDamaged: the index cannot be searched.
    """
    allowed = index.catalog.resolve(allowed)
    query = read_query(index, question) if isinstance(question, str) else question
    found = _found(index, query, allowed)
    if not query.facts.alike:
        return _hinted(query, _hits(index, found[: max(limit, _HINTED) if query.hints else limit]))[:limit]
    # Copies of one report must not crowd out what else there is: all candidates are looked at, or more.
    hits = told_once(index, _hits(index, found), query.hints)
    if len(hits) < limit:
        hits = told_once(index, _hits(index, _found(index, query, allowed, wider=_WIDER)), query.hints)
    return _hinted(query, hits)[:limit]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage that may become a hit, by id."""

    id: str
    score: float
    found_by: FoundBy


def _found(index: Index, query: Query, allowed: Filter, *, wider: int = 1) -> list[_Candidate]:
    """Search both ways: what either finds, by their scores added, best first.

    What a filter allows is scored among all that would be found without it: in a few articles about one thing, nothing
    stands out from the rest, however well it fits the question.
    """

    def by_meaning() -> "tuple[Mapping[str, float], Mapping[str, float]]":
        nearest = index.dense_search(allowed)
        everywhere = index.dense_search(EVERYTHING) if allowed else None
        vector = query.vector
        with query.timed("dense"):
            return nearest(vector, wider * _DENSE), everywhere(vector, _DENSE) if everywhere else {}

    dense_hits = index.beside(by_meaning)
    # Meanwhile, for the embedding model still reads the question.
    with query.timed("lexical"):
        lexical = index.lexical(query.telling, wider * _LEXICAL, allowed)
        others = index.lexical(query.telling, _LEXICAL, EVERYTHING) if allowed else {}
    dense, beyond = dense_hits.result()
    fused = fuse({**beyond, **dense}, {**others, **lexical})
    best = sorted({*dense, *lexical}, key=lambda id_: (-fused[id_], id_))
    return [_Candidate(id_, fused[id_], _found_by(id_, dense, lexical)) for id_ in best]


def _hits(index: Index, found: Sequence[_Candidate]) -> list[Hit]:
    """Read the passages that were found, with their articles; one that has gone meanwhile is left out."""
    read = index.catalog.passages([one.id for one in found])
    return [Hit(*read[one.id], one.score, one.found_by) for one in found if one.id in read]


def _hinted(query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """Add to the scores of hits what the question hints at, and order them by it."""
    if not query.hints:
        return list(hits)
    lifts = boost_scores([hit.article for hit in hits], query.hints)
    lifted = [replace(hit, score=hit.score + lift) for hit, lift in zip(hits, lifts, strict=True)]
    return sorted(lifted, key=lambda hit: (-hit.score, hit.passage.id))


def fuse(cosines: Mapping[str, float], bm25: Mapping[str, float]) -> dict[str, float]:
    """Add standardised scores. A passage that one search did not offer has the lowest cosine, or no BM25 at all."""
    ids = list(dict.fromkeys([*cosines, *bm25]))
    total = np.zeros(len(ids))
    for scores, lowest in ((cosines, min(cosines.values(), default=0.0)), (bm25, 0.0)):
        total += standardised([scores.get(id_, lowest) for id_ in ids])
    return dict(zip(ids, total.tolist(), strict=True))


def standardised(scores: "Sequence[float] | NDArray[np.float64]") -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Move and scale scores to zero mean and unit deviation; all zeros when they are equal."""
    values = np.asarray(scores, dtype=np.float64)
    spread = values.std() if values.size else 0.0
    return (values - values.mean()) / spread if spread > 0 else np.zeros(values.size)


def _found_by(id_: str, dense: Mapping[str, float], lexical: Mapping[str, float]) -> FoundBy:
    if id_ in dense and id_ in lexical:
        return "both"
    return "dense" if id_ in dense else "lexical"


def about(hits: Sequence[Hit], share: float) -> list[Hit]:
    """Return the best hit of each article that scores at least this share of what the best of all does; best first."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.article.id, hit)
    most = max((hit.score for hit in best.values()), default=0.0)
    return [hit for hit in best.values() if hit.score >= share * most]
