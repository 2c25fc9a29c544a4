"""Naming an LLM, finding out what is wrong with it, and keeping its key to oneself."""

import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from assistant.assistant import Assistant
from assistant.errors import BadSetting, LLMError
from assistant.llm.choice import read_choice
from assistant.llm.model import LanguageModel, connect
from assistant.settings import Settings, load_settings
from tests.conftest import Ran
from tests.llm_server import ScriptedLLM

KEY = "sk-very-secret-0123456789"
Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def says_hello(llm: ScriptedLLM) -> None:
    llm.says("Hello.")


def named(setting: str, **settings: Any) -> LanguageModel:
    found = connect(Settings(llm=setting, **settings))
    assert found
    return found


# ---- Naming ----


@pytest.mark.parametrize("setting", ["none", "", "None"])
def test_no_llm_is_the_default_and_can_be_said(setting: str) -> None:
    assert read_choice(setting) is None
    assert connect(Settings()) is None


@pytest.mark.parametrize(
    ("setting", "model", "place"),
    [
        ("openai:some-model", "some-model", "OpenAI"),
        ("ollama:llama3.2:3b", "llama3.2:3b", "http://127.0.0.1:11434/v1"),
        ("http://localhost:8000/v1#org/model", "org/model", "http://localhost:8000/v1"),
        ("https://llm.example/v1/#m", "m", "https://llm.example/v1"),
    ],
)
def test_each_form_names_a_model_and_a_place(setting: str, model: str, place: str) -> None:
    found = named(setting)
    assert (found.name, found.place) == (model, place)


def test_ollama_is_looked_for_where_its_own_variable_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "192.0.2.7:9999")
    assert named("ollama:m").place == "http://192.0.2.7:9999/v1"
    monkeypatch.setenv("OLLAMA_HOST", "0.0.0.0")
    assert named("ollama:m").place == "http://127.0.0.1:11434/v1"
    monkeypatch.setenv("OLLAMA_HOST", ":9999")
    assert named("ollama:m").place == "http://127.0.0.1:9999/v1"
    monkeypatch.setenv("OLLAMA_HOST", "https://ollama.example/")
    assert named("ollama:m").place == "https://ollama.example/v1"


@pytest.mark.parametrize(
    "setting",
    [
        "gpt-5",
        "openai:",
        "http://localhost:8000/v1",
        "http:///v1#m",
        "/no/such/dir",
        "http://[::1/v1#m",
        "http://h:99999/#m",
    ],
)
def test_what_is_not_understood_is_said_with_the_forms_there_are(setting: str) -> None:
    with pytest.raises(BadSetting, match=r"openai:MODEL.*\.gguf"):
        read_choice(setting)


def test_a_key_in_the_address_is_refused_and_not_repeated(run: Run) -> None:
    for setting in (f"https://user:{KEY}@llm.example/v1#m", f"https://llm.example/v1?key={KEY}#m"):
        ran = run("llm", "--llm", setting)
        assert ran.code == 2
        assert "ASSISTANT_LLM_KEY" in ran.err
        assert KEY not in ran.out + ran.err


@pytest.mark.parametrize(
    ("variable", "meant"), [("OLLAMA_HOST", "ASSISTANT_LLM_KEY"), ("OPENAI_BASE_URL", "OPENAI_API_KEY")]
)
def test_a_key_in_an_address_of_the_environment_is_refused_and_not_repeated(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, meant: str
) -> None:
    monkeypatch.setenv(variable, f"https://user:{KEY}@llm.example/v1")
    ran = run("llm", "--llm", "ollama:m" if variable == "OLLAMA_HOST" else "openai:m")
    assert ran.code == 2
    assert meant in ran.err
    assert variable in ran.err
    assert KEY not in ran.out + ran.err


