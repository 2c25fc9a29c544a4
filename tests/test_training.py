"""Training the reader: groups of one question each, and a run that is stopped and gone on with."""

import gzip
import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from benchmarks.sets import held_out
from index.embed.model import model_folder
from index.embed.packaged import DEFAULT_MODEL
from training import data, facts, forms, loop, measure, train
from training.alike import Alike
from training.batches import encoded
from training.groups import Group, Recipe, groups_of, nearest
from training.model import Reader

PARAGRAPHS = (
    ("The harbour was built in 1871. It took the town four years.", "When was the harbour built?", "1871"),
    ("The lighthouse is 32 metres high. The keeper lives in it.", "How high is the lighthouse?", "32 metres"),
    ("Fishing boats leave at dawn. Most of them come back at noon.", "When do boats leave?", "at dawn"),
    ("Market day is Thursday. Farmers sell cheese and honey there.", "What do farmers sell?", "cheese and honey"),
)


def article(title: str) -> dict[str, Any]:
    paragraphs = [
        {
            "text": text,
            "questions": [{"question": asked, "answers": [answer]}, {"question": "Who sank it?", "answers": []}],
        }
        for text, asked, answer in PARAGRAPHS
    ]
    return {"title": title, "paragraphs": paragraphs}


def answered(title: str) -> dict[str, Any]:
    found = article(title)
    for paragraph in found["paragraphs"]:
        paragraph["questions"] = paragraph["questions"][:1]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of data as training reads it, all of it small."""
    made = tmp_path / "data"
    made.mkdir()
    titles = [f"Town {n}" for n in range(20)]
    files = {
        "squad_train.jsonl.gz": [answered("Sandwick"), answered("Northfield")],
        "squad2_dev_a.jsonl.gz": [article(next(t for t in titles if held_out(t) == out)) for out in (True, False)],
        "qamr.jsonl.gz": [
            {"sentence": "The mayor 's car , a red one , was sold .", "question": "What was sold ?", "answer": "car"},
            {"sentence": "Rain fell on Friday .", "question": "When did rain fall ?", "answer": "Friday"},
        ],
    }
    for name, lines in files.items():
        (made / name).write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    sentences = ["The bridge opened in 1931 .", "It is long ."]
    passage = {"title": "Bridge", "text": " ".join(sentences), "sentences": sentences}
    lines = [
        {
            "id": str(n),
            "input": "when did the bridge open",
            "passages": [passage],
            "output": [{"answer": "1931", "selected_sentences": sentences[:1]}],
            "answerable": True,
        }
        for n in range(6)
    ]
    (made / "clapnq_dev_a.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def alike(tokenizer: Tokenizer) -> Alike:
    written = ["the jewels jewellery cost price minister director was decided in " * 6, "large largest big small " * 6]
    return Alike(model_folder(DEFAULT_MODEL), tokenizer, written)


def words(text: str, spans: Any) -> list[int]:
    return [len(text[a:b].split()) for a, b in spans]


def test_articles_that_are_measured_are_not_trained_on(folder: Path) -> None:
    trained, _ = data.read_squad(folder / "squad2_dev_a.jsonl.gz", words, report=False)
    measured, _ = data.read_squad(folder / "squad2_dev_a.jsonl.gz", words, report=True)
    assert set(trained.titles).isdisjoint(measured.titles)
    assert all(map(held_out, measured.titles))
    assert trained.titles


def test_the_answer_of_a_group_stands_in_one_passage_and_in_no_other(folder: Path, alike: Alike) -> None:
    source, asked = data.read_squad(folder / "squad_train.jsonl.gz", words)
    plain = Recipe(unanswerable=0, altered=0, formed=0, noisy=0, headed=0, reworded=0)
    for group, one in zip(
        groups_of(source, asked, nearest(source, asked), plain, alike, random.Random(1)), asked, strict=True
    ):
        assert group.question == one.question
        (number, spans), *others = group.golds.items()
        assert not others
        assert [group.passages[number][a:b].lower() for a, b in spans] == list(one.answers)
        beside = [text for n, text in enumerate(group.passages) if n != number]
        assert not any(one.answers[0] in text.lower() for text in beside)


def test_forms_keep_the_answer_where_it_is(folder: Path, alike: Alike) -> None:
    source, asked = data.read_squad(folder / "squad_train.jsonl.gz", words)
    rng = random.Random(2)
    plain = Recipe(unanswerable=0, altered=0, formed=0, noisy=0, headed=0, reworded=0)
    seen = set()
    for _ in range(30):
        for group, one in zip(groups_of(source, asked, nearest(source, asked), plain, alike, rng), asked, strict=True):
            passages, golds = forms.formed(group.question, list(group.passages), dict(group.golds), rng)
            assert [passages[0][a:b].lower() for a, b in golds[0]] == list(one.answers)
            seen.add(passages[0].count("\n") > group.passages[0].count("\n"))
    assert seen == {True, False}


def test_a_changed_question_has_a_word_that_its_passages_lack(alike: Alike) -> None:
    texts = "In 1998 the Rovers won the cup."
    passages = [texts, "Later Ajax came."]
    other = forms.altered("Who won the cup in 1998?", texts, passages, [0], alike.of_kind, random.Random(3))
    assert other is not None
    assert other != "Who won the cup in 1998?"


def test_a_name_is_changed_for_one_of_its_kind_that_shares_no_word_with_it(alike: Alike) -> None:
    others = ["Thursday", "Amazon River", "Norway", "Sweden", "Overnight", "The Trophy"]
    assert set(alike.of_kind("Denmark", others, most=2)) == {"Norway", "Sweden"}
    assert "Amazon River" not in alike.of_kind("Amazon", others, most=5)


def test_a_question_is_reworded_with_words_that_mean_the_same_and_are_not_in_the_text(alike: Alike) -> None:
    text = "The jewels were the largest of all; their cost is not known."
    found = {forms.reworded("What did the jewels cost?", text, alike.near, random.Random(n)) for n in range(20)}
    assert found == {"What did the jewels cost?", "What did the jewels price?"}
    assert "minister" not in " ".join(found)


def test_facts_have_their_answers_in_the_first_text_alone() -> None:
    made = list(facts.groups(300, random.Random(4)))
    assert 0.1 < sum(not group.golds for group in made) / len(made) < 0.6
    for group in made:
        for start, end in group.golds.get(0, []):
            assert group.passages[0][start:end].strip() == group.passages[0][start:end] != ""


def test_an_answer_is_found_again_among_the_tokens(tokenizer: Tokenizer) -> None:
    text = "Opening hours: Tue–Sun 10–17\nClosed: Monday"
    at = text.index("Tue")
    group = Group("When is it open?", ("Museum.",), (text,), {0: [(at, at + len("Tue–Sun 10–17"))]})
    (one,) = encoded([group], tokenizer)
    (first,), (last,) = one.starts[0], one.ends[0]
    read = one.sequences[0]
    starts, ends = read.passage.starts, read.passage.ends
    assert text[starts[first - read.first] : ends[last - read.first]] == "Tue–Sun 10–17"


def test_training_learns_is_stopped_and_goes_on_to_the_same_weights(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train, "_TOKENS", 600)
    monkeypatch.setattr(loop, "SAVED_EVERY", 2)
    train.main([str(folder), "--limit", "24", "--work", str(tmp_path / "whole")])
    whole = load_file(tmp_path / "whole" / "reader.safetensors")
    assert not any("embeddings" in name for name in whole)
    assert sum(value.numel() for value in whole.values()) < 11_000_000

    keep, saved = loop.keep, []

    def stopped(*given: Any) -> None:
        keep(*given)
        saved.append(given)
        if len(saved) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(loop, "keep", stopped)
    with pytest.raises(KeyboardInterrupt):
        train.main([str(folder), "--limit", "24", "--work", str(tmp_path / "parts")])
    monkeypatch.setattr(loop, "keep", keep)
    train.main([str(folder), "--limit", "24", "--work", str(tmp_path / "parts")])
    assert "going on from step 4" in capsys.readouterr().out
    parts = load_file(tmp_path / "parts" / "reader.safetensors")
    begun = loop.trained(Reader())
    layers = [name for name in whole if name.startswith("bert.")]

    def apart(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> float:
        return sum(float((one[name].float() - other[name].float()).norm()) for name in layers)

    # Sums are rounded otherwise from one run to the next.
    assert apart(whole, parts) < apart(whole, begun) / 2


def test_the_loss_of_what_answers_falls_while_it_is_trained(tokenizer: Tokenizer) -> None:
    text = "The harbour was built in 1871. It took the town four years."
    at = text.index("1871")
    right = Group("When was it built?", ("Harbour.", "Tides."), (text, "Water rises."), {0: [(at, at + 4)]})
    none = Group("Who painted it?", ("Harbour.", "Tides."), (text, "Water rises."), {})
    batch = list(encoded([right, none], tokenizer))
    torch.manual_seed(1)
    model = Reader()
    optimizer = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad], lr=1e-4)
    losses = []
    for _ in range(8):
        loss = train.loss_of(model, batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0] / 2


def test_weights_are_measured_on_articles_that_are_not_trained_on(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "reader.safetensors"
    save_file(loop.trained(Reader()), file)
    measure.main([str(folder), str(file)])
    out = capsys.readouterr().out
    assert "8 questions" in out
    assert len(re.findall(r"\d+\.\d", out)) == 4


def test_what_is_measured_counts_answers_and_refusals() -> None:
    right = [measure.Read(5.0, "the harbour", True, ("harbour",)) for _ in range(9)]
    wrong = measure.Read(1.0, "noon", False, ("at dawn",))
    none = [measure.Read(score, "1871", False, ()) for score in (-3.0, 6.0)]
    first, f1, refused, overall = measure.figures([*right, wrong, *none])
    assert (first, f1, refused) == pytest.approx((0.9, 0.9, 0.5))
    assert overall == pytest.approx(10 / 12)
