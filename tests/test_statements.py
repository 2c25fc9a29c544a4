"""What checks are measured on: sentences judged by hand, and judged pairs that were held out of training."""

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from assistant.check.judge import Judge
from assistant.check.model import load_judge
from assistant.read.sequence import encode
from benchmarks import entailment
from benchmarks.sets import SEEDS
from benchmarks.statements import FILE, LABELS, MODEL_FILE, read_statements
from index.embed.model import SentenceEmbedding, model_folder
from index.embed.packaged import DEFAULT_MODEL
from training.data import tokenizer_of
from training.held_out import held_out

PAIRS = [
    ("snli", "Two dogs run on a beach.", "Two dogs run on a beach.", "entailment"),
    ("snli", "Two dogs run on a beach.", "Three cats sleep in a house.", "contradiction"),
    ("mnli/slate", "The bank raised its rate to 4 per cent on Tuesday.", "The bank raised its rate.", "entailment"),
    ("mnli/slate", "The bank raised its rate to 4 per cent on Tuesday.", "The bank did not raise its rate.", "neutral"),
]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge(SentenceEmbedding())


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    keys = "source", "premise", "claim", "label"
    lines = [json.dumps(dict(zip(keys, pair, strict=True))) for pair in PAIRS]
    packed = gzip.compress("\n".join(lines).encode())
    (tmp_path / entailment.FILE).write_bytes(packed)
    held = tmp_path / "held.json"
    held.write_text(json.dumps({"sha256": hashlib.sha256(packed).hexdigest(), "lines": [0, 1, 2]}), encoding="utf-8")
    monkeypatch.setattr(entailment, "HELD_OUT", held)
    return tmp_path


@pytest.mark.parametrize("file", [FILE, MODEL_FILE])
def test_statements_are_there_once_with_a_label_that_is_known(file: Path) -> None:
    statements = read_statements(file)
    assert len({one.id for one in statements}) == len({one.text for one in statements}) == len(statements)
    assert {one.label for one in statements} <= set(LABELS)


def test_sentences_of_a_model_come_with_the_question_that_it_was_asked() -> None:
    questions = (SEEDS / "questions.jsonl").read_text(encoding="utf-8")
    asked = {json.loads(line)["question"] for line in questions.splitlines()}
    lines = [json.loads(line) for line in MODEL_FILE.read_text(encoding="utf-8").splitlines()]
    assert {line["question"] for line in lines} <= asked
    assert all((line["label"] == "none") == (line["kind"] == "no statement") for line in lines)


def test_pairs_that_were_held_out_are_asked_and_counted_by_source(data: Path, judge: Judge) -> None:
    pairs = entailment.read_pairs(data)
    assert [(one.source, one.label) for one in pairs] == [
        ("snli", "supported"),
        ("snli", "contradicted"),
        ("mnli", "supported"),
    ]
    asked = entailment.ask(judge, pairs)
    assert asked[0].score > asked[1].score
    assert entailment.auc(asked) == 1
    assert entailment.auc(asked[:1]) is None
    table = entailment.table_of(asked)
    assert [list(column.cells) for column in table.columns[:2]] == [["mnli", "snli", "all"], ["1", "2", "3"]]


def test_held_out_lines_of_another_file_are_refused(data: Path) -> None:
    (data / entailment.FILE).write_bytes(gzip.compress(b"{}"))
    with pytest.raises(ValueError, match="held_out"):
        entailment.read_pairs(data)


def test_what_was_trained_on_with_any_claim_is_not_held_out() -> None:
    tokenizer = tokenizer_of(model_folder(DEFAULT_MODEL))
    lines = [json.dumps({"premise": premise}) for _, premise, _, _ in PAIRS]
    (seen,) = encode(tokenizer, [PAIRS[0][1]])
    assert list(held_out(lines, {seen.ids.astype(np.int32).tobytes()})) == [2, 3]
