"""Hybrid retrieval: what a question finds by meaning and by its words, as one list.

Dense and lexical scores live on different scales, so each is standardised over the candidates (zero mean, unit
deviation) and the two are added; on news this kept what BM25 is good at, where reciprocal-rank fusion lost it.
The retriever is a LlamaIndex `BaseRetriever` and drops into any LlamaIndex pipeline.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from assistant.words import content_words
from index.article import EVERYTHING, Filter, FoundBy, Hit
from index.store import Index

# How many passages each of the two searches offers to the fusion.
_CANDIDATES = 100


class HybridRetriever(BaseRetriever):
    """Finds the passages that a question is about.

    `limit` is how many are returned, `allowed` which articles may be used. Node scores are sums of two standard
    scores: they order the hits of one question, and mean nothing across questions.
    """

    def __init__(self, index: Index, *, limit: int = 10, allowed: Filter = EVERYTHING) -> None:
        super().__init__()
        self._index = index
        self._limit = limit
        self._allowed = allowed

    def hits(self, question: str) -> list[Hit]:
        """Find passages, best first.

        Raises:
            BadFilter: the filter names a publisher or article that is not there.
            ModelMismatch, IndexDamaged: the index cannot be searched.
        """
        index, allowed = self._index, self._index.catalog.resolve(self._allowed)
        vector = index.embedding.encode([question])[0]
        dense = index.dense(vector, _CANDIDATES, allowed)
        lexical = index.lexical(content_words(question), _CANDIDATES, allowed)
        cosines = dense | index.cosines(vector, [id_ for id_ in lexical if id_ not in dense])
        fused = fuse(cosines, lexical)
        best = sorted(fused, key=lambda id_: (-fused[id_], id_))[: self._limit]
        found = index.catalog.passages(best)
        return [Hit(*found[id_], fused[id_], _found_by(id_, dense, lexical)) for id_ in best if id_ in found]

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [NodeWithScore(node=as_node(hit), score=hit.score) for hit in self.hits(query_bundle.query_str)]


def fuse(cosines: Mapping[str, float], bm25: Mapping[str, float]) -> dict[str, float]:
    """Add standardised scores. A passage that one search did not offer has that search's lowest score."""
    ids = list(dict.fromkeys([*cosines, *bm25]))
    total = np.zeros(len(ids))
    for scores, lowest in ((cosines, min(cosines.values(), default=0.0)), (bm25, 0.0)):
        total += _standardised([scores.get(id_, lowest) for id_ in ids])
    return dict(zip(ids, total.tolist(), strict=True))


def _standardised(scores: Sequence[float]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
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
    node.relationships[NodeRelationship.SOURCE] = RelatedNodeInfo(node_id=article.id)
    return node
