"""A LlamaIndex retriever that searches and reads, for any of its pipelines."""

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
    """Find the `limit` passages that best answer a question, best first.

    A node's score is the probability (0 to 1) that its passage answers. Without `read`, passages are searched but not
    read: faster, with the order and scores of `assistant.retrieve.search.search`. A node's text is
    `article.text[start_char_idx:end_char_idx]`, in code points.

    Only articles of these publishers, dates (both inclusive) and ids are searched; `allowed` holds all four in one
    value, instead of them. Unlike LlamaIndex's `MetadataFilters`, which filter the nodes of a vector store, these
    filter both the dense and the lexical search, and a name that no article has is an error.

    Raises:
        BadFilter: from the constructor, if a filter is given twice.
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
        """Return the passages found, best first.

        Raises:
            BadFilter: the filter names a publisher or article that is not there.
            ModelMismatch, IndexDamaged, IndexClosed: the index cannot be searched.
        """
        return self._retriever.hits(question)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [NodeWithScore(node=as_node(hit), score=hit.score) for hit in self.hits(query_bundle.query_str)]
