"""Check statements about the starter articles, true and false ones written by hand, and count what they are called.

    python -m benchmarks.statements                 benchmarks/statements.jsonl, the report half
    python -m benchmarks.statements --half all      all of them
    python -m benchmarks.statements --model         sentences that a small LLM wrote, judged by hand
    python -m benchmarks.statements --checker NAME  judged by a cross-encoder, as --checker of `assistant ask` names it
    python -m benchmarks.statements --save FILE     and keep what each was called

Each statement is checked as a sentence of an LLM's answer is (`assistant.check`), with nothing found beforehand. None
of them was used to train anything; the thresholds were fitted to the tune half. `supported` statements are rewordings,
mergings and inferences that a reader would grant; `contradicted` and `not_said` ones differ in a number, a name, a
role, a direction and so on, or go beyond what is said.

`benchmarks/model_sentences.jsonl` has what SmolLM2-135M wrote when it was asked the questions of seeds/: each sentence
once, with the question, whatever it says. `none` are those that say nothing an article could bear out. Nothing was
fitted to them, so they have no halves.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.check.checker import Checker, Verdict
from assistant.check.model import load_judge
from assistant.types import Status
from benchmarks.sets import Half, half_of_key, read_seeds
from index import Index, sync

FILE = Path(__file__).parent / "statements.jsonl"
MODEL_FILE = Path(__file__).parent / "model_sentences.jsonl"
LABELS = ("supported", "contradicted", "not_said", "none")
STATUSES: tuple[Status, ...] = get_args(Status)
_RECALLS = (5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, whether the articles bear it out, and in which way it is true or false."""

    id: str
    text: str
    label: str
    kind: str


def read_statements(file: Path = FILE, half: Half = "all") -> list[Statement]:
    """Read the statements of a file of JSON lines, or a half of them."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    found = [Statement(line["id"], line["statement"], line["label"], line["kind"]) for line in lines]
    return [one for one in found if half in ("all", half_of_key(one.id))]


def check(
    index: Index, statements: Sequence[Statement], named: str | None = None
) -> tuple[dict[str, Verdict], list[float]]:
    """Check statements; return what came of each, by id, and how many milliseconds each took.

    `named` is a cross-encoder to judge in place of the trained checker.
    """
    judge = load_judge(index.embedding, named)
    Checker(index, judge, ()).claim(statements[0].text)
    called: dict[str, Verdict] = {}
    took: list[float] = []
    for one in track(statements, description="statements", console=Console(stderr=True), transient=True):
        began = time.perf_counter()
        called[one.id] = Checker(index, judge, ()).check(one.text)
        took.append(1000 * (time.perf_counter() - began))
    return called, took


def table_of(statements: Sequence[Statement], called: Mapping[str, Verdict]) -> Table:
    """Count what statements are called, by label and kind."""
    table = Table("label", "kind", "n", *(f"{status} %" for status in STATUSES))
    for label in (one for one in LABELS if any(statement.label == one for statement in statements)):
        kinds = sorted({one.kind for one in statements if one.label == label})
        for kind in (*kinds, "all"):
            some = [one for one in statements if one.label == label and kind in (one.kind, "all")]
            counts = Counter(called[one.id].claim.status for one in some)
            shares = [f"{100 * counts[status] / len(some):.0f}" for status in STATUSES]
            table.add_row(label, kind, str(len(some)), *shares, style="bold" if kind == "all" else None)
        table.add_section()
    return table


def curve_of(statements: Sequence[Statement], scores: Mapping[str, float]) -> Table:
    """Tell how many of those that score best are true, by how many of the true ones they hold."""
    table = Table("of the true ones %", *map(str, _RECALLS))
    best = sorted(statements, key=lambda one: -scores[one.id])
    true = [one.label == "supported" for one in best]
    shares = []
    for recall in _RECALLS:
        wanted = max(1, round(sum(true) * recall / 100))
        taken = next(n for n in range(1, len(true) + 1) if sum(true[:n]) >= wanted)
        shares.append(f"{100 * wanted / taken:.0f}")
    table.add_row("right of those called so %", *shares)
    return table


def main(given: Sequence[str] | None = None) -> None:
    """Check all statements and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("tune", "report", "all"), default="report", help="which statements")
    parser.add_argument("--model", action="store_true", help="sentences that a model wrote, all of them")
    parser.add_argument("--checker", help="a cross-encoder that judges: a folder or a hub name")
    parser.add_argument("--save", type=Path, help="keep what each statement was called in this file")
    arguments = parser.parse_args(given)
    statements = read_statements(MODEL_FILE) if arguments.model else read_statements(half=arguments.half)
    with tempfile.TemporaryDirectory() as home:
        index = Index(Path(home))
        sync(index, [read_seeds().articles])
        called, took = check(index, statements, arguments.checker)
    console = Console()
    console.print(table_of(statements, called))
    console.print(curve_of(statements, {key: found.score for key, found in called.items()}))
    for status, label in (("supported", "supported"), ("contradicted", "contradicted")):
        some = [one for one in statements if called[one.id].claim.status == status]
        right = sum(one.label == label for one in some)
        share = f"{100 * right / len(some):.0f} %" if some else "–"
        console.print(f"called {status}: {len(some)}, of these right: {share}")
    console.print(f"milliseconds a statement: median {sorted(took)[len(took) // 2]:.0f}")
    if arguments.save:
        kept = {key: found.claim.status for key, found in called.items()}
        arguments.save.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
