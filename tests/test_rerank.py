from collections.abc import Callable
from pathlib import Path

import pytest
from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle, TextNode

from assistant.assistant import Assistant
from assistant.errors import BadSetting
from assistant.llama_index import HybridRetriever
from assistant.retrieve.nodes import as_node
from assistant.retrieve.rerank import postprocessed
from assistant.settings import Settings
from index.embed.model import model_folder
from index.embed.packaged import DEFAULT_MODEL
from tests.conftest import Ran

QUESTION = "Which jewels were stolen from the Louvre?"


class OnlyFrom(BaseNodePostprocessor):
    """Keeps what is of one title, and puts in a node of its own."""

    title: str

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        made_up = NodeWithScore(node=TextNode(text="The moon is made of cheese."), score=9.0)
        return [made_up, *(node for node in nodes if self.title in node.node.metadata["title"])]


class LeavesAll(BaseNodePostprocessor):
    """Changes nothing."""

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        return nodes


class Reverses(BaseNodePostprocessor):
    """Turns the order round, and says nothing by scores."""

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        return nodes[::-1]


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real cross-encoder, untrained: the packaged model with a fresh head. It proves the path, not the quality."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils import logging

    torch.manual_seed(3)
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    folder = tmp_path_factory.mktemp("cross-encoder")
    source = model_folder(DEFAULT_MODEL)
    AutoModelForSequenceClassification.from_pretrained(source, num_labels=1).save_pretrained(folder)
    AutoTokenizer.from_pretrained(source).save_pretrained(folder)
    return folder


def test_a_cross_encoder_orders_passages_and_quotes_still_hold(seed_home: Path, cross_encoder: Path) -> None:
    plain = Assistant(Settings(home=seed_home)).answer(QUESTION)
    found = Assistant(Settings(home=seed_home, reranker=str(cross_encoder))).answer(QUESTION)
    assert found.timings["rerank"] > 0
    assert [hit.passage.id for hit in found.hits] != [hit.passage.id for hit in plain.hits]
    assert all(c.article.text[c.start : c.end] == c.quote for c in found.citations)


def test_a_reranker_can_be_named_on_the_command_line(
    run: Callable[..., Ran], seed_home: Path, cross_encoder: Path
) -> None:
    ran = run("ask", QUESTION, "--home", seed_home, "--reranker", cross_encoder, "--json")
    assert ran.code == 0
    assert "rerank" in ran.data["timings"]


def test_a_reranker_that_is_not_there_is_named_with_the_way_out(seed_home: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="--reranker"):
        Assistant(Settings(home=seed_home, reranker=str(tmp_path))).answer(QUESTION)


def test_postprocessors_of_llama_index_choose_what_may_be_quoted(seed_home: Path) -> None:
    chosen = OnlyFrom(title="Rubio")
    found = Assistant(Settings(home=seed_home), postprocessors=[chosen]).answer("Who drove the policy shift?")
    assert found.hits
    assert all("Rubio" in hit.article.title for hit in found.hits)
    assert "cheese" not in found.text


def test_postprocessors_that_leave_nothing_lead_to_a_refusal(seed_home: Path) -> None:
    nothing = SimilarityPostprocessor(similarity_cutoff=1e9)
    found = Assistant(Settings(home=seed_home), postprocessors=[nothing]).answer(QUESTION)
    assert found.refused
    assert not found.hits


def test_a_postprocessor_that_changes_nothing_changes_no_answer(seed_home: Path) -> None:
    plain, given = (
        Assistant(Settings(home=seed_home)),
        Assistant(Settings(home=seed_home), postprocessors=[LeavesAll()]),
    )
    for question in (QUESTION, "Who drove the policy shift?", "What did the Fed decide about interest rates?"):
        assert given.answer(question).claims == plain.answer(question).claims


def test_a_postprocessor_that_only_reorders_is_listened_to(assistant: Assistant) -> None:
    hits = HybridRetriever(assistant.index, limit=5).hits(QUESTION)
    kept, lifts = postprocessed(hits, QUESTION, [Reverses()])
    assert kept == hits[::-1]
    assert lifts == sorted(lifts, reverse=True)
    assert lifts[0] > 0 > lifts[-1]


def test_a_cross_encoder_reads_title_and_text_and_no_ids(assistant: Assistant) -> None:
    (hit,) = HybridRetriever(assistant.index, limit=1).hits(QUESTION)
    read = as_node(hit).get_content(MetadataMode.EMBED)
    assert hit.article.title in read
    assert hit.text.strip() in read
    assert hit.article.id not in read
    assert "found_by" not in read
