"""The retriever of LangChain, with the real langchain-core."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda

from assistant import Assistant, Filter
from assistant.langchain import ArticleRetriever
from assistant.llama_index import HybridRetriever
from index import Index
from index.errors import BadFilter
from tests.conftest import MakeIndex

QUESTION = "Which jewels were stolen from the Louvre?"


def test_documents_are_the_passages_that_llama_index_gets_with_the_same_metadata(assistant: Assistant) -> None:
    retriever = ArticleRetriever(assistant.index, limit=4, tags=["articles"])
    assert isinstance(retriever, BaseRetriever)
    documents = retriever.invoke(QUESTION)
    nodes = HybridRetriever(assistant.index, limit=4).retrieve(QUESTION)
    assert [document.id for document in documents] == [node.node.node_id for node in nodes]
    for document, node in zip(documents, nodes, strict=True):
        assert document.metadata.items() >= node.node.metadata.items()
        assert document.metadata["score"] == node.score
        text = assistant.index.article(document.metadata["article_id"]).text
        assert text[document.metadata["start"] : document.metadata["end"]] == document.page_content


def test_the_retriever_is_a_step_of_a_chain(assistant: Assistant) -> None:
    def titles(documents: list[Document]) -> list[str]:
        return [document.metadata["title"] for document in documents]

    chain = ArticleRetriever(assistant.index, limit=2) | RunnableLambda(titles)
    assert "Louvre" in chain.invoke(QUESTION)[0]


@pytest.mark.parametrize("kind", [ArticleRetriever, HybridRetriever])
def test_filters_leave_only_the_articles_they_allow(
    make_index: MakeIndex, folder: Path, kind: type[ArticleRetriever | HybridRetriever]
) -> None:
    question = "What does a ticket cost?"

    def titles(**given: object) -> set[str]:
        retriever = kind(index, **given)  # type: ignore[arg-type]
        if isinstance(retriever, ArticleRetriever):
            return {document.metadata["title"] for document in retriever.invoke(question)}
        return {node.node.metadata["title"] for node in retriever.retrieve(question)}

    with Index(make_index(folder)) as index:
        assert len(titles()) == 3
        assert titles(publishers=["rail desk"]) == {"Night trains return"}
        assert titles(since=date(2024, 3, 6), until=date(2025, 1, 20)) == {"Night trains return"}
        assert titles(allowed=Filter(publishers=("River Desk",))) == {"A bridge opens in Lisbon"}
        (bridge,) = (one.id for one in index.catalog.articles() if one.publisher == "River Desk")
        assert titles(articles=[bridge], read=False) == {"A bridge opens in Lisbon"}
        with pytest.raises(BadFilter, match="Nobody"):
            titles(publishers=["Nobody"])
        with pytest.raises(BadFilter, match="put all of it into `allowed`"):
            titles(publishers=["Rail Desk"], allowed=Filter(until=date(2025, 1, 1)))


def test_without_the_extra_the_error_names_it() -> None:
    code = (
        "import sys\n"
        "class Without:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'langchain_core': raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Without())\n"
        "import assistant.langchain\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install 'article-assistant[langchain]'" in ran.stderr


def test_a_question_by_way_of_langchain_leaves_the_machine_as_little_as_any_other(seed_home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; told = []\n"
        "nets = ('socket.connect', 'socket.getaddrinfo', 'socket.sendto')\n"
        "sys.addaudithook(lambda event, what: told.append((event, what)) if event in nets else None)\n"
        "from assistant.langchain import ArticleRetriever\n"
        "from index import Index\n"
        f"with Index(Path({str(seed_home)!r})) as index:\n"
        f"    assert ArticleRetriever(index).invoke({QUESTION!r})\n"
        "assert not told, told\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
