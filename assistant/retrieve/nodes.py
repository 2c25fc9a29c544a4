"""Hits as LlamaIndex knows them."""

from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

from assistant.retrieve.metadata import metadata_of
from index.types import Hit


def as_node(hit: Hit) -> TextNode:
    """Turn a hit into a LlamaIndex node: its passage as text, its article as source and metadata."""
    node = TextNode(
        id_=hit.passage.id,
        text=hit.text,
        start_char_idx=hit.passage.start,
        end_char_idx=hit.passage.end,
        metadata=metadata_of(hit),
    )
    # What a model reads of a node besides its text: the title, not ids and addresses.
    node.excluded_embed_metadata_keys = node.excluded_llm_metadata_keys = [
        key for key in node.metadata if key != "title"
    ]
    node.relationships[NodeRelationship.SOURCE] = RelatedNodeInfo(node_id=hit.article.id)
    return node
