"""What LLMs and their servers really send, form by form, and what of it is shown as an answer."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.assistant import WROTE_NOTHING, Assistant
from assistant.llm.model import DEFAULT_CONTEXT, connect
from assistant.llm.trial import try_llm
from assistant.render import i18n as words
from assistant.render.markdown import as_markdown
from assistant.render.streamed import TextStream
from assistant.render.text import marked
from assistant.settings import Settings
from assistant.types import REFUSAL, Answer, Exchange
from assistant.web.page.html import Markup
from assistant.write import generate as write
from assistant.write.generate import CUT
from tests.conftest import Over
from tests.llm_server import MODEL, ScriptedLLM, Silence
from tests.sayings import HISTORY, JEWELS, TRUE
from tests.serving import serving

OTHER = "The robbery took place on Sunday, Oct. 19."
WHO = "What did Laurence des Cars call the theft?"
OIL = "Which oil companies did the U.S. put on its sanctions list?"
TABLE = "| Benchmark | Settled at |\n|---|---|\n| Brent crude | $65.99 a barrel |\n| Brent crude | $70.12 a barrel |\n"


def event(finish: str | None = None, **delta: Any) -> bytes:
    """A chunk as it goes over the wire, with fields of its own."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n".encode()


def texts(answer: Answer) -> list[str]:
    return [claim.text for claim in answer.claims]


def in_pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


# ---- Thoughts, channels, tools ----

THOUGHT = "They ask about jewels. Nine people were arrested."
HIDDEN = [
    f"<think>{THOUGHT}</think>{TRUE}",
    f"<think>\n{THOUGHT}\n</think>\n\n{TRUE}",
    f"{THOUGHT}</think>{TRUE}",
    f"<thinking>{THOUGHT}</thinking>{TRUE}",
    f"<thought>{THOUGHT}</thought>{TRUE}",
    f"<reasoning>{THOUGHT}</reasoning><answer>{TRUE}</answer>",
    f"<seed:think>{THOUGHT}</seed:think>{TRUE}",
    f"[THINK]{THOUGHT}[/THINK]{TRUE}",
    f"◁think▷{THOUGHT}◁/think▷{TRUE}",
    f"<|begin_of_thought|>{THOUGHT}<|end_of_thought|><|begin_of_solution|>{TRUE}<|end_of_solution|>",
    f"<|START_THINKING|>{THOUGHT}<|END_THINKING|><|START_RESPONSE|>{TRUE}<|END_RESPONSE|>",
    f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>{TRUE}<|return|>",
    f"<|start|>assistant<|channel|>analysis<|message|>{THOUGHT}<|end|>"
    f"<|start|>assistant<|channel|>commentary to=functions.find <|constrain|>json<|message|>{{}}<|call|>"
    f"<|start|>assistant<|channel|>final<|message|>{TRUE}",
    f"analysis{THOUGHT}assistantfinal{TRUE}",
    f"<|channel>thought\n{THOUGHT}<channel|>{TRUE}",
    f'<tool_call>{{"name": "find", "arguments": {{"about": "jewels"}}}}</tool_call>{TRUE}',
    f"<｜tool▁call▁begin｜>find jewels<｜tool▁call▁end｜>{TRUE}<｜end▁of▁sentence｜>",
    f"{TRUE}<|im_end|>\n<|im_start|>user\nAnd who was arrested? Nine people were.",
    f'{TRUE}\n[TOOL_CALLS][{{"name": "find", "arguments": {{}}}}]',
    f'{TRUE}\n\n{{"name": "find", "arguments": {{"about": "Nine people."}}}}',
    f"{TRUE}\n\n```python\nprint('Nine people were arrested.')\n```\n",
    f'```json\n{{"answer": 9}}\n```\n{TRUE}',
    f"```markdown\n{TRUE}\n```",
]


@pytest.mark.parametrize("sent", HIDDEN)
def test_thoughts_channels_tool_calls_and_code_are_never_claims(over: Over, llm: ScriptedLLM, sent: str) -> None:
    llm.says(sent)
    answer = over().answer(JEWELS)
    assert [(claim.text, claim.status) for claim in answer.claims] == [(TRUE, "supported")]
    assert answer.note is None


