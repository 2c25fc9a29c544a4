"""The quality floor: the least that the product must reach on the project's own questions.

`floor.json` holds those figures, and the hashes of the questions and articles they belong to. They may be raised by a
command, and lowered only by one that says so.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.cli.output_evaluation import as_text
from assistant.evaluate.metrics import FIGURES, Figure
from assistant.evaluate.significance import Estimate
from benchmarks.sets import sha256

FILE = Path(__file__).with_name("floor.json")
_ABOUT = "The least accepted on seeds/; made by python -m benchmarks.quality --write-floor, not by hand."
# So many questions may go wrong before it is an error: another processor rounds otherwise and may swap two passages.
_SLACK = 2
HELD = tuple(figure for figure in FIGURES if figure.better != "neither" and figure.unit != "ms")
"""The figures that have a floor: all but those that depend on the machine, or have no better side."""


class FloorProblem(Exception):
    """The floor cannot be used, or must not be written; the message says why, and the way out."""


@dataclass(frozen=True, slots=True)
class Floor:
    """For each figure the worst value that is accepted, and the hashes of the data it was measured on."""

    data: Mapping[str, str]
    accepted: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One figure: what is accepted, what was measured."""

    figure: Figure
    accepted: float
    measured: float | None

    @property
    def well(self) -> bool:
        """Say whether the figure is where it must be."""
        return self.measured is not None and not worse(self.figure, self.measured, self.accepted)


def hashes(seeds: Path) -> dict[str, str]:
    """Hash the questions and the articles of the starter collection."""
    articles = sorted(file for file in seeds.glob("*.md") if file.stem.lower() != "readme")
    return {"questions": sha256(seeds / "questions.jsonl"), "articles": sha256(*articles)}


def read(file: Path = FILE) -> Floor:
    """Read a floor.

    Raises:
        FloorProblem: there is none, or it is not one.
    """
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        return Floor(dict(stored["data"]), {name: float(value) for name, value in stored["accepted"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FloorProblem(
            f"{file} is not a floor; make one with `python -m benchmarks.quality --write-floor`"
        ) from error


def check_data(floor: Floor, seeds: Path) -> None:
    """Make sure that a floor was measured on the data at hand.

    Raises:
        FloorProblem: it was measured on other questions or articles.
    """
    found = hashes(seeds)
    if changed := [name for name in found if floor.data.get(name) != found[name]]:
        raise FloorProblem(
            f"the {' and '.join(changed)} in {seeds} are not those the floor was measured on; look at the figures, "
            "then write it anew with `python -m benchmarks.quality --write-floor` (and --lower, if they got harder)"
        )


def judge(floor: Floor, figures: Mapping[str, Estimate]) -> list[Verdict]:
    """Hold figures against a floor."""
    held = (figure for figure in HELD if figure.name in floor.accepted)
    return [Verdict(figure, floor.accepted[figure.name], figures[figure.name].value) for figure in held]


def renewed(old: Floor | None, figures: Mapping[str, Estimate], seeds: Path) -> Floor:
    """Make the floor for what was measured: two questions below it, and nowhere below the old one.

    Raises:
        FloorProblem: a figure is below the old floor.
    """
    if old and (below := [verdict for verdict in judge(old, figures) if not verdict.well]):
        names = ", ".join(f"{v.figure.name} ({_value(v)}, floor {as_text(v.figure, v.accepted)})" for v in below)
        raise FloorProblem(f"the floor is not lowered for {names}; mend that, or say --lower")
    accepted = {}
    for figure in HELD:
        new = _with_slack(figure, figures[figure.name])
        if new is None:
            continue
        before = old.accepted.get(figure.name, new) if old else new
        accepted[figure.name] = before if worse(figure, new, before) else new
    return Floor(hashes(seeds), accepted)


def write(floor: Floor, file: Path = FILE) -> None:
    """Write a floor."""
    stored = {"about": _ABOUT, "data": dict(floor.data), "accepted": dict(floor.accepted)}
    file.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


def show(verdicts: list[Verdict]) -> None:
    """Print what was accepted and what was measured."""
    table = Table(
        box=None, header_style="bold", pad_edge=False, title="Quality floor over seeds/", title_justify="left"
    )
    for name in ("figure", "accepted", "measured", ""):
        table.add_column(name, justify="left" if name in ("figure", "") else "right", no_wrap=True)
    for verdict in verdicts:
        bound = "at most" if verdict.figure.better == "lower" else "at least"
        mark = Text("ok", "green") if verdict.well else Text("below the floor", "bold red")
        table.add_row(
            verdict.figure.name, f"{bound} {as_text(verdict.figure, verdict.accepted)}", _value(verdict), mark
        )
    Console(highlight=False).print(table)


def worse(figure: Figure, value: float, than: float) -> bool:
    """Say whether a value of a figure is worse than another."""
    return value > than + 1e-9 if figure.better == "lower" else value < than - 1e-9


def _with_slack(figure: Figure, found: Estimate) -> float | None:
    """Take two questions off a figure, rounded so that it never gets stricter."""
    if found.value is None:
        return None
    slack = _SLACK / found.questions
    if figure.better == "lower":
        return math.ceil(round(10_000 * min(1.0, found.value + slack), 6)) / 10_000
    return math.floor(round(10_000 * max(0.0, found.value - slack), 6)) / 10_000


def _value(verdict: Verdict) -> str:
    return as_text(verdict.figure, verdict.measured)
