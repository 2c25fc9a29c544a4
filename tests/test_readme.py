"""The README tells the truth: its commands run, its code runs, and its answer is the one people get."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOW = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands() -> list[str]:
    lines = [line.partition("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    lines += [line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]
    return lines


def run(command: str, home: Path) -> str:
    environment = {**os.environ, "ASSISTANT_HOME": str(home), "COLUMNS": "1000"}
    words = [sys.executable, "-m", *shlex.split(command)]
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith("assistant") and c != "assistant chat"])
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


@pytest.mark.parametrize("code", [*blocks("python"), *blocks("python", HOW)])
def test_the_code_of_the_docs_runs(code: str, home_of_seeds: Path) -> None:
    environment = {**os.environ, "ASSISTANT_HOME": str(home_of_seeds), "HOME": str(home_of_seeds)}
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_chat_on_an_empty_home_indexes_the_starter_and_prints_its_address(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "assistant", "chat", "--starter", "seeds", "--no-browser"]
    environment = {**os.environ, "ASSISTANT_HOME": str(tmp_path / "fresh"), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as chat:
        try:
            printed, deadline = "", time.monotonic() + 180
            while "http://" not in printed and time.monotonic() < deadline and chat.stdout:
                printed += chat.stdout.readline()
            assert "11 added" in printed
            address = re.search(r"http://127\.0\.0\.1:\d+", printed)
            assert address
            with urllib.request.urlopen(address.group(), timeout=30) as page:
                assert page.status == 200
        finally:
            chat.send_signal(signal.SIGINT)
            assert chat.wait(30) in (0, 130)
