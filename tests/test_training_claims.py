"""Training the checker: claims that are true in other words, and false in a word that is known."""

import gzip
import json
import random
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from index.embed.model import model_folder
from index.embed.packaged import DEFAULT_MODEL
from training.alike import Alike
from training.check import Checker, loss_of, reads
from training.claims import LABELS, ClaimPair, of_judged, of_pairs, of_questions, of_sentences, of_splits
from training.data import Asked, Source
from training.export_check import threshold
from training.written import otherwise

TEXT = (
    "The harbour of Sandwick was built in 1871 by the town council. It took the workers four years. "
    "Anna Haas led them. "
    "The lighthouse was first lit in May 1890, before Otto Brandt became its keeper. The town expected many visitors."
)


@pytest.fixture(scope="module")
def alike(tokenizer: Tokenizer) -> Alike:
    return Alike(
        model_folder(DEFAULT_MODEL), tokenizer, ["harbour port built constructed town city workers labourers"] * 6
    )


SOURCE = Source(
    [TEXT, TEXT.replace("Sandwick", "Northfield").replace("Haas", "Larsen")], ["Sandwick", "Northfield"], [0, 1]
)


def test_a_false_claim_says_which_of_its_words_are_false_and_a_true_one_has_none(alike: Alike) -> None:
    pairs = list(of_sentences(SOURCE, 300, alike, random.Random(1)))
    assert {one.label for one in pairs} == {"supported", "contradicted", "not said"}
    for one in pairs:
        if one.label == "contradicted":
            assert one.false
            assert all(one.claim[start:end].strip() for start, end in one.false)
            assert one.claim not in one.evidence
        elif one.label == "not said" and one.false:
            ((start, end),) = one.false
            assert one.claim[start:end].rstrip(".").lower() not in one.evidence.lower()
        else:
            assert not one.false
        assert one.evidence in TEXT or one.evidence in SOURCE.passages[1]


def test_a_question_and_its_answer_become_a_claim(alike: Alike) -> None:
    at = TEXT.index("Anna Haas")
    who = Asked("Who led the builders?", {0: [(at, at + 9)]}, ("anna haas",), (0,))
    year = TEXT.index("1871")
    when = Asked("When was the harbour built?", {0: [(year, year + 4)]}, ("1871",), (0,))
    rng = random.Random(2)
    found = [one for _ in range(20) for one in of_questions(SOURCE, [who, when], alike, rng)]
    true = {one.claim for one in found if one.label == "supported"}
    assert true == {"Anna Haas led the builders.", "When was the harbour built? 1871."}
    for one in found:
        if one.label == "contradicted":
            ((start, end),) = one.false or ()
            assert one.claim[start:end] not in ("Anna Haas", "1871")


def test_tokens_are_marked_that_are_false_and_unknown_ones_are_left_open(tokenizer: Tokenizer) -> None:
    claim = "The harbour was built in 1998."
    start = claim.index("1998")
    false = ClaimPair(claim, "Sandwick.", TEXT, "contradicted", ((start, start + 4),))
    judged = ClaimPair(claim, "", TEXT, "contradicted", None)
    known, unknown = reads(tokenizer, [false, judged])
    tokens = tokenizer.encode(claim, add_special_tokens=False).tokens
    assert [token for token, value in zip(tokens, known.false, strict=True) if value == 1] == ["1998"]
    assert set(unknown.false.tolist()) == {-1}


def test_the_loss_of_claims_falls_while_the_checker_is_trained(tokenizer: Tokenizer) -> None:
    claim = "The harbour was built in 1998."
    start = claim.index("1998")
    pairs = [
        ClaimPair(claim, "Sandwick.", TEXT, "contradicted", ((start, start + 4),)),
        ClaimPair("The council built the harbour in 1871.", "Sandwick.", TEXT, "supported", ()),
        ClaimPair("Most visitors came by train.", "Sandwick.", TEXT, "not said", None),
    ]
    batch = list(reads(tokenizer, pairs))
    torch.manual_seed(1)
    model = Checker()
    optimizer = torch.optim.AdamW([one for one in model.parameters() if one.requires_grad], lr=1e-4)
    losses = []
    for _ in range(12):
        loss = loss_of(model, batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_pairs_that_people_judged_are_read_with_their_labels(tmp_path: Path) -> None:
    lines = [
        {"premise": "It rained.", "claim": "Water fell.", "label": label, "source": "x"}
        for label in ("entailment", "neutral", "contradiction", "partial")
    ]
    (tmp_path / "pairs.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    assert [one.label for one in of_pairs(tmp_path / "pairs.gz")] == [
        "supported",
        "not said",
        "contradicted",
        "not said",
    ]
    assert LABELS[0] == "supported"


def test_what_is_true_in_other_words_becomes_false_with_something_exchanged(alike: Alike) -> None:
    true = ClaimPair("It opened in 1871.", "", "The harbour was opened in 1871.", "supported", ())
    (made,) = of_judged([true, ClaimPair("No.", "", "x", "contradicted", None)], alike, random.Random(3))
    assert made.label == "contradicted"
    assert made.claim != true.claim
    assert made.false


def test_a_sentence_that_was_split_merges_what_its_halves_say(alike: Alike, tmp_path: Path) -> None:
    line = "Anna Haas led them , and it took four years .\tAnna Haas led them . <::::> It took four years .\n"
    (tmp_path / "tune.tsv").write_text(line * 40, encoding="utf-8")
    made = list(of_splits(tmp_path / "tune.tsv", alike, random.Random(1)))
    assert {one.label for one in made} == {"supported", "contradicted"}
    assert all(" ," not in one.evidence and " ." not in one.evidence for one in made)
    assert any("and it took" in one.claim for one in made)
    assert any("and it took" in one.evidence for one in made)


def test_numbers_and_days_are_written_otherwise_and_say_the_same() -> None:
    said = {
        otherwise("On Aug. 15 it sold 1,200,000 cars, 25 percent more, to three towns.", random.Random(n))
        for n in range(60)
    }
    every = " ".join(said)
    for form in ("15 August", "August 15", "1.2 million", "a quarter more", "25% more", "3 towns"):
        assert form in every
    assert not any("about 1.2" in one for one in said)  # It is exactly that.


def test_the_threshold_is_the_lowest_from_which_on_enough_are_right() -> None:
    scores, right = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], [True, True, True, True, False, False]
    assert threshold(scores, right, 0.75) == 0.6
    assert threshold(scores, [False] * 6, 0.75) == 1.0
