"""The sets of the benchmarks, read from small files of the form the public ones have, and asked for real."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluate.run import out_of_reach
from benchmarks import quality
from benchmarks.sets import half_of, held_out, read_forms, read_seeds, read_set, sets_in, take
from index import Index, sync

TEXT = "The bridge opened in 1931. It is *412* metres long. Cars pay $3 (or #4) to cross."


def own(title: str) -> str:
    """Words of each title alone: articles that are nearly the same are retrieved once."""
    return " ".join(f"{title} {place}" for place in range(40))


def xquad(title: str, number: int) -> dict[str, Any]:
    asked = {"id": f"{title}-{number}", "question": f"How long is the bridge of {title}?"}
    answer = {"answer_start": TEXT.index("*412*"), "text": "*412* metres"}
    return {"context": f"{TEXT} Paragraph {number} ends. {own(title)}.", "qas": [asked | {"answers": [answer]}]}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    titles = ["Warsaw", "Geology", "Normans", "Force"]
    asked = [{"question": "How long is it?", "answers": ["412 metres", "412"]}]
    second = [
        {
            "title": title,
            "paragraphs": [{"text": TEXT, "questions": [*asked, {"question": "How wide is it?", "answers": []}]}],
        }
        for title in ("Warsaw", "Force")
    ]
    (made / "squad2_dev_a.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, second)).encode()))
    whole = {"data": [{"title": title, "paragraphs": [xquad(title, 1), xquad(title, 2)]} for title in titles]}
    (made / "xquad.en.json").write_text(json.dumps(whole), encoding="utf-8")
    sentences = ["The bridge opened in 1931 .", "It is *412* metres long ."]
    passages = [{"title": "Bridge", "text": " ".join(sentences) + " ", "sentences": sentences}]
    output = [{"answer": "In 1931.", "selected_sentences": sentences[:1]}]
    lines = [
        {"id": "1", "input": "when did it open", "passages": passages, "output": output, "answerable": True},
        {"id": "2", "input": "who built it", "passages": passages, "output": [{"answer": ""}], "answerable": False},
    ]
    (made / "clapnq_dev_a.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    context = {"document_id": "d-1", "text": "\n\tTrial accounts\r\n\nA trial account lasts thirty days.\n"}
    turns = [
        ("1", "And is it free?", "ANSWERABLE"),
        ("4", "How long does a trial account last?", "ANSWERABLE"),
        ("2", "And what about him?", "ANSWERABLE"),
        ("1", "How long is it?", "PARTIAL"),
        ("3", "Where is the office of the president?", "UNANSWERABLE"),
    ]
    tasks = [
        {
            "task_id": f"t::{number}",
            "contexts": [context] if label == "ANSWERABLE" else [],
            "input": [{"text": said} for said in [*["Is it new?", "Yes."] * (int(turn) - 1), text]],
            "Multi-Turn": ["Follow-up" if turn != "1" else "N/A"],
            "targets": [{"text": "Thirty days."}],
            "answerability": [label],
        }
        for number, (turn, text, label) in enumerate(turns)
    ]
    (made / "mtragun_dev_a.jsonl").write_text("\n".join(map(json.dumps, tasks)), encoding="utf-8")
    return made


def test_the_sets_of_a_folder_are_those_whose_file_is_there(data: Path) -> None:
    assert sets_in(None) == ["seeds", "forms"]
    assert sets_in(data) == ["seeds", "forms", "clapnq", "squad2", "xquad", "mtragun"]
    (data / "xquad.en.json").unlink()
    assert sets_in(data) == ["seeds", "forms", "clapnq", "squad2", "mtragun"]


def test_every_gold_of_the_project_s_own_sets_stands_in_an_indexed_article(tmp_path: Path) -> None:
    for read in (read_seeds(), read_forms()):
        index = Index(tmp_path / read.name)
        sync(index, [read.articles])
        assert out_of_reach(read.questions, index.catalog.articles) == []
    assert sum(not question.answerable for question in read_forms().questions) >= 30


def test_of_squad_2_only_articles_that_the_reader_was_not_trained_on_are_asked_about(
    data: Path, tmp_path: Path
) -> None:
    read = read_set("squad2", data, tmp_path / "articles")
    assert held_out("Warsaw")
    assert not held_out("Force")
    assert [(one.text, one.answerable, one.answers) for one in read.questions] == [
        ("How long is it?", True, ("412 metres", "412")),
        ("How wide is it?", False, ()),
    ]
    assert [file.name for file in read.articles.iterdir()] == ["squad2-0.md"]


def test_the_paragraphs_of_a_title_are_one_article_and_every_sixth_title_is_held_out(
    data: Path, tmp_path: Path
) -> None:
    read = read_set("xquad", data, tmp_path / "articles")
    assert hashlib.sha256(b"Geology").digest()[0] % 6 == 0
    assert [question.answerable for question in read.questions] == [True, True, False, False, True, True]
    assert read.questions[0].sentences == ("It is *412* metres long.",)
    index = Index(tmp_path / "home")
    sync(index, [read.articles])
    texts = {article.title: article.text for article in index.catalog.articles()}
    assert texts.keys() == {"Warsaw", "Normans"}
    ends = [f"{TEXT} Paragraph {number} ends. {own('Warsaw')}." for number in (1, 2)]
    assert texts["Warsaw"].split("\n\n") == ends
    assert out_of_reach(read.questions, index.catalog.articles) == []


def test_selected_sentences_settle_a_question_of_clap_nq(data: Path, tmp_path: Path) -> None:
    first, second = read_set("clapnq", data, tmp_path / "articles").questions
    assert first.sentences == ("The bridge opened in 1931 .",)
    assert (first.articles, first.answer, first.answerable) == (("clapnq1.md",), "In 1931.", True)
    assert (second.sentences, second.answerable) == ((), False)


def test_of_mtrag_the_questions_that_stand_alone_are_taken_with_their_documents(data: Path, tmp_path: Path) -> None:
    read = read_set("mtragun", data, tmp_path / "articles")
    assert [question.id for question in read.questions] == ["t::0", "t::1", "t::4"]
    assert read.questions[1].articles == ("mtragun-0.md",)
    assert (read.questions[1].sentences, read.questions[2].answerable) == ((), False)


def test_the_halves_are_told_apart_by_the_hash_of_the_id() -> None:
    questions = read_seeds().questions
    tune, report = take("tune", questions), take("report", questions)
    assert sorted(q.key for q in [*tune, *report]) == sorted(q.key for q in questions)
    assert take("all", questions) == list(questions)
    assert all(hashlib.sha256(str(q.id).encode()).digest()[0] % 2 == 1 for q in report)
    assert {half_of(question) for question in tune} == {"tune"}


def test_the_benchmark_prints_a_table_a_set_and_compares_with_an_earlier_run(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "run.json"
    chosen = [str(data), "--half", "all", "--set", "xquad", "--set", "mtragun", "--together", "--save", str(saved)]
    assert quality.main([*chosen, "--worst", "1"]) == 0
    out = capsys.readouterr().out
    assert "xquad: 4 answerable questions, 2 not" in out
    assert "mtragun: 2 answerable questions, 1 not" in out
    assert "ms (median) over" in out
    run = json.loads(saved.read_text(encoding="utf-8"))
    assert run["settings"]["together"] is True
    assert run["sets"]["xquad"]["rows"].keys() == {"dense", "lexical", "hybrid", "product"}
    assert run["sets"]["xquad"]["articles"] == run["sets"]["mtragun"]["articles"] == 3
    assert len(run["sets"]["xquad"]["sha256"]) == 64
    figures = {name: row["figures"] for name, row in run["sets"]["xquad"]["rows"].items()}
    assert figures["dense"]["passage@10"]["value"] == figures["product"]["passage@10"]["value"] == 1.0
    assert figures["dense"]["refusal recall"]["value"] is None
    assert run["sets"]["mtragun"]["rows"]["product"]["figures"]["sentence@1"]["value"] is None
    assert quality.main([*chosen, "--against", str(saved)]) == 0
    assert "product: 6 matched, 0 left out" in capsys.readouterr().out


def test_a_set_that_is_not_there_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert quality.main(["--set", "xquad"]) == 2
    assert "there is no set xquad; there are: seeds, forms" in capsys.readouterr().err