@pytest.mark.parametrize("sent", [text for text in HIDDEN if not text.startswith(("They", "<|channel>"))])
def test_a_tag_may_be_cut_anywhere_between_two_chunks(over: Over, llm: ScriptedLLM, sent: str) -> None:
    # A pause after each tag that is half there, so that what is shown meanwhile is seen.
    llm.says(*(part for piece in in_pieces(sent, 3) for part in (piece, 0.015)))
    *grown, whole = over().stream(JEWELS)
    assert texts(whole) == [TRUE]
    for answer in grown:
        assert not set("<>[]{}|`") & set(answer.draft + answer.text)
        assert "Nine" not in answer.draft


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_fields_for_reasoning_and_tool_calls_are_not_shown_and_keep_the_stream_alive(
    over: Over, llm: ScriptedLLM, field: str
) -> None:
    call = [{"index": 0, "id": "1", "type": "function", "function": {"name": "find", "arguments": "{}"}}]
    first = event(role="assistant", content="", **{field: THOUGHT})
    llm.says(first, 0.7, event(**{field: THOUGHT}), 0.7, event(tool_calls=call), TRUE)
    answer = over(llm_timeout=1.2).answer(JEWELS)
    assert texts(answer) == [TRUE]
    assert answer.note is None


@pytest.mark.parametrize(
    "sent", [f"<think>{THOUGHT} {TRUE}", f"[THINK]{TRUE}", f"<|channel|>analysis<|message|>{TRUE}", f"```\n{TRUE}"]
)
def test_thoughts_that_never_end_do_not_swallow_the_answer_without_a_word(
    over: Over, llm: ScriptedLLM, sent: str
) -> None:
    llm.says(sent)
    answer = over().answer(JEWELS)
    assert answer.citations
    assert answer.written_by is None
    assert answer.note
    assert answer.note.startswith(WROTE_NOTHING)
    assert "not shown" in answer.note
    llm.says(f"{TRUE}\n{sent}")
    answer = over().answer(JEWELS)
    assert texts(answer) == [TRUE]
    assert answer.note
    assert "not shown" in answer.note


# ---- Refusals, openings and closings ----


@pytest.mark.parametrize(
    "sent",
    [
        "The passages do not contain information about this.",
        "The provided passages don't mention which jewels were stolen.",
        "Based on the passages provided, I cannot answer this question.",
        "I'm sorry, but I can't answer that from the articles. They are about oil.",
        "Unfortunately, there is no information about that in the articles.",
        "Sure! None of the articles says which jewels were stolen.",
        "Nicht in diesen Artikeln.",
        "Die Passagen enthalten keine Informationen darüber, welche Juwelen gestohlen wurden.",
        "Leider kann ich diese Frage nicht beantworten.",
        "In den vorliegenden Artikeln wird nicht erwähnt, welche Juwelen gestohlen wurden.",
        "Les passages ne contiennent pas d'informations à ce sujet.",
        "Je ne peux pas répondre à cette question.",
        "Désolé, mais aucun des articles ne mentionne ces bijoux.",
        "Los pasajes no contienen información sobre las joyas.",
        "Lo siento, no puedo responder a esta pregunta.",
        "No hay información sobre eso en los artículos.",
    ],
)
def test_an_llm_that_says_in_its_own_words_that_it_is_not_there_refuses(
    over: Over, llm: ScriptedLLM, sent: str
) -> None:
    llm.says(sent)
    answer = over().answer(JEWELS)
    assert (answer.refused, answer.text, answer.claims) == (True, REFUSAL, ())


@pytest.mark.parametrize(
    "said",
    [
        "The museum does not contain the jewels any more.",
        "The director could not say who stole the jewels.",
        "There is no evidence that the gang had help from inside.",
        "Nothing so far suggests that the gang had help from inside the museum.",
        "The articles of the treaty do not mention it, but the judge did.",
        "Der Artikel 5 des Vertrags gilt nicht.",
        "No one was hurt.",
        "I was not there, she said.",
    ],
)
def test_a_sentence_that_only_says_not_is_no_refusal(over: Over, llm: ScriptedLLM, said: str) -> None:
    llm.says(said)
    answer = over().answer(JEWELS)
    assert not answer.refused
    assert texts(answer) == [said]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Sure! Here is the answer:\n\n", "\n\nI hope this helps!"),
        ("Of course. Based on the passages, here's what I found: ", " Let me know if you have any other questions."),
        ("Answer: ", "\n\nSources: [1], [2]"),
        ("**Answer:** ", " Feel free to ask more."),
        ("Gerne! Hier ist die Antwort:\n", "\nIch hoffe, das hilft dir weiter."),
        ("Die Antwort lautet: ", " Wenn Sie weitere Fragen haben, lassen Sie es mich wissen."),
        ("Bien sûr ! Voici la réponse :\n", " J'espère que cela vous aide. N'hésitez pas à poser d'autres questions."),
        (
            "¡Claro! Aquí está la respuesta: ",
            " Espero que esto te ayude. Si tienes más preguntas, no dudes en decírmelo.",
        ),
    ],
)
def test_openings_and_closings_are_no_claims(over: Over, llm: ScriptedLLM, before: str, after: str) -> None:
    llm.says(f"{before}{TRUE}{after}")
    answer = over().answer(JEWELS)
    assert [(claim.text, claim.status) for claim in answer.claims] == [(TRUE, "supported")]


