"""The API over HTTP, with the real `openai` client: answers, streams, citations, and what can go wrong."""

import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam
from playwright.sync_api import expect

from assistant.assistant import MAX_CHARACTERS, Assistant
from assistant.errors import UNEXPECTED
from assistant.render.serialize import as_dict
from assistant.render.text import marked
from assistant.settings import Settings
from assistant.types import REFUSAL, Answer, Turn
from assistant.web.api import schema
from assistant.web.api.routes import conversation
from tests.browsing import Visits, ask
from tests.llm_server import HangUp, ScriptedLLM, Silence
from tests.serving import serving

ANSWERABLE = "who drove the policy shift?"
UNANSWERABLE = "who won the 1998 football World Cup?"
JEWELS = "Which jewels were stolen from the Louvre?"
TRUE = "Seven people have been arrested, and none of the eight stolen jewels has been found."
WRONG = "Nine people have been arrested."
KEY = "sk-of-the-client-0123456789"


@pytest.fixture
def written(assistant: Assistant, seed_home: Path, llm: ScriptedLLM) -> Iterator[str]:
    """The address of a server whose answers a scripted LLM writes."""
    writing = Assistant(Settings(home=seed_home, llm=llm.setting))
    writing.index = assistant.index  # which has the embedding model loaded
    with serving(writing) as address:
        yield address


def client(address: str, **options: Any) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key=KEY, **{"max_retries": 0, "timeout": 60, **options})


def messages(*texts: str) -> list[ChatCompletionMessageParam]:
    """Texts as messages of user and assistant in turn."""
    return [
        {"role": "assistant", "content": text} if place % 2 else {"role": "user", "content": text}
        for place, text in enumerate(texts)
    ]


def stream(address: str, *texts: str, **options: Any) -> list[ChatCompletionChunk]:
    with client(address).chat.completions.create(
        model=schema.MODEL, messages=messages(*texts), stream=True, **options
    ) as chunks:
        return list(chunks)


