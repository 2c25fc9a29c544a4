"""Check statements about the starter articles, true and false ones written by hand, and count what they are called.

    python -m benchmarks.statements                 benchmarks/statements.jsonl
    python -m benchmarks.statements --save FILE     and keep what each was called

Each statement is checked as a sentence of an LLM's answer is (`assistant.check`), with nothing found beforehand. None
of them was used to train or tune anything. `supported` statements are rewordings, mergings and inferences that a reader
would grant; `contradicted` and `not_said` ones differ in a number, a name, a role, a direction and so on, or go beyond
what is said.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.check.checker import Checker
from benchmarks.sets import read_seeds
from index import Index, sync

FILE = Path(__file__).parent / "statements.jsonl"
STATUSES = ("supported", "partly supported", "unsupported")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, whether the articles bear it out, and in which way it is true or false."""

    id: str
    text: str
    label: str
    kind: str


def read_statements(file: Path = FILE) -> list[Statement]:
    """Read the statements of a file of JSON lines."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Statement(line["id"], line["statement"], line["label"], line["kind"]) for line in lines]


def check(index: Index, statements: Sequence[Statement]) -> tuple[dict[str, str], list[float]]:
    """Tell what each statement is called, by id, and how many milliseconds each took."""
    called: dict[str, str] = {}
    took: list[float] = []
    for one in track(statements, description="statements"):
        began = time.perf_counter()
        called[one.id] = Checker(index, ()).claim(one.text).status
        took.append(1000 * (time.perf_counter() - began))
    return called, took


def table_of(statements: Sequence[Statement], called: Mapping[str, str]) -> Table:
    """Count what statements are called, by label and kind."""
    table = Table("label", "kind", "n", *(f"{status} %" for status in STATUSES))
    for label in ("supported", "contradicted", "not_said"):
        kinds = sorted({one.kind for one in statements if one.label == label})
        for kind in (*kinds, "all"):
            some = [one for one in statements if one.label == label and kind in (one.kind, "all")]
            counts = Counter(called[one.id] for one in some)
            shares = [f"{100 * counts[status] / len(some):.0f}" for status in STATUSES]
            table.add_row(label, kind, str(len(some)), *shares, style="bold" if kind == "all" else None)
        table.add_section()
    return table


def main(given: Sequence[str] | None = None) -> None:
    """Check all statements and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--save", type=Path, help="keep what each statement was called in this file")
    arguments = parser.parse_args(given)
    statements = read_statements()
    with tempfile.TemporaryDirectory() as home:
        index = Index(Path(home))
        sync(index, [read_seeds().articles])
        called, took = check(index, statements)
    console = Console()
    console.print(table_of(statements, called))
    true = [one for one in statements if called[one.id] == "supported"]
    right = sum(one.label == "supported" for one in true)
    share = f"{100 * right / len(true):.0f} %" if true else "–"
    console.print(f"called supported: {len(true)}, of these true: {share}")
    console.print(f"milliseconds a statement: median {sorted(took)[len(took) // 2]:.0f}")
    if arguments.save:
        arguments.save.write_text(json.dumps(called, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
