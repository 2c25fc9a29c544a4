"""Search: what a question finds by meaning, by its words, and word piece by word piece, as one list.

Dense and lexical scores live on different scales, so each is standardised over the candidates (zero mean, unit
deviation) and the two are added; on news this kept what BM25 is good at, where reciprocal-rank fusion lost it. The
best of that list are ordered anew by late interaction (see `assistant.query`), and by what the question says about
which articles it means. `assistant.retrieve` is the same as a LlamaIndex retriever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.hints import lifts_of
from assistant.query import Query, read_query
from assistant.told_once import told_once
from index.article import EVERYTHING, Filter, FoundBy, Hit
from index.store import Index

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How many passages the two searches offer to the fusion, and how many of those are read word by word. More lexical ones
# made no figure better, nor did fetching the cosines of those that dense search did not offer.
_DENSE = 100
_LEXICAL = 60
_REORDERED = 40
# How many of the lexical ones are matched with the question while dense search goes on. Nine in ten of them are among
# those read word by word in the end; of the next twenty, less than one in three.
_AHEAD = 20
# How many times more are offered when copies of a few reports are all there is among them.
_WIDER = 5
# What late interaction weighs beside each of the two searches.
_LATE_WEIGHT = 2.0


def search(
    index: Index, question: str | Query, *, limit: int = 10, allowed: Filter = EVERYTHING, late: bool = True
) -> list[Hit]:
    """Find the `limit` passages that a question is about, best first.

    `allowed` is which articles may be used, `late` whether the best are ordered anew by late interaction. Scores are
    sums of standard scores: they order the hits of one question, and mean nothing across questions.

    Raises:
        BadFilter: the filter names a publisher or article that is not there.
        ModelMismatch, IndexDamaged: the index cannot be searched.
    """
    allowed = index.catalog.resolve(allowed)
    query = read_query(index, question) if isinstance(question, str) else question
    wanted = max(limit, _REORDERED if late else 0)
    found = _found(index, query, allowed, ahead=_AHEAD if late else 0)
    if query.facts.alike:
        # Copies of one report must not crowd out what else there is: all candidates are looked at, or more.
        hits = told_once(index, _hits(index, found), query.hints)
        if len(hits) < limit:
            hits = told_once(index, _hits(index, _found(index, query, allowed, wider=_WIDER)), query.hints)
        hits = hits[:wanted]
    else:
        found = found[:wanted]
        matched = query.match_kept(index, [one.id for one in found]) if late and not query.hints else None
        if matched:
            # No article has a say in the order: those of the best alone are read.
            scores = _scores([one.score for one in found], query.late(matched))
            best = sorted(map(_Candidate.scored, found, scores), key=lambda one: (-one.score, one.id))
            return _hits(index, best[:limit])
        hits = _hits(index, found)
    return (_reordered(index, query, hits) if late else hits)[:limit]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage that may become a hit, by id."""

    id: str
    score: float
    found_by: FoundBy

    def scored(self, score: float) -> "_Candidate":
        return replace(self, score=score)


def _found(index: Index, query: Query, allowed: Filter, *, wider: int = 1, ahead: int = 0) -> list[_Candidate]:
    """Search both ways: what either finds, by their scores added, best first.

    So many of those found by words are matched with the question `ahead` of that, for late interaction.
    """

    def by_meaning() -> dict[str, float]:
        nearest = index.dense_search(allowed)
        vector = query.vector
        with query.timed("dense"):
            return nearest(vector, wider * _DENSE)

    dense_hits = index.beside(by_meaning)
    # Meanwhile, for the embedding model still reads the question.
    with query.timed("lexical"):
        lexical = index.lexical(query.telling, wider * _LEXICAL, allowed)
    query.match_kept(index, list(lexical)[:ahead])
    dense = dense_hits.result()
    fused = fuse(dense, lexical)
    best = sorted(fused, key=lambda id_: (-fused[id_], id_))
    return [_Candidate(id_, fused[id_], _found_by(id_, dense, lexical)) for id_ in best]


def _hits(index: Index, found: Sequence[_Candidate]) -> list[Hit]:
    """Read the passages that were found, with their articles; one that has gone meanwhile is left out."""
    read = index.catalog.passages([one.id for one in found])
    return [Hit(*read[one.id], one.score, one.found_by) for one in found if one.id in read]


def _reordered(index: Index, query: Query, hits: Sequence[Hit]) -> list[Hit]:
    """Order hits by fused score, late interaction with the whole passage, and what the question hints at."""
    late = query.late(query.matched(index, hits))
    lifts = lifts_of([hit.article for hit in hits], query.hints)
    scores = map(sum, zip(_scores([hit.score for hit in hits], late), lifts, strict=True))
    ordered = [replace(hit, score=score) for hit, score in zip(hits, scores, strict=True)]
    return sorted(ordered, key=lambda hit: (-hit.score, hit.passage.id))


def _scores(fused: Sequence[float], late: "NDArray[np.float32]") -> list[float]:
    return [
        score + _LATE_WEIGHT * more for score, more in zip(fused, standardised(late.tolist()).tolist(), strict=True)
    ]


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