@pytest.mark.parametrize("key", ["a-plain-key-99", "gsk_0123456789abcdef"])
def test_a_key_of_any_shape_that_a_server_repeats_is_blanked(
    run: Run, llm: ScriptedLLM, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("ASSISTANT_LLM_KEY", f"{key}\n")
    llm.fails(500, f"no \x1b[31maccount for {key}")
    ran = run("llm", "--llm", llm.setting)
    assert "account for (key)" in ran.err
    assert "\x1b" not in ran.err
    assert llm.keys[-1] == f"Bearer {key}"


def test_what_is_asked_of_this_machine_goes_to_no_proxy(
    run: Run, llm: ScriptedLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert run("llm", "--llm", llm.setting).code == 0


def test_a_file_that_is_not_there_or_no_gguf_is_named(run: Run, tmp_path: Path) -> None:
    ran = run("llm", "--llm", tmp_path / "gone.gguf")
    assert (ran.code, ran.out) == (2, "")
    assert "gone.gguf cannot be read (No such file or directory)" in ran.err
    (tmp_path / "page.gguf").write_text("<html>not found</html>")
    assert "is no GGUF file" in run("llm", "--llm", tmp_path / "page.gguf").err


def test_the_setting_comes_from_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_LLM", "ollama:m")
    monkeypatch.setenv("ASSISTANT_STRICT", "true")
    settings = load_settings()
    assert (settings.llm, settings.strict) == ("ollama:m", True)
    assert load_settings(llm="none").llm == "none"


# ---- assistant llm ----


def test_without_an_llm_the_command_says_how_to_name_one(run: Run) -> None:
    ran = run("llm")
    assert ran.code == 0
    assert "answers are quotes" in ran.out
    assert "ollama:MODEL" in ran.out


def test_an_llm_that_works_is_shown_with_what_it_wrote(
    run: Run, llm: ScriptedLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_LLM_KEY", KEY)
    ran = run("llm", "--llm", llm.setting)
    assert ran.code == 0
    assert f"scripted at {llm.address}/v1" in ran.out
    assert "ASSISTANT_LLM_KEY is set" in ran.out
    assert "8,192 tokens" in ran.out
    assert "'Hello.'" in ran.out
    assert llm.keys[-1] == f"Bearer {KEY}"
    assert KEY not in ran.out + ran.err


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_server_that_is_not_there_is_one_sentence(run: Run) -> None:
    ran = run("llm", "--llm", f"http://127.0.0.1:{closed_port()}/v1#m")
    assert ran.code == 2
    assert ran.err.startswith("assistant: nothing answers for the LLM m at http://127.0.0.1:")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (401, f"Incorrect API key provided: {KEY}", "refuses the key; set ASSISTANT_LLM_KEY"),
        (403, "no", "refuses the key"),
        (404, "The model `scripted` does not exist", "does not exist; name another"),
        (429, "Rate limit reached", "takes no more questions for now (Rate limit reached)"),
        (400, "maximum context length is 100 tokens", "reads fewer tokens than were sent; set ASSISTANT_LLM_CONTEXT"),
        (500, f"oops {KEY}", "answered with an error (500: oops (key))"),
    ],
)
def test_what_a_server_refuses_is_one_sentence_with_the_way_out(
    run: Run, llm: ScriptedLLM, monkeypatch: pytest.MonkeyPatch, status: int, message: str, expected: str
) -> None:
    monkeypatch.setenv("ASSISTANT_LLM_KEY", KEY)
    llm.fails(status, message)
    ran = run("llm", "--llm", llm.setting)
    assert ran.code == 2
    assert expected in ran.err
    assert ran.err.count("\n") == 1
    assert KEY not in ran.out + ran.err


def test_a_model_that_the_server_does_not_offer_is_shown_with_those_it_does(run: Run, llm: ScriptedLLM) -> None:
    assert "Offered  scripted" in run("llm", "--llm", f"{llm.address}/v1#other").out


def test_the_hosted_service_needs_a_key_and_gets_its_own(
    run: Run, llm: ScriptedLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = run("llm", "--llm", "openai:m")
    assert (ran.code, "OPENAI_API_KEY" in ran.err) == (2, True)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{llm.address}/v1")
    monkeypatch.setenv("ASSISTANT_LLM_KEY", "another")
    assert run("llm", "--llm", "openai:scripted").code == 0
    assert llm.keys[-1] == f"Bearer {KEY}"
    # A key of the hosted service goes nowhere else.
    assert run("llm", "--llm", llm.setting).code == 0
    assert llm.keys[-1] == "Bearer another"


def test_the_key_is_in_no_message_log_or_repr(
    seed_home: Path, llm: ScriptedLLM, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = Settings(home=seed_home, llm=llm.setting, llm_key=SecretStr(KEY))
    assistant = Assistant(settings)
    llm.fails(401, f"bad key {KEY}")
    with pytest.raises(LLMError) as refused:
        assistant.answer("who drove the policy shift?")
    assert llm.keys
    assert KEY not in caplog.text + repr(settings) + str(refused.value) + repr(assistant.llm)


# ---- How much it reads ----


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ({"meta": {"n_ctx": 2048}}, 2048),
        ({"max_model_len": 3000}, 3000),
        ({"context_length": 5000}, 5000),
        ({"max_model_len": 1_000_000}, 16_384),
        ({"meta": None}, 4096),
        ({}, 4096),
    ],
)
def test_how_much_it_reads_is_what_its_server_says(llm: ScriptedLLM, model: dict[str, Any], expected: int) -> None:
    llm.models = [{"id": "other", "max_model_len": 7}, {"id": "scripted", "object": "model", **model}]
    assert named(llm.setting).context == expected
    assert named(llm.setting, llm_context=1000).context == 1000
