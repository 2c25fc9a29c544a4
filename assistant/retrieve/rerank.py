"""A second opinion on the passages that were found: a cross-encoder, or any LlamaIndex postprocessor.

A cross-encoder reads question and passage together (Nogueira & Cho, "Passage Re-ranking with BERT", 2019): slower and,
well trained, better than two embeddings. None comes with the project, so it is for users to name one.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import BadSetting
from assistant.retrieve.search import standardised
from index.types import Hit

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
        loaded = SentenceTransformerRerank(
            model=str(folder) if folder.is_dir() else name, top_n=CANDIDATES, device="cpu", trust_remote_code=False
        )
    except (OSError, ValueError, KeyError) as error:
        raise BadSetting(
            f"the reranker {name!r} is neither a folder with a cross-encoder nor to be had from the model hub; "
            "name another with --reranker, or leave it out"
        ) from error
    if loaded._model.num_labels != 1:
        raise BadSetting(
            f"the reranker {name!r} gives {loaded._model.num_labels} labels and not one score; "
            "name another with --reranker, or leave it out"
        )
    return loaded


def postprocessed(
    hits: Sequence[Hit], question: str, postprocessors: "Sequence[BaseNodePostprocessor]"
) -> tuple[list[Hit], list[float]]:
    """Run postprocessors over hits.

    Returns the hits they kept, in their order, and how much each is lifted for it, in standard scores.
    Nodes that they put in themselves are left out, for nothing but a passage of the index can be quoted.
    """
    from llama_index.core.schema import NodeWithScore

    from assistant.retrieve.nodes import as_node

    nodes = [NodeWithScore(node=as_node(hit), score=hit.score) for hit in hits]
    for postprocessor in postprocessors:
        nodes = postprocessor.postprocess_nodes(nodes, query_str=question)
    known = {hit.passage.id: hit for hit in hits}
    nodes = [node for node in nodes if node.node.node_id in known]
    kept = [known[node.node.node_id] for node in nodes]
    return kept, _lifts(kept, [node.score for node in nodes])


def _lifts(kept: Sequence[Hit], scores: Sequence[float | None]) -> list[float]:
    """Tell how much hits are lifted: by new scores, else by a new order; what left both as they were lifts nothing."""
    before = [hit.score for hit in kept]
    if all(score is not None and math.isfinite(score) for score in scores) and list(scores) != before:
        return standardised([float(score or 0.0) for score in scores]).tolist()
    if before != sorted(before, reverse=True):
        return standardised(range(len(kept), 0, -1)).tolist()
    return [0.0] * len(kept)
