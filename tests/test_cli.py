"""The command line, run as a user runs it; in this process where a fresh one would show nothing more."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from index import Index
from tests.conftest import SEEDS, write_article


def test_ask_prints_the_answer_its_marks_and_its_sources(run: Any, seed_home: Path) -> None:
    ran = run("ask", "who drove the policy shift?", "--home", seed_home)
    assert ran.code == 0
    assert "Marco Rubio" in ran.out.splitlines()[0]
    assert "[1]" in ran.out
    assert "Sources" in ran.out
    assert "World Desk, 24 October 2025" in ran.out


def test_ask_puts_a_label_before_the_sentence_that_denies(run: Any, seed_home: Path) -> None:
    ran = run("ask", "who drove the policy shift?", "--home", seed_home)
    assert "[1] Disputed: The White House rejects this account" in " ".join(ran.out.split())
    data = run("ask", "who drove the policy shift?", "--json", "--home", seed_home).data
    assert [claim["denies"] for claim in data["claims"]] == [False, True]


def test_ask_as_json_carries_what_the_page_shows(run: Any, seed_home: Path) -> None:
    data = run("ask", "who drove the policy shift?", "--json", "--home", seed_home).data
    written = {"written_by", "stopped", "note", "filter", "kind"}
    assert {
        "question",
        "searched",
        "text",
        "refused",
        "claims",
        "citations",
        "hits",
        "timings",
    } | written == data.keys()
    assert data["claims"][0]["status"] == "supported"
    assert data["claims"][0]["citations"] == [1]
    citation = data["citations"][0]
    assert citation.keys() >= {"number", "article", "title", "start", "end", "quote", "url", "published", "publisher"}
    text = Index(seed_home).article(citation["article"]).text
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert citation["published"] == "2025-10-24"
    assert data["hits"][0]["text"]


def test_a_refusal_is_an_answer_and_the_json_says_so(run: Any, seed_home: Path) -> None:
    ran = run("ask", "who won the 1998 football World Cup?", "--home", seed_home)
    assert ran.code == 0
    assert ran.out.startswith("Not in these articles.")
    assert "Nearest passages" in ran.out
    data = run("ask", "who won the 1998 football World Cup?", "--json", "--home", seed_home).data
    assert data["refused"] is True
    assert data["citations"] == []
    assert data["hits"]


def test_index_prints_what_it_did_and_what_it_could_not(run: Any, folder: Path, tmp_path: Path) -> None:
    (folder / "empty.md").touch()
    (folder / "photo.jpg").write_bytes(b"x")
    ran = run("index", folder, "--home", tmp_path / "h")
    assert ran.code == 0
    assert "3 added, 0 changed, 0 unchanged, 0 removed, 1 failed" in ran.out
    assert "empty.md is empty" in ran.out
    assert "photo.jpg" in ran.out
    again = run("index", folder, "--json", "--home", tmp_path / "h").data
    assert (again["added"], again["unchanged"], again["passages"]) == (0, 3, 0)


def test_articles_are_listed_and_removed_by_id(run: Any, folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "h"
    run("index", folder, "--home", home)
    listed = run("articles", "--json", "--home", home).data
    assert [article["title"] for article in listed] == [
        "Night trains return",
        "A bridge opens in Lisbon",
        "Olive harvest falls by a third",
    ]
    ran = run("remove", listed[0]["article"], "--home", home)
    assert ran.out == f"Removed {listed[0]['article']}: Night trains return\n"
    assert "Night trains" not in run("articles", "--home", home).out
    assert run("ask", "How much is a ticket on the sleeper to Prague?", "--json", "--home", home).data["refused"]


def test_doctor_is_content_with_a_whole_index_and_mends_a_broken_one(run: Any, home_of_seeds: Path) -> None:
    ran = run("doctor", "--home", home_of_seeds)
    assert ran.code == 0
    assert "11 articles" in ran.out
    assert "sentence-transformers" in ran.out
    index = Index(home_of_seeds)
    index.vectors().delete([next(iter(index.catalog.passage_ids()))])
    broken = run("doctor", "--home", home_of_seeds)
    assert broken.code == 1
    assert "passages without a vector: 1" in broken.out
    fixed = run("doctor", "--fix", "--home", home_of_seeds)
    assert fixed.code == 0
    assert "Fixed: vectors without a passage deleted: 0, missing ones made again: 1" in fixed.out


def test_the_home_may_stand_before_the_command_or_in_the_environment(
    run: Any, seed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run("--home", seed_home, "articles").out
    monkeypatch.setenv("ASSISTANT_HOME", str(seed_home))
    assert before == run("articles").out
    assert "Rubio" in before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask", ""], "the question is empty"),
        (["ask", "x" * 10_000], "10,000 characters"),
        (["ask", "who?"], "no articles are indexed"),
        (["index", "/nowhere"], "/nowhere does not exist"),
        (["remove", "nope"], "no article has the id 'nope'"),
        (["articles", "--home", "/proc/nowhere"], "--home"),
        (["doctor", "--home", "/nowhere/typo"], "there is no index in /nowhere/typo"),
        (["ask", "who?", "--model", "/nowhere/model"], "embedding model"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(
    run: Any, arguments: list[str], says: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "--model" in arguments:
        run("index", folder)
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert says in ran.err
    assert ran.err.startswith("assistant: ")
    assert len(ran.err.strip().splitlines()) == 1


def test_an_unknown_setting_is_refused_with_the_one_that_was_meant(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_HOEM", "/tmp")
    ran = run("articles")
    assert ran.code == 2
    assert "ASSISTANT_HOEM is not a setting (did you mean ASSISTANT_HOME)" in ran.err


def test_ctrl_c_keeps_what_was_finished_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(600):
        write_article(folder / f"{number:03}.md", f"Article {number}", f"Text number {number} of many.")
    command = [sys.executable, "-m", "assistant", "index", str(folder), "--home", str(tmp_path / "h")]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    index = Index(tmp_path / "h")
    while child.poll() is None and index.catalog.count()[0] == 0:
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert re.fullmatch(
        r"assistant: stopped after \d+ added, 0 changed, 0 unchanged, 0 removed, 0 failed; "
        r"what was finished is kept, the same command goes on from there\n",
        said,
    )
    assert 0 < index.catalog.count()[0] < 600


def test_a_folder_without_articles_says_what_is_looked_for(run: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = run("index", tmp_path / "empty")
    assert ran.code == 0
    assert "give a folder of articles (Markdown, HTML, PDF …)" in ran.out


def test_a_file_that_cannot_be_an_article_is_exit_code_2_when_it_is_all_there_was(run: Any, tmp_path: Path) -> None:
    (tmp_path / "picture.md").write_bytes(b"\x89PNG\0")
    ran = run("index", tmp_path / "picture.md")
    assert ran.code == 2
    assert "is not text but binary data" in ran.out


def test_a_damaged_index_is_named_and_kept(run: Any, home_of_seeds: Path) -> None:
    for log in home_of_seeds.glob("catalog.db-*"):
        log.unlink()
    (home_of_seeds / "catalog.db").write_bytes(b"garbage" * 500)
    ran = run("ask", "who?", "--home", home_of_seeds)
    assert ran.code == 2
    assert "is damaged" in ran.err
    assert (home_of_seeds / "catalog.db").read_bytes() == b"garbage" * 500


def test_text_from_an_article_is_never_read_as_markup_or_as_a_command_to_the_terminal(run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    write_article(folder / "odd.md", "[bold]Walrus[/bold] \x1b[31mred", "The walrus weighed 900 kilos.")
    run("index", folder)
    shown = run("articles").out
    assert "[bold]Walrus[/bold]" in shown
    assert "\x1b" not in shown


def test_the_module_of_each_side_is_the_same_command(seed_home: Path) -> None:
    environment = {**os.environ, "ASSISTANT_HOME": str(seed_home), "COLUMNS": "200"}
    outputs = {
        subprocess.run([sys.executable, "-m", *command], env=environment, capture_output=True, text=True, check=True)
        .stdout.splitlines()[-1]
        .partition(" (")[0]
        for command in (["assistant", "index", str(SEEDS)], ["index", str(SEEDS)])
    }
    assert outputs == {"0 added, 0 changed, 11 unchanged, 0 removed, 0 failed"}


def test_ask_looks_at_as_many_sources_as_it_is_told(run: Any, seed_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("ask", "Who drove the policy shift?", "--json", "--home", seed_home)
    assert len(run(*asked, "--sources", "3").data["hits"]) == 3
    monkeypatch.setenv("ASSISTANT_SOURCES", "60")
    assert run(*asked).code == 2
