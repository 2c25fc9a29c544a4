"""Retrieval as LlamaIndex knows it: a retriever that drops into any of its pipelines, searching and reading."""

from collections.abc import Sequence
from datetime import date

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from assistant.read.retriever import Retriever
from assistant.retrieve.nodes import as_node
from assistant.retrieve.query import Query
from index.store.index import Index
from index.types import EVERYTHING, Filter, Hit


class HybridRetriever(BaseRetriever):
    """Finds the passages that answer a question: `limit` of them, best first.

    A node's score is the probability (0 to 1) that its passage answers. Without `read`, passages are searched and not
    read: faster, in the order of `assistant.retrieve.search.search`, with its scores. Its text is
    `article.text[start_char_idx:end_char_idx]`, in code points.

    Only articles of these publishers, of these dates (both inclusive) and with these ids are searched; `allowed` is all
    four in one value, in place of them. LlamaIndex's `MetadataFilters` filter the nodes of a vector store; here the
    search itself is filtered, by vectors and by words, and a name that no article has is an error.

    Raises:
        BadFilter: from the constructor, where a filter is given twice.
        ReaderUnusable: the reader's weights are missing, damaged or of another version.
    """

    def __init__(
        self,
        index: Index,
        *,
        limit: int = 10,
        publishers: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
        articles: Sequence[str] = (),
        allowed: Filter = EVERYTHING,
        read: bool = True,
    ) -> None:
        super().__init__()
        allowed = Filter.of(allowed, publishers, since, until, articles)
        self._retriever = Retriever(index, limit=limit, allowed=allowed, read=read)

    def hits(self, question: str | Query) -> list[Hit]:
        """Find passages, best first.

        Raises:
            BadFilter: the filter names a publisher or article that is not there.
            ModelMismatch, IndexDamaged, IndexClosed: the index cannot be searched.
        """
        return self._retriever.hits(question)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [NodeWithScore(node=as_node(hit), score=hit.score) for hit in self.hits(query_bundle.query_str)]
