from pathlib import Path

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeRelationship

from assistant.assistant import Assistant
from assistant.llama_index import HybridRetriever
from assistant.retrieve.search import fuse
from index import Index
from index.llama_index import LlamaEmbedding
from tests.conftest import MakeIndex, write_article

FERRY = "The ferry with 212 people on board ran aground off the coast. All of them were taken to the shore in boats."


def test_the_retriever_is_one_of_llama_index_and_its_nodes_know_their_article(assistant: Assistant) -> None:
    retriever = HybridRetriever(assistant.index, limit=4)
    assert isinstance(retriever, BaseRetriever)
    nodes = retriever.retrieve("Which jewels were stolen from the Louvre?")
    assert len(nodes) == 4
    best = nodes[0].node
    article = assistant.index.article(best.metadata["article_id"])
    assert best.get_content() == article.text[best.start_char_idx : best.end_char_idx]  # type: ignore[attr-defined]
    assert best.relationships[NodeRelationship.SOURCE].node_id == article.id  # type: ignore[union-attr]
    assert "Louvre" in best.metadata["title"]
    assert [node.score for node in nodes] == sorted((node.score for node in nodes), reverse=True)  # type: ignore[type-var]


def test_the_embedding_model_is_a_llama_index_embedding_with_the_same_vectors(assistant: Assistant) -> None:
    own = assistant.index.embedding
    embedding = LlamaEmbedding(own)
    assert isinstance(embedding, BaseEmbedding)
    texts = ["The ferry ran aground.", "The central bank raised rates."]
    assert np.allclose(embedding.get_text_embedding_batch(texts), own.encode(texts), atol=1e-6)
    assert np.allclose(embedding.get_query_embedding(texts[0]), own.encode(texts[:1])[0], atol=1e-6)


def test_a_passage_found_by_words_alone_is_found(assistant: Assistant) -> None:
    hits = HybridRetriever(assistant.index).hits("Nayara")
    assert "Nayara" in hits[0].text
    assert hits[0].found_by in ("lexical", "both")


def test_the_publisher_a_question_names_comes_first_among_equals(make_index: MakeIndex, folder: Path) -> None:
    for number, publisher in enumerate(("Harbour Times", "Reuters", "Valley News")):
        write_article(folder / f"{number}.md", "A ferry runs aground", FERRY, publisher=publisher)
    retriever = HybridRetriever(Index(make_index(folder)))
    hits = retriever.hits("According to Reuters, how many people were on the ferry?")
    assert hits[0].article.publisher == "Reuters"


def test_the_day_a_question_names_comes_first_among_equals(make_index: MakeIndex, folder: Path) -> None:
    for number, published in enumerate(("2023-05-02", "2024-03-12", "2025-01-20")):
        write_article(folder / f"{number}.md", "A ferry runs aground", FERRY, published=published)
    retriever = HybridRetriever(Index(make_index(folder)))
    hits = retriever.hits("How many people were on the ferry in March 2024?")
    assert str(hits[0].article.published) == "2024-03-12"
    newest = retriever.hits("How many people were on the ferry in the latest accident?")
    assert str(newest[0].article.published) == "2025-01-20"


def test_scores_are_standardised_before_they_are_added() -> None:
    fused = fuse({"a": 0.9, "b": 0.1, "c": 0.1}, {"b": 1.0, "c": 21.0})
    assert max(fused, key=lambda id_: fused[id_]) in ("a", "c")
    assert fused["b"] < min(fused["a"], fused["c"])
    assert sum(fused.values()) == pytest.approx(0)


def test_one_candidate_and_none_are_fused_too() -> None:
    assert fuse({"a": 0.5}, {}) == {"a": 0.0}
    assert fuse({}, {}) == {}
