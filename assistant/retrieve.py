"""Retrieval as LlamaIndex knows it: a retriever that drops into any of its pipelines, over `assistant.search`."""

from functools import partial

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from assistant.query import Query
from assistant.search import search
from index.article import EVERYTHING, Filter, Hit
from index.store import Index


class HybridRetriever(BaseRetriever):
    """Finds the passages that a question is about; `limit`, `allowed` and `late` as in `assistant.search.search`."""

    def __init__(self, index: Index, *, limit: int = 10, allowed: Filter = EVERYTHING, late: bool = True) -> None:
        super().__init__()
        self._search = partial(search, index, limit=limit, allowed=allowed, late=late)

    def hits(self, question: str | Query) -> list[Hit]:
        """Find passages, best first; see `assistant.search.search`."""
        return self._search(question)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [NodeWithScore(node=as_node(hit), score=hit.score) for hit in self.hits(query_bundle.query_str)]


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
