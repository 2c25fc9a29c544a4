"""The MCP tool, called with the real `mcp` client over streamable HTTP."""

import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.types import CallToolResult, TextContent

from assistant.assistant import Assistant
from assistant.errors import UNEXPECTED
from assistant.render.text import marked
from assistant.settings import Settings
from assistant.types import REFUSAL, Answer
from tests.mcp_client import connected
from tests.sayings import ANSWERABLE
from tests.serving import serving


def call(address: str, **arguments: Any) -> CallToolResult:
    return connected(address, lambda session: session.call_tool("answer", arguments))


def text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_there_is_one_tool_and_nothing_of_the_page_beside_it(address: str) -> None:
    (tool,) = connected(address, lambda session: session.list_tools()).tools
    assert tool.name == "answer"
    assert tool.description
    assert tool.description.startswith("Answer a question from the user's own collection of articles")
    properties = tool.inputSchema["properties"]
    assert list(properties) == ["question", "publishers", "since", "until"]
    assert tool.inputSchema["required"] == ["question"]
    assert properties["question"]["type"] == "string"
    assert {"type": "array", "items": {"type": "string"}} in properties["publishers"]["oneOf"]
    assert all(given["description"] for given in properties.values())
    assert connected(address, lambda session: session.list_resources()).resources == []
    assert connected(address, lambda session: session.list_prompts()).prompts == []
    offered = httpx.get(f"{address}/gradio_api/info").json()
    assert list(offered["named_endpoints"]) == ["/answer"]
    assert offered["unnamed_endpoints"] == {}


def test_the_tool_answers_with_exact_quotes_and_where_they_are_from(address: str, assistant: Assistant) -> None:
    said = text(call(address, question=ANSWERABLE))
    answer = assistant.answer(ANSWERABLE)
    assert answer.citations
    assert said.startswith(marked(answer))
    for citation in answer.citations:
        article = citation.article
        (entry,) = [part for part in said.split("\n\n") if part.startswith(f"[{citation.number}] ")]
        heading, _, quote = entry.partition("\n")
        assert quote == citation.quote
        for part in (article.title, article.publisher, article.id, article.url or article.path):
            assert str(part) in heading
        assert f"characters {citation.start}-{citation.end}" in heading


def test_the_tool_refuses_and_shows_the_nearest_passages(address: str, assistant: Assistant) -> None:
    question = "who won the 1998 football World Cup?"
    said = text(call(address, question=question))
    assert said.startswith(REFUSAL)
    assert "Nearest passages, which do not answer it:" in said
    assert assistant.answer(question).hits[0].text in said


def test_the_tool_filters_by_publisher_and_date(address: str, assistant: Assistant) -> None:
    late = text(call(address, question="What did the Fed decide?", publishers=["Markets Desk"], since="2025-10-26"))
    articles = {article.id: article for article in assistant.index.catalog.articles()}
    named = [article for id_, article in articles.items() if id_ in late]
    assert named
    for article in named:
        assert article.publisher == "Markets Desk"
        assert article.published
        assert article.published.isoformat() >= "2025-10-26"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"question": " "}, "The question is empty"),
        ({"question": "why?", "since": "soon"}, "Since is no date; write it as YYYY-MM-DD."),
        ({"question": "why?", "publishers": ["Nobody"]}, "No article is published by 'Nobody'"),
        ({}, "'question' is a required property"),
        ({"question": 3}, "3 is not of type 'string'"),
    ],
)
def test_a_bad_call_is_explained_in_one_sentence(address: str, arguments: dict[str, Any], said: str) -> None:
    result = call(address, **arguments)
    assert result.isError
    assert said in text(result)
    assert "\n" not in text(result)


def test_what_nobody_foresaw_is_logged_and_not_told(
    seed_home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Answer:
        raise RuntimeError("secret detail")

    broken_one = Assistant(Settings(home=seed_home))
    monkeypatch.setattr(broken_one, "answer", broken)
    with serving(broken_one) as address:
        result = call(address, question="why?")
    assert result.isError
    assert text(result) == UNEXPECTED
    assert "RuntimeError: secret detail" in caplog.text


def test_starting_and_calling_ask_nobody_outside_this_machine(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    sought: list[Any] = []
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def looked_up(host: Any, *given: Any, **more: Any) -> Any:
        sought.append(host)
        return look_up(host, *given, **more)

    def connecting(self: socket.socket, place: Any) -> None:
        sought.append(place[0])
        connect(self, place)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket.socket, "connect", connecting)
    with serving(assistant) as address:
        assert not call(address, question=ANSWERABLE).isError
        assert httpx.get(f"{address}/docs").status_code == 200
    assert sought
    assert set(sought) <= {"127.0.0.1", "localhost", None}