def content(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs each time it is asked for."""
    return {name: value for name, value in answer.items() if name != "timings"}


def post(address: str, path: str, body: Any, **options: Any) -> httpx.Response:
    return httpx.post(address + path, json=body, timeout=60, **options)


def test_the_page_works_on_the_same_port(visit: Visits, address: str, assistant: Assistant) -> None:
    page = visit(address)
    ask(page, ANSWERABLE)
    expect(page.locator(".answer .claim")).to_have_count(len(assistant.answer(ANSWERABLE).claims))


# ---- The openai client ----


def test_the_openai_client_gets_an_answer_with_marks_and_its_citations(address: str, assistant: Assistant) -> None:
    completion = client(address).chat.completions.create(model=schema.MODEL, messages=messages(ANSWERABLE))
    answer = assistant.answer(ANSWERABLE)
    assert completion.choices[0].message.content == marked(answer)
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage
    assert completion.model_extra
    assert timeless(completion.model_extra["answer"]) == timeless(as_dict(answer))
    found = completion.model_extra["answer"]["citations"]
    assert found
    texts = {article.id: article.text for article in assistant.index.catalog.articles()}
    for citation in found:
        assert texts[citation["article"]][citation["start"] : citation["end"]] == citation["quote"]
        assert f"[{citation['number']}]" in completion.choices[0].message.content


def test_the_openai_client_streams_an_answer_and_reads_its_citations(address: str, assistant: Assistant) -> None:
    chunks = stream(address, ANSWERABLE)
    answer = assistant.answer(ANSWERABLE)
    assert len(answer.claims) > 1
    assert content(chunks) == marked(answer)
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].model_extra
    assert timeless(chunks[-1].model_extra["answer"]) == timeless(as_dict(answer))


def test_usage_comes_in_a_chunk_of_its_own_when_it_is_asked_for(address: str) -> None:
    *_, last = stream(address, ANSWERABLE, stream_options={"include_usage": True})
    assert last.choices == []
    assert last.usage


def test_a_refusal_is_the_same_sentence_with_and_without_streaming(address: str) -> None:
    completion = client(address).chat.completions.create(model=schema.MODEL, messages=messages(UNANSWERABLE))
    said = completion.choices[0].message.content
    assert said
    assert said.startswith(REFUSAL)
    chunks = stream(address, UNANSWERABLE)
    assert content(chunks) == said
    assert chunks[-1].model_extra
    assert chunks[-1].model_extra["answer"]["refused"] is True


def test_there_is_one_model_and_another_is_refused(address: str) -> None:
    asked = client(address)
    assert [model.id for model in asked.models.list()] == [schema.MODEL]
    assert asked.models.retrieve(schema.MODEL).id == schema.MODEL
    with pytest.raises(openai.NotFoundError, match=f"the only one is {schema.MODEL}"):
        asked.models.retrieve("gpt-5")
    with pytest.raises(openai.NotFoundError, match=f"the only one is {schema.MODEL}"):
        asked.chat.completions.create(model="gpt-5", messages=messages(ANSWERABLE))


def test_filters_go_into_the_extra_body(address: str, assistant: Assistant) -> None:
    (one, *_) = assistant.index.catalog.articles()
    for chosen in ({"publishers": ["Europe Desk"]}, {"since": "2025-10-25"}, {"articles": [one.id]}):
        completion = client(address).chat.completions.create(
            model=schema.MODEL, messages=messages(ANSWERABLE), extra_body=chosen
        )
        assert completion.model_extra
        hits = completion.model_extra["answer"]["hits"]
        assert hits
        for hit in hits:
            assert hit["publisher"] == "Europe Desk" or "publishers" not in chosen
            assert hit["published"] >= "2025-10-25" or "since" not in chosen
            assert hit["article"] == one.id or "articles" not in chosen


def test_a_follow_up_is_understood_from_the_messages_before_it(address: str) -> None:
    first = "What happened at the Louvre?"
    said = content(stream(address, first))
    chunks = stream(address, first, said, "And when was that?")
    assert chunks[-1].model_extra
    assert chunks[-1].model_extra["answer"]["searched"] == f"{first} And when was that?"


def test_messages_become_a_question_and_turns_without_our_marks() -> None:
    read = [
        schema.Message(role="system", content="You are a pirate."),
        schema.Message(role="user", content="Who won?"),
        schema.Message(role="assistant", content="Ann won. [1][2] Ben lost. (to be compared; not found: Ben)"),
        schema.Message(
            role="user", content=[schema.Part(type="text", text="And"), schema.Part(type="text", text="x?")]
        ),
        schema.Message(role="user", content="When?"),
        schema.Message(role="assistant", content="It"),
    ]
    assert conversation(read) == ("When?", [Turn("Who won?", "Ann won. Ben lost."), Turn("And\nx?", "")])


# ---- While an LLM writes ----


def test_words_come_while_the_llm_is_still_writing(written: str, llm: ScriptedLLM) -> None:
    llm.says(f"{TRUE} The director called the theft a", Silence)
    with client(written).chat.completions.create(model=schema.MODEL, messages=messages(JEWELS), stream=True) as chunks:
        said = ""
        for chunk in chunks:
            said += chunk.choices[0].delta.content or ""
            if said.endswith(" The director"):
                break
    assert said.startswith(f"{TRUE} [1]")
    assert llm.left.wait(10)


def test_a_streamed_answer_of_an_llm_is_the_one_that_is_not_streamed(written: str, llm: ScriptedLLM) -> None:
    llm.says(*(part for word in f"{TRUE} {TRUE} {WRONG} {REFUSAL}".split(" ") for part in (f"{word} ", 0.06)))
    chunks = stream(written, JEWELS)
    completion = client(written).chat.completions.create(model=schema.MODEL, messages=messages(JEWELS))
    said = completion.choices[0].message.content
    assert said
    assert said.startswith(f"{TRUE} [1]")
    assert re.search(rf"{WRONG} (?:\[\d+\])+ \([a-z ]+; not found: Nine\)$", said)
    assert content(chunks) == said
    assert len([chunk for chunk in chunks if chunk.choices[0].delta.content]) > 5


def test_an_answer_that_is_too_long_ends_for_its_length(written: str, llm: ScriptedLLM) -> None:
    llm.finish = "length"
    llm.says(f"{TRUE} The director called the")
    chunks = stream(written, JEWELS)
    assert chunks[-1].choices[0].finish_reason == "length"
    assert "(Stopped before the end: The LLM was cut off" in content(chunks)


def test_an_llm_that_dies_while_it_writes_leaves_what_there_is_and_says_so(written: str, llm: ScriptedLLM) -> None:
    llm.says(f"{TRUE} The director", 0.5, HangUp)
    chunks = stream(written, JEWELS)
    assert content(chunks).startswith(f"{TRUE} [1]")
    assert "(Stopped before the end: The LLM scripted" in content(chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("streaming", [False, True])
def test_who_goes_away_ends_the_writing(written: str, llm: ScriptedLLM, streaming: bool) -> None:
    # Longer than anybody waits, so that it is the leaving that ends it; nothing is said, so nothing can be sent.
    llm.says(Silence)
    if streaming:
        # Its stream has begun, and is left.
        begun = client(written).chat.completions.create(model=schema.MODEL, messages=messages(JEWELS), stream=True)
        assert llm.begun.wait(60)
        begun.close()
    else:
        for seconds in (2, 20):
            with pytest.raises(openai.APITimeoutError):
                client(written, timeout=seconds).chat.completions.create(model=schema.MODEL, messages=messages(JEWELS))
            # A machine that is busy finds the passages so late that the LLM was not asked yet, and has nobody to leave.
            if llm.begun.is_set():
                break
    assert llm.left.wait(10)


@pytest.mark.alone
def test_answers_are_written_at_the_same_time_and_nothing_else_waits(written: str, llm: ScriptedLLM) -> None:
    # One after the other they would take sixteen seconds; a busy machine may take some for itself.
    llm.says(4.0, TRUE)

    def asking(_: int) -> str:
        return content(stream(written, JEWELS))

    with ThreadPoolExecutor(4) as pool:
        began = time.monotonic()
        asked = [pool.submit(asking, number) for number in range(4)]
        time.sleep(1)
        before = time.monotonic()
        assert httpx.get(f"{written}/v1/models").status_code == 200
        assert time.monotonic() - before < 0.5
        assert {future.result() for future in asked} == {f"{TRUE} [1]"}
        assert time.monotonic() - began < 13


@pytest.mark.parametrize("streaming", [False, True])
def test_an_llm_that_cannot_be_used_is_explained_without_its_key(
    written: str, llm: ScriptedLLM, streaming: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    llm.fails(401, "who are you?")
    with pytest.raises(openai.InternalServerError, match="refuses the key; set ASSISTANT_LLM_KEY") as failed:
        client(written).chat.completions.create(model=schema.MODEL, messages=messages(JEWELS), stream=streaming)
    assert failed.value.status_code == 503
    assert failed.value.code == "unavailable"


def test_a_key_of_the_client_goes_nowhere(
    written: str, llm: ScriptedLLM, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    llm.says(TRUE)
    response = post(
        written,
        "/v1/chat/completions",
        {"messages": messages(JEWELS)},
        headers={"Authorization": f"Bearer {KEY}", "X-Api-Key": KEY},
    )
    assert response.status_code == 200
    assert not any(KEY in key for key in llm.keys)
    printed = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("openai", "httpcore"))]
    assert KEY not in response.text + printed.out + printed.err + "".join(ours)


# ---- What can go wrong ----


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "messages: Field required."),
        ({"messages": []}, "messages: List should have at least 1 item"),
        ({"messages": [{"role": "user", "content": "  "}]}, "The question is empty"),
        ({"messages": [{"role": "system", "content": "hi"}]}, "The messages hold no question"),
        ({"messages": [{"role": "wizard", "content": "hi"}]}, "messages.0.role: Input should be"),
        ({"messages": [{"role": "user", "content": "x" * (MAX_CHARACTERS + 1)}]}, "ask in at most"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "something else than text"),
        ({"messages": [{"role": "user", "content": "why?"}], "n": 2}, "n: Input should be 1."),
        ({"messages": [{"role": "user", "content": "why?"}], "since": "soon"}, "since: Input should be a valid date"),
        ({"messages": [{"role": "user", "content": "why?"}], "publishers": ["Nobody"]}, "No article is published by"),
        ([], "The body: Input should be a valid dictionary"),
    ],
)
@pytest.mark.parametrize("streaming", [False, True])
def test_a_bad_request_is_explained_in_openais_shape(address: str, body: Any, said: str, streaming: bool) -> None:
    body = {**body, "stream": streaming} if isinstance(body, dict) else body
    response = post(address, "/v1/chat/completions", body)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["message"].startswith(said) or said in error["message"]
    assert error["type"] == "invalid_request_error"
    assert set(error) == {"message", "type", "param", "code"}


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"question": ""}, 400, "The question is empty"),
        ({"question": "why?", "articles": ["nothing"]}, 400, "nothing"),
        ({"question": "why?", "sources": 51}, 422, "sources"),
        ({"question": "why?", "publisher": "World Desk"}, 422, "publisher: Extra inputs are not permitted."),
        ({}, 422, "question: Field required."),
    ],
)
def test_a_bad_question_is_explained_in_one_sentence(address: str, body: Any, status: int, said: str) -> None:
    response = post(address, "/api/answer", body)
    assert response.status_code == status
    assert set(response.json()) == {"detail"}
    assert said in response.json()["detail"]


@pytest.mark.parametrize("path", ["/api/answer", "/v1/chat/completions"])
def test_a_body_that_is_no_json_is_explained(address: str, path: str) -> None:
    response = httpx.post(address + path, content=b'{"question', headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert "The body is no JSON." in response.text


def test_a_question_that_no_text_can_hold_is_answered_all_the_same(address: str) -> None:
    asked = b'{"question": "who won \\ud800?"}'
    response = httpx.post(f"{address}/api/answer", content=asked, headers={"content-type": "application/json"})
    assert response.status_code == 200


def test_an_empty_index_says_how_to_index(tmp_path: Path) -> None:
    with serving(Assistant(Settings(home=tmp_path / "nothing"))) as address:
        for path, body in (
            ("/api/answer", {"question": "why?"}),
            ("/v1/chat/completions", {"messages": messages("why?")}),
            ("/v1/chat/completions", {"messages": messages("why?"), "stream": True}),
        ):
            response = post(address, path, body)
            assert response.status_code == 409
            assert "assistant index FOLDER" in response.text


def test_what_nobody_foresaw_is_logged_and_not_told(
    seed_home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> Iterator[Answer]:
        raise RuntimeError("secret detail")

    broken_one = Assistant(Settings(home=seed_home))
    monkeypatch.setattr(broken_one, "stream", broken)
    with serving(broken_one) as address:
        plain = post(address, "/api/answer", {"question": "why?"})
        compatible = post(address, "/v1/chat/completions", {"messages": messages("why?")})
    assert plain.status_code == compatible.status_code == 500
    assert plain.json() == {"detail": UNEXPECTED}
    assert compatible.json()["error"]["message"] == UNEXPECTED
    assert caplog.text.count("RuntimeError: secret detail") == 2


def test_a_failure_in_the_middle_of_a_stream_is_raised_to_the_client(
    assistant: Assistant, seed_home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> Iterator[Answer]:
        yield assistant.answer(ANSWERABLE)
        raise RuntimeError("secret detail")

    broken_one = Assistant(Settings(home=seed_home))
    monkeypatch.setattr(broken_one, "stream", breaks)
    with serving(broken_one) as address, pytest.raises(openai.APIError, match=UNEXPECTED):
        stream(address, ANSWERABLE)


def test_stopping_the_server_ends_what_is_being_written(
    assistant: Assistant, seed_home: Path, llm: ScriptedLLM
) -> None:
    llm.says(Silence)
    writing = Assistant(Settings(home=seed_home, llm=llm.setting))
    writing.index = assistant.index
    with ThreadPoolExecutor(1) as pool, serving(writing) as address:
        asked = pool.submit(post, address, "/api/answer", {"question": JEWELS})
        while not llm.asked:
            time.sleep(0.05)
    assert llm.left.wait(10)
    assert asked.exception(10) or asked.result().status_code >= 400
    for thread in threading.enumerate():
        if thread.name == "llm":
            thread.join(10)
            assert not thread.is_alive()


# ---- The typed answer, and its documentation ----


def test_the_typed_answer_is_the_one_that_python_and_the_command_line_have(
    address: str, assistant: Assistant, llm: ScriptedLLM, written: str
) -> None:
    history = [Turn("What happened at the Louvre?", "A theft.")]
    body = {"question": "And when was that?", "history": [{"question": history[0].question, "answer": "A theft."}]}
    response = post(address, "/api/answer", body)
    assert timeless(response.json()) == timeless(as_dict(assistant.answer("And when was that?", history)))
    llm.says(f"{TRUE} {WRONG}")
    found = post(written, "/api/answer", {"question": JEWELS}).json()
    true, wrong = found["claims"]
    assert (true["status"], true["missing"]) == ("supported", [])
    assert wrong["status"] in ("to be compared", "contradicted")
    assert wrong["missing"] == ["Nine"]
    assert found["written_by"] == "scripted"


def test_a_program_may_be_strict_and_have_as_many_sources_as_it_likes(
    address: str, llm: ScriptedLLM, written: str
) -> None:
    llm.says(f"{TRUE} {WRONG}")
    found = post(written, "/api/answer", {"question": JEWELS, "strict": True, "sources": 4}).json()
    assert [claim["status"] for claim in found["claims"]] == ["supported"]
    assert len(found["hits"]) == 4


def test_the_openapi_description_has_every_field_of_the_answer(address: str, assistant: Assistant) -> None:
    described = httpx.get(f"{address}/openapi.json").json()
    shapes = described["components"]["schemas"]
    ok = described["paths"]["/api/answer"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert ok == {"$ref": "#/components/schemas/Answer"}
    answer = as_dict(assistant.answer(ANSWERABLE))
    parts = {
        "Answer": answer,
        "Claim": answer["claims"][0],
        "Citation": answer["citations"][0],
        "Hit": answer["hits"][0],
    }
    for name, part in parts.items():
        assert set(shapes[name]["properties"]) == set(part)
    assert set(described["paths"]) == {"/api/answer", "/v1/models", "/v1/models/{model}", "/v1/chat/completions"}


def test_the_docs_work_in_a_browser_and_load_nothing_from_elsewhere(visit: Visits, address: str) -> None:
    # `visit` notes foreign requests and what the content security policy refuses, and fails the test for them.
    page = visit.open(f"{address}/docs")
    operation = page.locator("#operations-Answers-answer_api_answer_post")
    operation.locator(".opblock-summary").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.locator("textarea").fill(json.dumps({"question": ANSWERABLE}))
    operation.get_by_role("button", name="Execute").click()
    answered = operation.locator(".live-responses-table .response").first
    expect(answered).to_contain_text("200", timeout=60_000)
    expect(answered).to_contain_text("Marco Rubio")
