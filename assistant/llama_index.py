"""Retrieval as LlamaIndex knows it: a retriever that drops into any of its pipelines, searching and reading."""

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from assistant.question.understand import absent
from assistant.read.evidence import by_evidence
from assistant.read.reading import Reading, candidates, load_reading
from assistant.retrieve.nodes import as_node
from assistant.retrieve.query import Query, read_query
from assistant.retrieve.search import search
from index.store.index import Index
from index.types import EVERYTHING, Filter, Hit


class HybridRetriever(BaseRetriever):
    """Finds the passages that answer a question: `limit` of them, among articles that are `allowed`, best first.

    A node's score is the probability (0 to 1) that its passage answers. Without `read`, passages are searched and not
    read: faster, in the order of `assistant.retrieve.search.search`, with its scores.
    """

    def __init__(self, index: Index, *, limit: int = 10, allowed: Filter = EVERYTHING, read: bool = True) -> None:
        super().__init__()
        self._index = index
        self._limit = limit
        self._allowed = allowed
        self._reading: Reading | None = load_reading(index.embedding) if read else None

    def hits(self, question: str | Query) -> list[Hit]:
        """Find passages, best first.

        Raises:
            BadFilter: the filter names a publisher or article that is not there.
            ModelMismatch, IndexDamaged: the index cannot be searched.
        """
        if self._reading is None:
            return search(self._index, question, limit=self._limit, allowed=self._allowed)
        query = read_query(self._index, question) if isinstance(question, str) else question
        found = search(self._index, query, limit=candidates(self._limit), allowed=self._allowed)
        lacking = len(absent(self._index, query.text))
        ranked = self._reading.rank(query.text, found, [hit.score for hit in found], lacking)
        return by_evidence(found, ranked)[: self._limit]

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [NodeWithScore(node=as_node(hit), score=hit.score) for hit in self.hits(query_bundle.query_str)]
