"""The floor of quality: the product, with its real model, over the project's own questions."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.evaluate.run import ask_all
from assistant.evaluate.significance import Estimate, estimate
from benchmarks import floor, quality
from benchmarks.sets import SEEDS, read_seeds

pytestmark = pytest.mark.slow

MEASURED = {figure.name: Estimate(0.5, None, None, 50) for figure in floor.HELD}


def with_one(name: str, value: float) -> dict[str, Estimate]:
    return {**MEASURED, name: Estimate(value, None, None, 50)}


@pytest.fixture(scope="module")
def figures(assistant: Assistant) -> Mapping[str, Estimate]:
    return estimate(ask_all(assistant, read_seeds().questions))


def test_the_product_is_as_good_as_it_must_be(figures: Mapping[str, Estimate]) -> None:
    held = floor.read()
    floor.check_data(held, SEEDS)
    verdicts = floor.judge(held, figures)
    assert len(verdicts) == len(floor.HELD)
    assert not [(v.figure.name, v.measured, v.accepted) for v in verdicts if not v.well]


def test_the_floor_is_raised_two_questions_below_what_is_reached() -> None:
    first = floor.renewed(None, MEASURED, SEEDS)
    assert (first.accepted["sentence@3"], first.accepted["over-refusal"]) == (0.46, 0.54)
    better = floor.renewed(first, with_one("sentence@3", 0.6) | {"over-refusal": Estimate(0.1, None, None, 50)}, SEEDS)
    assert (better.accepted["sentence@3"], better.accepted["over-refusal"]) == (0.56, 0.14)
    assert better.accepted["passage@1"] == 0.46
    assert (
        floor.renewed(better, with_one("sentence@3", 0.57) | {"over-refusal": Estimate(0.13, None, None, 50)}, SEEDS)
        == better
    )


def test_the_floor_is_not_lowered_unless_it_is_said() -> None:
    old = floor.renewed(None, MEASURED, SEEDS)
    with pytest.raises(floor.FloorProblem, match=r"not lowered for sentence@3 \(30.0 %, floor 46.0 %\); .*--lower"):
        floor.renewed(old, with_one("sentence@3", 0.3), SEEDS)
    with pytest.raises(floor.FloorProblem, match="not lowered for over-refusal"):
        floor.renewed(old, with_one("over-refusal", 0.9), SEEDS)
    assert floor.renewed(None, with_one("sentence@3", 0.3), SEEDS).accepted["sentence@3"] == 0.26


def test_a_figure_below_the_floor_is_shown_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    old = floor.renewed(None, MEASURED, SEEDS)
    verdicts = floor.judge(old, with_one("token F1", 0.2) | {"over-refusal": Estimate(0.6, None, None, 50)})
    assert [v.figure.name for v in verdicts if not v.well] == ["token F1", "over-refusal"]
    floor.show(verdicts)
    lines = capsys.readouterr().out.splitlines()
    assert any("token F1" in line and "at least 46.0 %" in line and "below the floor" in line for line in lines)
    assert any("passage@1" in line and line.rstrip().endswith("ok") for line in lines)


def test_other_data_than_the_floor_s_is_exit_code_2_with_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = json.loads(floor.FILE.read_text(encoding="utf-8"))
    stored["data"]["questions"] = "0" * 64
    (tmp_path / "floor.json").write_text(json.dumps(stored), encoding="utf-8")
    assert quality.main(["--floor", "--floor-file", str(tmp_path / "floor.json")]) == 2
    said = capsys.readouterr().err
    assert "the questions in" in said
    assert "python -m benchmarks.quality --write-floor" in said


def test_no_floor_is_exit_code_2_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert quality.main(["--floor", "--floor-file", str(tmp_path / "gone.json")]) == 2
    assert "gone.json is not a floor" in capsys.readouterr().err