# ---- What is cut off, broken over lines, said over and over ----


def test_a_sentence_that_is_cut_off_is_marked_and_never_supported(over: Over, llm: ScriptedLLM) -> None:
    llm.finish = "length"
    llm.says(f"{OTHER} Seven people have been arrested, and none of the eight stolen")
    answer = over().answer(JEWELS)
    first, second = answer.claims
    assert (answer.stopped, first.status, second.status != "supported") == (CUT, "supported", True)
    assert "cut off" in second.missing
    assert "cut off" in marked(answer).split("\n\n")[0]
    assert "cut off" in Markup().reply(0, Exchange(JEWELS, answer))
    assert "abgeschnitten" in Markup("de").reply(0, Exchange(JEWELS, answer))


def test_a_paragraph_that_is_broken_over_lines_is_one(over: Over, llm: ScriptedLLM) -> None:
    llm.says(TRUE.replace(", and ", ",\nand ").replace(" stolen ", "\nstolen "), f"\n{OTHER}")
    answer = over().answer(JEWELS)
    assert texts(answer) == [TRUE, OTHER]
    assert answer.claims[0].status == "supported"


@pytest.mark.alone
@pytest.mark.parametrize(
    "loop",
    [f"{TRUE} ", f"{TRUE}\n\n{OTHER}\n\n", "And the jewels of the queen and ", "<think>Wait, let me see again. "],
)
def test_a_loop_is_stopped_at_the_server_too(over: Over, llm: ScriptedLLM, loop: str) -> None:
    llm.says(f"{TRUE} ", *(part for _ in range(200) for part in (loop, 0.02)), Silence)
    began = time.monotonic()
    answer = over(llm_timeout=20).answer(JEWELS)
    assert time.monotonic() - began < 12
    assert answer.stopped
    assert "over and over" in answer.stopped
    assert answer.claims[0].text == TRUE
    assert len(answer.text) < 600
    assert llm.left.wait(10)


# ---- Shapes ----


def test_a_list_keeps_its_shape_with_a_status_for_each_item(over: Over, llm: ScriptedLLM, run: Any) -> None:
    llm.says(
        "## The theft\n\nThis is what is known so far:\n\n* **Seven people** have been arrested.\n",
        "* Nine people have been\n  arrested in Paris. None has spoken.\n\n",
        "1. No one was hurt.\n2) The gang fled by train.",
    )
    answer = over().answer(JEWELS)
    assert texts(answer) == [
        "The theft\nThis is what is known so far:\n- Seven people have been arrested.",
        "- Nine people have been arrested in Paris. None has spoken.",
        "1. No one was hurt.",
        "2. The gang fled by train.",
    ]
    assert [claim.status == "supported" for claim in answer.claims] == [True, False, True, False]
    lines = marked(answer).splitlines()
    assert lines[2].startswith("- Seven people have been arrested. [1]")
    assert lines[4].startswith("1. No one was hurt. [")
    printed = run("ask", JEWELS, "--home", answer_home(over), "--llm", llm.setting).out
    assert "\n- Seven people have been arrested. [1]\n- Nine people" in printed
    html = Markup().reply(0, Exchange(JEWELS, answer))
    assert "\n<span" in html.replace("</span>\n", "\n")
    exported = as_markdown("T", [Exchange(JEWELS, answer)])
    assert "\n- Seven people have been arrested" in exported
    assert "\n1. No one was hurt" in exported


def answer_home(over: Over) -> Path:
    return over().index.home


