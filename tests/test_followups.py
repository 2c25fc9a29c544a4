"""The benchmark of follow-up questions, on a small file of the form the public one has."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.llama_index import HybridRetriever
from assistant.types import Turn
from benchmarks import followups
from benchmarks.sets import Task, half_of, read_tasks, take
from index import Index, sync

DOCUMENTS = {
    "trial": "Trial accounts\nA trial account lasts thirty days. It costs nothing.",
    "bridge": "The bridge\nThe footbridge over the inlet opened in March. It is 412 metres long.",
    "olives": "Olives\nGrowers picked a third less than the year before. The drought was to blame.",
    "trains": "Night trains\nThe sleeper to Prague runs three nights a week. A ticket costs 69 euros.",
    "moons": "Jupiter\nThe planet Jupiter has ninety-five moons. Four of them were seen by Galileo.",
    "glaciers": "Glaciers\nThe ice of the Alps is melting. Half of it may be gone by 2050.",
}


def task(number: int, said: list[str], label: str, document: str | None) -> dict[str, Any]:
    context = [{"document_id": document, "text": DOCUMENTS[document]}] if document else []
    return {
        "task_id": f"t::{number}",
        "contexts": context,
        "input": [{"text": text} for text in said],
        "Multi-Turn": ["Follow-up" if len(said) > 1 else "N/A"],
        "targets": [{"text": "An answer."}],
        "answerability": [label],
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    asked = [
        (["How many moons does Jupiter have?", "Ninety-five.", "Who saw them first?"], "ANSWERABLE", "moons"),
        (["Where does the sleeper run?", "To Prague.", "How much is it?"], "ANSWERABLE", "trains"),
        (["How long is the bridge?", "412 metres.", "Thanks!", "Fine.", "When did it open?"], "PARTIAL", "bridge"),
        (["How many olives?", "Fewer.", "Who is the president of Peru?"], "UNANSWERABLE", None),
        (["What melts?", "Ice.", "Is it the same there?"], "UNDERSPECIFIED", "glaciers"),
        (["How long does a trial account last?"], "ANSWERABLE", "trial"),
        (["Hello", "Hi.", "Why did growers pick fewer olives?"], "ANSWERABLE", "olives"),
    ]
    lines = [json.dumps(task(number, *one)) for number, one in enumerate(asked)]
    (made / "mtragun_dev_a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return made


def test_a_task_is_the_last_question_and_the_turns_before_it(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    tasks = read_tasks(data / "mtragun_dev_a.jsonl", folder)
    assert [one.turn for one in tasks] == [2, 2, 3, 2, 2, 1, 2]
    assert tasks[2].question == "When did it open?"
    assert tasks[2].history == (Turn("How long is the bridge?", "412 metres."), Turn("Thanks!", "Fine."))
    assert (tasks[2].label, tasks[2].relation, tasks[3].articles) == ("PARTIAL", "Follow-up", ())
    sync(Index(tmp_path / "home"), [folder])
    texts = {Path(one.path or "").name: one.text for one in Index(tmp_path / "home").catalog.articles()}
    assert len(texts) == len(DOCUMENTS)
    assert "412 metres" in texts[tasks[2].articles[0]]


def test_every_task_is_in_one_half(data: Path, tmp_path: Path) -> None:
    tasks = read_tasks(data / "mtragun_dev_a.jsonl", tmp_path)
    tune, report = take("tune", tasks), take("report", tasks)
    assert sorted(one.key for one in [*tune, *report]) == sorted(one.key for one in tasks)
    assert {half_of(one) for one in report} == {"report"}


def test_recall_counts_the_documents_among_the_first_five_articles(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    read_tasks(data / "mtragun_dev_a.jsonl", folder)
    index = Index(tmp_path / "home")
    sync(index, [folder])
    hits = HybridRetriever(index, limit=40).hits("How many moons does Jupiter have?")
    names = list(dict.fromkeys(Path(hit.article.path or "").name for hit in hits))
    assert len(names) == len(DOCUMENTS)
    wanted = Task("k", "q", (), "ANSWERABLE", "N/A", (names[0], names[5]), "a")
    assert followups.found(wanted, "q", hits).values == {"recall@5": 0.5, "hit@1": 1.0}
    last = Task("k", "q", (), "ANSWERABLE", "N/A", (names[5],), "a")
    assert followups.found(last, "q", hits).values == {"recall@5": 0.0, "hit@1": 0.0}


@pytest.mark.parametrize(
    ("label", "refusal", "expected"),
    [
        ("ANSWERABLE", True, {"over-refusal": 1.0, "refusal precision": 0.0}),
        ("ANSWERABLE", False, {"over-refusal": 0.0}),
        ("UNANSWERABLE", True, {"refusal recall": 1.0, "refusal precision": 1.0}),
        ("UNANSWERABLE", False, {"refusal recall": 0.0}),
        ("PARTIAL", True, {"refused PARTIAL": 1.0}),
        ("UNDERSPECIFIED", False, {"refused UNDERSPECIFIED": 0.0}),
    ],
)
def test_a_refusal_is_right_where_nothing_answers(label: str, refusal: bool, expected: dict[str, float]) -> None:
    asked = Task("k", "q", (), label, "Follow-up", (), "a")
    values = followups.refused(asked, "q", refusal).values
    assert {name: value for name, value in values.items() if value is not None} == expected


def test_the_benchmark_prints_both_tables_and_keeps_the_run(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "run.json"
    assert followups.main([str(data), "--half", "all", "--save", str(saved)]) == 0
    out = capsys.readouterr().out
    assert "6 tasks with earlier turns (all); 4 are changed by the rules" in out
    assert "no gold rewrites" in out
    assert "seeds: 0 of 89" in out
    assert all(name in out for name in ("recall@5", "hit@1", "changed by the rules", "over-refusal", "refused PARTIAL"))
    run = json.loads(saved.read_text(encoding="utf-8"))
    rows = run["found"]
    searched = {name: [one["question"] for one in row["questions"]] for name, row in rows.items()}
    assert searched["standalone question"][2] == "How long is the bridge? When did it open?"
    assert searched["bare last turn"][2] == "When did it open?"
    assert searched["all questions joined"][2] == "How long is the bridge? Thanks! When did it open?"
    hits = {name: row["figures"]["hit@1"]["value"] for name, row in rows.items()}
    assert hits["standalone question"] == 1.0
    assert run["refused"]["standalone question"]["figures"]["refusal recall"]["questions"] == 1


def test_a_folder_without_the_set_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        followups.main([str(tmp_path)])
    assert "does not hold mtragun_dev_a.jsonl" in capsys.readouterr().err
