"""The claims that the benchmark makes: what is altered is false, what is reworded is true, and both are counted."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import quality
from benchmarks.alterations import (
    Material,
    half_true,
    name_from_elsewhere,
    name_from_passage,
    names_swapped,
    negation_added,
    negation_removed,
    number_altered,
    number_from_passage,
    numbers_swapped,
    opposite,
)
from benchmarks.claims import make
from benchmarks.rewordings import cut, joined, reworded
from benchmarks.sets import half_of, read_set

PASSAGE = (
    "In 1931, Rosa Mendes opened the bridge of Varna with 412 guests. The ferry of Burgas was sold in 1935 for 700 "
    "crowns. It did not sail again."
)
SENTENCE = "In 1931, Rosa Mendes opened the bridge of Varna with 412 guests."


@pytest.fixture
def material() -> Material:
    return Material("seed", PASSAGE, ["Lisbon", "Varna"], ["The sun is a star of middling size and age."])


def test_an_altered_number_is_nowhere_in_the_passage(material: Material) -> None:
    for _ in range(20):
        said = number_altered(SENTENCE, material)
        assert said is not None
        changed = set(said.replace(",", "").replace(".", "").split()) - set(PASSAGE.replace(",", "").split())
        assert len([word for word in changed if word.isdigit()]) == 1


def test_numbers_and_names_come_from_where_their_rule_says(material: Material) -> None:
    assert number_from_passage(SENTENCE, material) in (SENTENCE.replace("1931", "1935"), SENTENCE.replace("412", "700"))
    assert numbers_swapped(SENTENCE, material) == SENTENCE.replace("412", "x").replace("1931", "412").replace(
        "x", "1931"
    )
    assert "Burgas" in (name_from_passage(SENTENCE, material) or "")
    assert "Lisbon" in (name_from_elsewhere(SENTENCE, material) or "")


def test_names_change_places_only_around_what_is_not_the_same_both_ways(material: Material) -> None:
    assert names_swapped(SENTENCE, material) == "In 1931, Varna opened the bridge of Rosa Mendes with 412 guests."
    assert names_swapped("Later Rosa Mendes married Igor Petrov.", material) is None
    assert names_swapped("It links Varna and Burgas.", material) is None


def test_a_negation_is_put_in_and_taken_out_of_the_main_clause(material: Material) -> None:
    assert negation_added("The ferry was sold in 1935.", material) == "The ferry was not sold in 1935."
    assert negation_added("The ferry that was old sank.", material) is None
    assert negation_added("The ferry was never sold.", material) is None
    assert negation_removed("It did not sail again.", material) == "It did sail again."
    assert negation_removed("It was not only old.", material) is None


def test_an_opposite_and_a_foreign_clause_make_a_sentence_false(material: Material) -> None:
    assert opposite("Prices rose in spring.", material) == "Prices fell in spring."
    said = half_true(SENTENCE, material)
    assert said == SENTENCE[:-1] + ", and the sun is a star of middling size and age."


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("On March 3, 1931 the ferry (an old one) was quickly sold.", "On 3 March 1931 the ferry was sold."),
        ("The town has 4 schools.", "The town has four schools."),
        ("The town has three schools.", "The town has 3 schools."),
        ("It cost 5 per cent more.", "It cost 5% more."),
        ("In May 1931, the ferry was sold.", "The ferry was sold in May 1931."),
        ("The ferry sank.", None),
    ],
)
def test_a_reworded_sentence_says_the_same(sentence: str, said: str | None) -> None:
    assert reworded(sentence) == said


def test_a_sentence_is_cut_at_a_clause_and_joined_to_the_next() -> None:
    assert cut("The ferry was sold in 1935, and it sank later.") == "The ferry was sold in 1935."
    assert cut("When it was old, and it was very old, it sank.") is None
    said = joined("The ferry was sold.", "It did not sail again after the war ended.")
    assert said == "The ferry was sold, and it did not sail again after the war ended."


def clapnq(number: int, sentences: list[str], answer: str) -> dict[str, Any]:
    passage = {"title": f"Article {number}", "text": " ".join(sentences), "sentences": sentences}
    output = [{"answer": answer, "selected_sentences": sentences[:1]}]
    asked = f"what happened in {number}"
    return {"id": str(number), "input": asked, "passages": [passage], "output": output, "answerable": True}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    items = [
        clapnq(
            1,
            ["The bridge of Varna was opened by Rosa Mendes in 1931.", "It has 4 arches."],
            "Mendes opened it in 1931.",
        ),
        clapnq(
            2, ["The ferry of Burgas was sold to Igor Petrov for 700 crowns.", "It sank."], "Petrov bought the ferry."
        ),
    ]
    (made / "clapnq_dev_a.jsonl").write_text("\n".join(map(json.dumps, items)), encoding="utf-8")
    return made


def test_claims_are_the_same_in_every_run_and_split_with_their_questions(data: Path, tmp_path: Path) -> None:
    one = read_set("clapnq", data, tmp_path / "articles")
    texts = {file.name: file.read_text(encoding="utf-8") for file in (tmp_path / "articles").iterdir()}
    made = make([one], texts)
    assert made == make([one], texts)
    true = [claim.text for claim in made if claim.true and claim.base == "verbatim" and claim.how == "verbatim"]
    assert true == [question.sentences[0] for question in one.questions]
    away = [claim for claim in made if claim.how == "another passage"]
    assert [claim.text for claim in away] == true[::-1]
    assert not any(claim.text in true for claim in made if not claim.true and claim.how != "another passage")
    assert {half_of(claim.question) for claim in made} <= {"tune", "report"}


def test_the_benchmark_prints_a_row_for_each_way_of_making_claims_and_saves_them(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "claims.json"
    assert quality.main([str(data), "--verify", "--half", "all", "--save", str(saved)]) == 0
    out = capsys.readouterr().out
    assert "true: verbatim" in out
    assert "false: another passage" in out
    rows = {(row["true"], row["name"]): row for row in json.loads(saved.read_text(encoding="utf-8"))["claims"]}
    assert rows[True, "verbatim"]["counts"] == {
        "supported": 2,
        "to be compared": 0,
        "contradicted": 0,
        "unsupported": 0,
    }
    assert rows[False, "another passage"]["counts"]["supported"] == 0
    assert rows[False, "number altered"]["accuracy"] == 1.0
    assert rows[True, "all"]["n"] == sum(
        row["n"] for (true, name), row in rows.items() if true and not name.startswith("all")
    )


def test_claims_without_a_folder_of_sets_are_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        quality.main(["--verify"])
    assert ended.value.code == 2
    assert "--verify needs a folder" in capsys.readouterr().err
