"""`assistant eval`, run as a user runs it."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluate.metrics import FIGURES
from assistant.evaluate.questions import read_questions
from index import Index, sync
from tests.conftest import SEEDS, write_article

DOCS = Path(__file__).parent.parent / "docs"
LINES: list[dict[str, Any]] = [
    {"id": "long", "question": "How long is the footbridge?", "sentence": "It is 412 metres long."},
    {"question": "What does a ticket on the sleeper cost?", "answers": ["69 euros", "€69"], "article": "rail.md"},
    {"question": "Which article is about olives?", "article": ["harvest.txt"]},
    {"question": "Who won the 1998 football World Cup?", "answerable": False},
]


def write(file: Path, *lines: dict[str, Any] | str) -> Path:
    written = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    file.write_text("\n".join(written) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def home(folder: Path, tmp_path: Path) -> Path:
    sync(Index(tmp_path / "three"), [folder])
    return tmp_path / "three"


def test_a_run_prints_every_figure_and_the_worst_questions(run: Any, home: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "q.jsonl", *LINES, {"question": "Who designed the bridge?", "answers": ["Ada Lovelace"]})
    ran = run("eval", file, "--worst", 9, "--home", home)
    assert ran.code == 0
    assert ran.err == ""
    assert "5 questions: 4 answerable, 1 not" in ran.out
    table, _, rest = ran.out.partition("\n\n")
    assert [line.split("  ")[0] for line in table.splitlines()[2 : 2 + len(FIGURES)]] == [f.name for f in FIGURES]
    assert "1 out of reach" in table
    assert table.endswith("who designed the bridge?")
    assert rest.startswith("Who designed the bridge?\n")
    assert "wanted  Ada Lovelace" in rest


def test_as_json_a_run_carries_figures_and_every_question(run: Any, home: Path, tmp_path: Path) -> None:
    data = run("eval", write(tmp_path / "q.jsonl", *LINES), "--json", "--home", home).data
    assert data["figures"].keys() == {figure.name for figure in FIGURES}
    assert data["figures"]["passage@10"] == {"value": 1.0, "low": 1.0, "high": 1.0, "questions": 3}
    assert data["figures"]["refusal recall"]["value"] == 1.0
    assert data["figures"]["retrieve + read"]["value"] > 0
    assert data["questions"][0]["key"] == "long"
    assert data["questions"][0]["values"]["sentence@3"] == 1.0
    assert data["questions"][2]["values"]["sentence@3"] is None
    assert data["questions"][3]["refused"] is True
    assert data["out_of_reach"] == []
    assert data["comparison"] is None


def test_two_runs_are_compared_over_the_questions_they_share(run: Any, home: Path, tmp_path: Path) -> None:
    file, saved = write(tmp_path / "q.jsonl", *LINES), tmp_path / "before.json"
    assert run("eval", file, "--save", saved, "--json", "--home", home).data == json.loads(saved.read_text())
    write(file, {"question": "Why was the daily train cancelled?", "answers": ["carriages were scarce"]}, *LINES[:3])
    ran = run("eval", file, "--against", saved, "--home", home)
    assert ran.code == 0
    assert "Compared over the 3 questions of both runs; left out: 2 (1 only before, 1 only now)." in ran.out
    assert re.search(r"^passage@10 .* 100\.0 % +\+0\.0 pt +1\.000$", ran.out, re.MULTILINE)
    compared = run("eval", file, "--against", saved, "--json", "--home", home).data["comparison"]
    assert compared["differences"]["passage MRR"] | {"before": 0, "after": 0} == {
        "before": 0,
        "after": 0,
        "change": 0.0,
        "p": 1.0,
        "questions": 3,
    }


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 3 is not JSON"),
        ("[]", "line 3 is not a JSON object"),
        ('{"sentence": "x"}', "line 3: the field 'question' is missing"),
        ('{"question": " ", "answers": ["x"]}', "line 3: question: string should have at least 1 character"),
        ('{"question": "why?"}', "line 3 does not say what answers it; add sentence, answers or article"),
        ('{"question": "why?", "sentance": "x"}', "line 3: 'sentance' is not a field (did you mean sentence)"),
        ('{"question": "why?", "answers": [1]}', "line 3: answers: input should be a valid string"),
        ('{"question": "why?", "answerable": "no"}', "line 3: answerable: input should be a valid boolean"),
        (
            '{"question": "why?", "answerable": false, "answers": "x"}',
            'line 3 has an answer and is "answerable": false',
        ),
        ('{"question": "Is it  LONG?", "answers": "x"}', "line 3 has the id or question of line 1"),
        (json.dumps({"question": "x" * 3000, "answers": "x"}), "line 3: question: string should have at most 2000"),
    ],
)
def test_a_line_that_is_wrong_is_named_with_its_number(run: Any, line: str, says: str, tmp_path: Path) -> None:
    file = write(tmp_path / "q.jsonl", {"question": "Is it long?", "answers": "yes", "id": None}, "", line)
    ran = run("eval", file)
    assert ran.code == 2
    assert ran.out == ""
    assert f"{file}, {says}" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_files_that_cannot_be_used_are_exit_code_2_before_anything_is_asked(run: Any, tmp_path: Path) -> None:
    good = write(tmp_path / "q.jsonl", LINES[0])
    (tmp_path / "latin.jsonl").write_bytes('{"question": "café"}'.encode("latin-1"))
    (tmp_path / "no.json").write_text("{}")
    cases: list[tuple[list[str | Path], str]] = [
        (["/nowhere/q.jsonl"], "/nowhere/q.jsonl cannot be read (No such file or directory)"),
        ([tmp_path], "cannot be read (Is a directory)"),
        ([write(tmp_path / "empty.jsonl", "")], "holds no question"),
        ([tmp_path / "latin.jsonl"], "is not UTF-8 (byte 17)"),
        ([good, "--against", tmp_path / "no.json"], "no.json is not a saved run (format: Field required)"),
        ([good, "--against", good], "is not a saved run"),
        ([good, "--against", tmp_path / "gone.json"], "gone.json cannot be read"),
        ([good, "--save", tmp_path / "gone" / "run.json"], "run.json cannot be written"),
        ([good], "no articles are indexed"),
    ]
    for arguments, says in cases:
        ran = run("eval", *arguments)
        assert (ran.code, ran.out) == (2, "")
        assert says in ran.err
        assert len(ran.err.strip().splitlines()) == 1


def test_what_stands_in_a_file_of_questions_never_reaches_the_terminal_as_a_command(run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    write_article(folder / "odd.md", "Walrus", "The walrus weighed 900 kilos.")
    run("index", folder)
    file = write(tmp_path / "q.jsonl", {"question": "[bold]Who?[/bold]\x1b[31m", "answers": ["\x1b[2Jnobody"]})
    shown = run("eval", file, "--worst", 1).out
    assert "[bold]Who?[/bold]" in shown
    assert "\x1b" not in shown


def test_the_questions_over_seeds_are_such_a_file() -> None:
    assert len(read_questions(SEEDS / "questions.jsonl")) == 89


def test_the_commands_of_the_docs_run_with_the_file_they_show(seed_home: Path, tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_bytes((DOCS / "questions.jsonl").read_bytes())
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / "evaluate.md").read_text(encoding="utf-8"), re.DOTALL)
    for line in "".join(blocks).splitlines():
        command = [sys.executable, "-m", *shlex.split(line, comments=True), "--home", str(seed_home)]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        assert ("passage@1" in ran.stdout) == (" eval " in line)