@pytest.mark.parametrize(
    "above", ["## Nine arrests at the Prado", "**Nine arrests at the Prado**", "At the Prado nine were:"]
)
def test_what_stands_above_a_list_is_checked_too(over: Over, llm: ScriptedLLM, above: str) -> None:
    llm.says(f"{above}\n- {TRUE}\n- {TRUE}\n- No one was hurt.")
    first, second = over().answer(JEWELS).claims
    assert first.status != "supported"
    assert "Prado" in " ".join(first.missing)
    assert second.status == "supported"


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_bold_line_that_nothing_stands_below_is_no_heading(over: Over, llm: ScriptedLLM, between: str) -> None:
    llm.says(f"The director of the Louvre is:{between}**Laurence des Cars**")
    answer = over().answer("Who is the director of the Louvre?")
    assert " ".join(texts(answer)) == "The director of the Louvre is: Laurence des Cars"


def test_a_bare_item_is_checked_with_the_line_that_opens_its_list(over: Over, llm: ScriptedLLM) -> None:
    llm.says("The U.S. put these on its sanctions list:\n- Rosneft\n- Chevron\n")
    first, second = over().answer(OIL).claims
    assert (second.text, second.status) == ("- Chevron", "unsupported")
    assert first.status != "unsupported"
    assert first.text.endswith(":\n- Rosneft")


def test_a_table_keeps_its_shape_with_a_status_for_each_row(over: Over, llm: ScriptedLLM) -> None:
    llm.says(TABLE)
    first, second = over().answer(OIL).claims
    assert first.text == "| Benchmark | Settled at |\n| Brent crude | $65.99 a barrel |"
    assert second.text == "| Brent crude | $70.12 a barrel |"
    # A row is no sentence: it is compared with what the article says.
    assert first.status in ("supported", "to be compared")
    assert not any("65.99" in word for word in first.missing)
    assert second.status != "supported"
    assert any("70.12" in word for word in second.missing)


STREAMED = [
    TABLE,
    "Known so far:\n- Seven people.\n- No one was hurt.\n\nThat is all there is.",
    f"Sure! Here is the answer:\n\n{TRUE} Let me know if you have any other questions.",
    "The provided passages do not contain any information about this.",
]


@pytest.mark.parametrize("sent", STREAMED)
def test_what_is_streamed_is_put_together_the_whole_answer(over: Over, llm: ScriptedLLM, sent: str) -> None:
    llm.says(*(part for piece in in_pieces(sent, 5) for part in (piece, 0.03)))
    speech = TextStream()
    grown = list(over().stream(OIL))
    spoken = [words for answer in grown for words in speech.more(answer)]
    assert "".join([*spoken, *speech.end(grown[-1])]) == marked(grown[-1])


# ---- Another language ----


@pytest.mark.parametrize(
    "said",
    [
        "Sieben Personen wurden verhaftet, und keines der acht Juwelen ist gefunden worden.",
        "Sept personnes ont été arrêtées et aucun des huit bijoux n'a été retrouvé.",
        "Siete personas han sido detenidas y no se ha encontrado ninguna de las ocho joyas.",
        "Sono state arrestate sette persone e nessuno degli otto gioielli rubati è stato ritrovato.",
        "Семь человек арестованы, ни одно из восьми украшений не найдено.",
    ],
)
def test_an_answer_in_another_language_is_said_to_be_unchecked_and_not_called_false(
    over: Over, llm: ScriptedLLM, said: str
) -> None:
    llm.says(said)
    answer = over().answer(JEWELS)
    assert texts(answer) == [said]
    assert answer.note
    assert "another language" in answer.note
    assert "not supported" not in marked(answer)
    assert "not checked" in marked(answer)
    assert "nicht geprüft" in Markup("de").reply(0, Exchange(JEWELS, answer))


@pytest.mark.parametrize("said", ["Nine people arrested; eight jewels missing.", "Nine people were arrested in Rome."])
def test_a_short_answer_in_the_language_of_the_articles_is_checked(over: Over, llm: ScriptedLLM, said: str) -> None:
    llm.says(said)
    answer = over().answer(JEWELS)
    assert "not found: Nine" in marked(answer)
    assert answer.note is None


def test_what_is_said_of_an_answer_is_what_the_page_translates() -> None:
    assert words.OF_AN_LLM == (write.LOOPED, write.CUT_THINKING, write.NEVER_ENDED, write.FOREIGN)


# ---- Room for thoughts ----


