"""Hybrid search: dense and lexical search fused into one ranked list.

Dense and lexical scores are on different scales, so each is standardised over the candidates (zero mean, unit
deviation) and the two are added; on news this kept the strengths of BM25, which reciprocal-rank fusion lost. The
question's boosts are added. The aim is recall, that the answer is among the hits; the reader (`assistant.read`) ranks
them. `assistant.llama_index` offers both as a LlamaIndex retriever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.question.boosts import boost_scores
from assistant.retrieve.deduplicate import deduplicate
from assistant.retrieve.query import Query, read_query
from index.store.index import Index
from index.types import EVERYTHING, Filter, FoundBy, Hit

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Candidates from each search, and the best of them that boosts apply to. More lexical candidates improved no figure,
# nor did computing cosines for candidates that dense search did not return.
_DENSE = 100
_LEXICAL = 60
_BOOSTED = 40
# How many times more candidates are searched if near-duplicates crowd out the rest.
_WIDER = 5


def search(index: Index, question: str | Query, *, limit: int = 10, allowed: Filter = EVERYTHING) -> list[Hit]:
    """Return the `limit` best passages for a question, best first, among the `allowed` articles.

    Scores are sums of standard scores: they rank the hits of one question, and do not compare across questions.

    Raises:
        BadFilter: the filter names a publisher or article that is not there.
        ModelMismatch, IndexDamaged: the index cannot be searched.
    """
    allowed = index.catalog.resolve(allowed)
    query = read_query(index, question) if isinstance(question, str) else question
    found = _found(index, query, allowed)
    if not query.facts.has_near_duplicates:
        return _boosted(query, _hits(index, found[: max(limit, _BOOSTED) if query.boosts else limit]))[:limit]
    # Near-duplicates must not crowd out other passages: deduplicate all candidates, and search more if needed.
    hits = deduplicate(index, _hits(index, found), query.boosts)
    if len(hits) < limit:
        hits = deduplicate(index, _hits(index, _found(index, query, allowed, wider=_WIDER)), query.boosts)
    return _boosted(query, hits)[:limit]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The id of a passage that may become a hit."""

    id: str
    score: float
    found_by: FoundBy


def _found(index: Index, query: Query, allowed: Filter, *, wider: int = 1) -> list[_Candidate]:
    """Return the candidates of both searches, by fused score, best first.

    With a filter, scores are standardised together with candidates outside it: within a few articles on one topic,
    nothing would stand out.
    """

    def by_meaning() -> "tuple[Mapping[str, float], Mapping[str, float]]":
        nearest = index.dense_search(allowed)
        everywhere = index.dense_search(EVERYTHING) if allowed else None
        vector = query.vector
        with query.timed("dense"):
            return nearest(vector, wider * _DENSE), everywhere(vector, _DENSE) if everywhere else {}

    dense_hits = index.in_background(by_meaning)
    # While the embedding model encodes the question.
    with query.timed("lexical"):
        lexical = index.lexical(query.lexical_terms, wider * _LEXICAL, allowed)
        others = index.lexical(query.lexical_terms, _LEXICAL, EVERYTHING) if allowed else {}
    dense, beyond = dense_hits.result()
    fused = fuse({**beyond, **dense}, {**others, **lexical})
    best = sorted({*dense, *lexical}, key=lambda id_: (-fused[id_], id_))
    return [_Candidate(id_, fused[id_], _found_by(id_, dense, lexical)) for id_ in best]


def _hits(index: Index, found: Sequence[_Candidate]) -> list[Hit]:
    """Return candidates as hits, with passage and article; without those removed meanwhile."""
    read = index.catalog.passages([one.id for one in found])
    return [Hit(*read[one.id], one.score, one.found_by) for one in found if one.id in read]


def _boosted(query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """Return hits with the question's boosts added to their scores, reordered."""
    if not query.boosts:
        return list(hits)
    scores = boost_scores([hit.article for hit in hits], query.boosts)
    boosted = [replace(hit, score=hit.score + boost) for hit, boost in zip(hits, scores, strict=True)]
    return sorted(boosted, key=lambda hit: (-hit.score, hit.passage.id))


def fuse(cosines: Mapping[str, float], bm25: Mapping[str, float]) -> dict[str, float]:
    """Return the sums of standardised scores. A missing cosine counts as the lowest one, a missing BM25 score as 0."""
    ids = list(dict.fromkeys([*cosines, *bm25]))
    total = np.zeros(len(ids))
    for scores, lowest in ((cosines, min(cosines.values(), default=0.0)), (bm25, 0.0)):
        total += standardised([scores.get(id_, lowest) for id_ in ids])
    return dict(zip(ids, total.tolist(), strict=True))


def standardised(scores: "Sequence[float] | NDArray[np.float64]") -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return scores scaled to zero mean and unit deviation; zeros if they are equal."""
    values = np.asarray(scores, dtype=np.float64)
    spread = values.std() if values.size else 0.0
    return (values - values.mean()) / spread if spread > 0 else np.zeros(values.size)


def _found_by(id_: str, dense: Mapping[str, float], lexical: Mapping[str, float]) -> FoundBy:
    if id_ in dense and id_ in lexical:
        return "both"
    return "dense" if id_ in dense else "lexical"


def about(hits: Sequence[Hit], share: float) -> list[Hit]:
    """Return each article's best hit, best first, if it scores at least `share` of the overall best."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.article.id, hit)
    most = max((hit.score for hit in best.values()), default=0.0)
    return [hit for hit in best.values() if hit.score >= share * most]
