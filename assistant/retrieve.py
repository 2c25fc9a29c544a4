"""Retrieval: what a question finds by meaning, by its words, and word piece by word piece, as one list.

Dense and lexical scores live on different scales, so each is standardised over the candidates (zero mean, unit
deviation) and the two are added; on news this kept what BM25 is good at, where reciprocal-rank fusion lost it. The
best of that list are ordered anew by late interaction (see `assistant.query`), and by what the question says about
which articles it means. The retriever is a LlamaIndex `BaseRetriever` and drops into any LlamaIndex pipeline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from assistant.hints import lifts_of
from assistant.query import Query, read_query
from assistant.told_once import told_once
from index.article import EVERYTHING, Filter, FoundBy, Hit
from index.store import Index

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How many passages the two searches offer to the fusion, and how many of those are read word by word. More lexical ones
# made no figure better, and the cosine of each has to be fetched.
_DENSE = 100
_LEXICAL = 60
_REORDERED = 40
# How many times more are offered when copies of a few reports are all there is among them.
_WIDER = 5
# What late interaction weighs beside each of the two searches.
_LATE_WEIGHT = 2.0


class HybridRetriever(BaseRetriever):
    """Finds the passages that a question is about.

    `limit` is how many are returned, `allowed` which articles may be used, `late` whether the best are ordered anew
    by late interaction. Node scores are sums of standard scores: they order the hits of one question, and mean nothing
    across questions.
    """

    def __init__(
        self,
        index: Index,
        *,
        limit: int = 10,
        allowed: Filter = EVERYTHING,
        late: bool = True,
    ) -> None:
        super().__init__()
        self._index = index
        self._limit = limit
        self._allowed = allowed
        self._late = late

    def hits(self, question: str | Query) -> list[Hit]:
        """Find passages, best first.

        Raises:
            BadFilter: the filter names a publisher or article that is not there.
            ModelMismatch, IndexDamaged: the index cannot be searched.
        """
        index, allowed = self._index, self._index.catalog.resolve(self._allowed)
        query = read_query(index, question) if isinstance(question, str) else question
        wanted = max(self._limit, _REORDERED if self._late else 0)
        if not index.catalog.alike.any():
            hits = self._fused(query, allowed, wanted)
        else:
            # Copies of one report must not crowd out what else there is: all candidates are looked at, or more.
            hits = told_once(index, self._fused(query, allowed), query.hints)
            if len(hits) < self._limit:
                hits = told_once(index, self._fused(query, allowed, wider=_WIDER), query.hints)
            hits = hits[:wanted]
        return (self._reordered(query, hits) if self._late else hits)[: self._limit]

    def _fused(self, query: Query, allowed: Filter, most: int | None = None, *, wider: int = 1) -> list[Hit]:
        """Search both ways, and give the best `most` by their scores added; all that was offered when it is None."""
        index = self._index
        dense = index.dense(query.vector, wider * _DENSE, allowed)
        lexical = index.lexical(query.terms, wider * _LEXICAL, allowed)
        cosines = dense | index.cosines(query.vector, [id_ for id_ in lexical if id_ not in dense])
        fused = fuse(cosines, lexical)
        best = sorted(fused, key=lambda id_: (-fused[id_], id_))[:most]
        found = index.catalog.passages(best)
        return [Hit(*found[id_], fused[id_], _found_by(id_, dense, lexical)) for id_ in best if id_ in found]

    def _reordered(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """Order hits by fused score, late interaction with the whole passage, and what the question hints at."""
        late = [query.late(passage) for passage in query.matched(self._index, hits)]
        lifts = lifts_of([hit.article for hit in hits], query.hints)
        scores = [
            hit.score + _LATE_WEIGHT * standard + raised
            for hit, standard, raised in zip(hits, standardised(late).tolist(), lifts, strict=True)
        ]
        ordered = [replace(hit, score=score) for hit, score in zip(hits, scores, strict=True)]
        return sorted(ordered, key=lambda hit: (-hit.score, hit.passage.id))

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [NodeWithScore(node=as_node(hit), score=hit.score) for hit in self.hits(query_bundle.query_str)]


def fuse(cosines: Mapping[str, float], bm25: Mapping[str, float]) -> dict[str, float]:
    """Add standardised scores. A passage that one search did not offer has that search's lowest score."""
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


def as_node(hit: Hit) -> TextNode:
    """Turn a hit into a LlamaIndex node: its passage as text, its article as source and metadata."""
    article = hit.article
    node = TextNode(
        id_=hit.passage.id,
        text=hit.text,
        start_char_idx=hit.passage.start,
        end_char_idx=hit.passage.end,
        metadata={
            "article_id": article.id,
            "title": article.title,
            "publisher": article.publisher,
            "author": article.author,
            "published": article.published.isoformat() if article.published else None,
            "url": article.url,
            "found_by": hit.found_by,
        },
    )
    # What a model reads of a node besides its text: the title, not ids and addresses.
    node.excluded_embed_metadata_keys = node.excluded_llm_metadata_keys = [
        key for key in node.metadata if key != "title"
    ]
    node.relationships[NodeRelationship.SOURCE] = RelatedNodeInfo(node_id=article.id)
    return node
