"""A second opinion on the passages that were found: a cross-encoder, or any LlamaIndex postprocessor.

A cross-encoder reads question and passage together (Nogueira & Cho, "Passage Re-ranking with BERT", 2019): slower and,
well trained, better than two embeddings. None comes with the project, so it is for users to name one.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from llama_index.core.schema import NodeWithScore

from assistant.errors import BadSetting
from assistant.retrieve import as_node, standardised
from index.article import Hit

if TYPE_CHECKING:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

CANDIDATES = 20
"""How many passages postprocessors are given."""


def cross_encoder(name: str) -> "BaseNodePostprocessor":
    """Load a cross-encoder: a folder, or a model hub's name (which may download it).

    Raises:
        BadSetting: there is no such model.
    """
    from llama_index.core.postprocessor import SentenceTransformerRerank

    folder = Path(name).expanduser()
    try:
        return SentenceTransformerRerank(
            model=str(folder) if folder.is_dir() else name, top_n=CANDIDATES, device="cpu", trust_remote_code=False
        )
    except (OSError, ValueError, KeyError) as error:
        raise BadSetting(
            f"the reranker {name!r} is neither a folder with a cross-encoder nor to be had from the model hub; "
            "name another with --reranker, or leave it out"
        ) from error


def postprocessed(
    hits: Sequence[Hit], question: str, postprocessors: "Sequence[BaseNodePostprocessor]"
) -> tuple[list[Hit], list[float]]:
    """Run postprocessors over hits.

    Returns the hits they kept, in their order, and how much each is lifted for it: their last score, standardised.
    Nodes that they put in themselves are left out, for nothing but a passage of the index can be quoted.
    """
    nodes = [NodeWithScore(node=as_node(hit), score=hit.score) for hit in hits]
    for postprocessor in postprocessors:
        nodes = postprocessor.postprocess_nodes(nodes, query_str=question)
    known = {hit.passage.id: hit for hit in hits}
    scored = [(known[node.node.node_id], node.score or 0.0) for node in nodes if node.node.node_id in known]
    kept = [replace(hit, score=float(score)) for hit, score in scored]
    return kept, standardised([hit.score for hit in kept]).tolist()