def test_an_answer_may_fill_what_the_prompt_leaves_of_the_context(over: Over, llm: ScriptedLLM) -> None:
    llm.models = [{"id": MODEL, "max_model_len": 32_768}]
    llm.says(TRUE)
    over().answer(JEWELS)
    assert llm.asked[-1]["max_tokens"] > 8_000
    over(llm_output=3_000).answer(JEWELS)
    assert llm.asked[-1]["max_tokens"] == 3_000


def test_where_the_context_is_not_told_no_limit_is_made_up(over: Over, llm: ScriptedLLM) -> None:
    llm.models = [{"id": MODEL}]
    llm.says(TRUE)
    over().answer(JEWELS)
    assert "max_tokens" not in llm.asked[-1]


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ({"/api/v0/models": {"data": [{"id": MODEL, "loaded_context_length": 12_000}]}}, 12_000),
        ({"/api/ps": {"models": [{"name": f"{MODEL}:latest", "context_length": 9_000}]}}, 9_000),
        ({"/api/ps": {"models": []}, "/api/show": {"parameters": "stop x\nnum_ctx    7000"}}, 7_000),
        ({"/api/ps": {"models": []}, "/api/show": {}}, DEFAULT_CONTEXT),
        ({}, DEFAULT_CONTEXT),
    ],
)
def test_lm_studio_and_ollama_are_asked_how_much_is_read(tmp_path: Path, pages: dict[str, Any], expected: int) -> None:
    with told(pages) as address:
        asked = connect(Settings(home=tmp_path, llm=f"{address}/v1#{MODEL}"))
        assert asked
        assert asked.context == expected
        assert (asked.limit(1_000) is None) == (expected == DEFAULT_CONTEXT)


@contextmanager
def told(pages: dict[str, Any]) -> Iterator[str]:
    """A server that has nothing but these pages, as Ollama and LM Studio have some besides OpenAI's."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps(pages.get(self.path, {"object": "list", "data": [{"id": MODEL}]})).encode()
            self.send_response(200 if self.path in (*pages, "/v1/models") else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_thinking_that_is_cut_at_the_limit_says_what_to_set(over: Over, llm: ScriptedLLM) -> None:
    llm.finish = "length"
    llm.says(event(role="assistant", content="", reasoning_content=THOUGHT), event(reasoning_content=THOUGHT))
    answer = over().answer(JEWELS)
    assert answer.citations
    assert answer.note
    assert answer.note.startswith(WROTE_NOTHING)
    assert "ASSISTANT_LLM_OUTPUT" in answer.note


def test_a_follow_up_is_rewritten_by_an_llm_that_thinks_first(over: Over, llm: ScriptedLLM) -> None:
    llm.says_in_turn(f"<think>{THOUGHT}</think>{WHO}", "She called it a terrible failure.")
    assert over().answer("And what did she call the theft?", HISTORY).searched == WHO


def test_an_llm_that_thinks_passes_its_trial(llm: ScriptedLLM, tmp_path: Path) -> None:
    llm.says(f"<think>{THOUGHT}</think>Hello.")
    tested = connect(Settings(home=tmp_path, llm=llm.setting))
    assert tested
    assert try_llm(tested).written == "Hello."


# ---- The stream over HTTP ----


@pytest.fixture
def written(assistant: Assistant, seed_home: Path, llm: ScriptedLLM) -> Iterator[str]:
    writing = Assistant(Settings(home=seed_home, llm=llm.setting))
    writing.index = assistant.index  # which has the embedding model loaded
    with serving(writing) as address:
        yield address


@pytest.mark.alone
@pytest.mark.parametrize(
    "thinking",
    [[5.0], ["<think>", *(part for n in range(15) for part in (f"Let me see passage {n}. ", 0.3)), "</think>"]],
)
def test_headers_and_a_sign_of_life_come_before_the_llm_has_said_a_word(
    written: str, llm: ScriptedLLM, thinking: list[Any]
) -> None:
    llm.says(TRUE)
    body = {"model": "article-assistant", "messages": [{"role": "user", "content": JEWELS}], "stream": True}
    httpx.post(f"{written}/v1/chat/completions", json=body, timeout=60)  # which loads what is loaded once
    llm.says(*thinking, TRUE)
    began = time.monotonic()
    with httpx.stream("POST", f"{written}/v1/chat/completions", json=body, timeout=60) as response:
        assert response.status_code == 200
        lines = response.iter_lines()
        assert '"role": "assistant"' in next(lines)
        assert time.monotonic() - began < 4
        said = "\n".join(lines)
    assert "Seven people" in said
    assert said.rstrip().endswith("data: [DONE]")
