"""Ask questions whose answers are known, and count.

    python -m benchmarks.quality [--articles FOLDER] [--questions FILE] [--worst N]

The articles are indexed through the product into a folder of its own, then every question is asked of the product.
A line of the questions file is a JSON object: `question`, `answerable`, and for answerable ones `sentence` (the one
that settles it, as it stands in the article) and, where others settle it as well, `also`.
"""

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.answer import Assistant
from assistant.settings import Settings
from assistant.values import Answer
from index import Index, sync

_ROOT = Path(__file__).parent.parent
_RESULTS = _ROOT / "benchmarks" / "results" / "quality.json"


@dataclass(frozen=True)
class Asked:
    """A question, the sentences that settle it (none: unanswerable), and the answer it got."""

    question: str
    gold: frozenset[str]
    answer: Answer

    @property
    def shown(self) -> list[str]:
        """The claims shown, in order; one may be several sentences."""
        return [_folded(claim.text) for claim in self.answer.claims]

    def settled(self, claims: Iterable[str]) -> bool:
        """Tell whether one of these claims holds a gold sentence."""
        return any(gold in claim for claim in claims for gold in self.gold)

    def rank(self) -> int | None:
        """Tell the rank, from 1, of the first hit whose passage holds a gold sentence."""
        texts = (_folded(hit.text) for hit in self.answer.hits)
        return next((n for n, text in enumerate(texts, 1) if any(gold in text for gold in self.gold)), None)


def ask_all(articles: Path, questions: Path) -> list[Asked]:
    """Index `articles` afresh and ask every question of the file."""
    lines = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    with tempfile.TemporaryDirectory() as home:
        sync(Index(Path(home)), [articles])
        assistant = Assistant(Settings(home=Path(home)))
        assistant.answer("warm up")
        return [
            Asked(line["question"], _gold(line), assistant.answer(line["question"]))
            for line in track(lines, description="Asking", transient=True)
        ]


def figures(asked: Iterable[Asked]) -> dict[str, float]:
    """Count: shares in percent, times in milliseconds."""
    all_ = list(asked)
    answerable = [a for a in all_ if a.gold]
    unanswerable = [a for a in all_ if not a.gold]
    ranks = [a.rank() for a in answerable]
    times = [sum(a.answer.timings.values()) for a in all_]
    return {
        "answerable questions": len(answerable),
        "gold passage first %": _share(rank == 1 for rank in ranks),
        "gold passage in first four %": _share(rank is not None and rank <= 4 for rank in ranks),
        "gold sentence first %": _share(a.settled(a.shown[:1]) for a in answerable),
        "gold sentence shown %": _share(a.settled(a.shown) for a in answerable),
        "answerable refused %": _share(a.answer.refused for a in answerable),
        "unanswerable questions": len(unanswerable),
        "unanswerable refused %": _share(a.answer.refused for a in unanswerable),
        "claims shown, mean": statistics.mean([len(a.shown) for a in all_ if a.shown] or [0]),
        "milliseconds a question, median": statistics.median(times),
    }


def _gold(line: dict[str, Any]) -> frozenset[str]:
    settles = [line["sentence"], *line.get("also", ())] if line["answerable"] else []
    return frozenset(_folded(text) for text in settles)


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return 100 * sum(counted) / len(counted) if counted else 0.0


def _folded(text: str) -> str:
    return " ".join(text.split())


def _print_worst(console: Console, asked: Iterable[Asked], most: int) -> None:
    wrong = [a for a in asked if (not a.gold and not a.answer.refused) or (a.gold and not a.settled(a.shown))]
    for a in wrong[:most]:
        console.print(f"\nQ: {a.question}", markup=False)
        console.print(f"   shown: {a.answer.text}", markup=False)
        console.print(f"   gold:  {' / '.join(a.gold) or 'a refusal'}", markup=False)


def main() -> None:
    """Print the table, and write it as JSON beside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, default=_ROOT / "seeds")
    parser.add_argument("--questions", type=Path, default=_ROOT / "seeds" / "questions.jsonl")
    parser.add_argument("--worst", type=int, default=0, help="print this many wrong answers")
    arguments = parser.parse_args()
    asked = ask_all(arguments.articles, arguments.questions)
    found = figures(asked)
    table = Table("what", "figure", title=str(arguments.questions))
    for name, value in found.items():
        table.add_row(name, f"{value:.1f}" if isinstance(value, float) else str(value))
    console = Console()
    console.print(table)
    _print_worst(console, asked, arguments.worst)
    _RESULTS.parent.mkdir(exist_ok=True)
    _RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
