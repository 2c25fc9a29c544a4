"""Ask what people ask besides single questions, and count the answers that contain what they must.

    python -m benchmarks.requests                   benchmarks/requests.jsonl and benchmarks/conversations.jsonl
    python -m benchmarks.requests --show            and print those that do not, with their answers

Both were written by hand from the starter articles by somebody who had not seen the code. `requests.jsonl`: questions
about the collection, summaries, lists, comparisons, dates, and several questions in one. `conversations.jsonl`: turns
that lean on those before them, change the topic, or have no answer. An answer is right when it has one of each list of
alternatives in `must`, and none of `must_not`; a turn that has none is right when it is refused.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.assistant import Assistant
from assistant.render.text import source
from assistant.settings import Settings
from assistant.types import Answer, Turn
from benchmarks.sets import read_seeds
from index import Index, sync

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Tried:
    """A question and what came of it: its kind, whether the answer is right, and the answer."""

    id: str
    kind: str
    question: str
    right: bool
    answer: Answer


def is_right(answer: Answer, must: Sequence[Sequence[str]], must_not: Sequence[str], *, refuse: bool) -> bool:
    """Say whether an answer has what it must; the titles of what it cites count, for they stand beside it."""
    if refuse:
        return answer.refused
    said = " ".join([answer.text, *(source(one.article) for one in answer.citations)]).lower()
    has = all(any(one.lower() in said for one in alternatives) for alternatives in must)
    return has and not any(one.lower() in answer.text.lower() for one in must_not)


def requests(assistant: Assistant) -> Iterator[Tried]:
    """Ask the questions that stand alone."""
    for item in _lines("requests.jsonl"):
        answer = assistant.answer(item["question"])
        right = is_right(answer, item["must"], item["must_not"], refuse=False)
        yield Tried(item["id"], item["kind"], item["question"], right, answer)


def conversations(assistant: Assistant) -> Iterator[Tried]:
    """Ask the turns of conversations, each with the answers that those before it had."""
    for item in _lines("conversations.jsonl"):
        history: list[Turn] = []
        for number, turn in enumerate(item["turns"]):
            answer = assistant.answer(turn["question"], history)
            right = is_right(answer, turn["must"], (), refuse=turn["refuse"])
            kind = "refused" if turn["refuse"] else "topic changes" if turn.get("change") else "leans on what was said"
            yield Tried(f"{item['id']}.{number + 1}", kind if number else "first turn", turn["question"], right, answer)
            history.append(Turn(turn["question"], answer.text))


def table_of(tried: Sequence[Tried]) -> Table:
    """Count by kind."""
    table = Table("kind", "n", "right", "%")
    for kind in (*dict.fromkeys(one.kind for one in tried), "all"):
        some = [one for one in tried if kind in (one.kind, "all")]
        right = sum(one.right for one in some)
        table.add_row(kind, str(len(some)), str(right), f"{100 * right / len(some):.0f}")
    return table


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def main(given: Sequence[str] | None = None) -> None:
    """Ask all and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print the answers that are not right")
    arguments = parser.parse_args(given)
    console = Console()
    with tempfile.TemporaryDirectory() as home:
        sync(Index(Path(home)), [read_seeds().articles])
        assistant = Assistant(Settings(home=Path(home)))
        for ask in (requests, conversations):
            tried = list(track(ask(assistant), ask.__name__, console=Console(stderr=True), transient=True))
            if arguments.show:
                for one in tried:
                    if not one.right:
                        console.print(f"{one.id} {one.question}\n    {one.answer.text}", markup=False, highlight=False)
            console.print(table_of(tried))


if __name__ == "__main__":
    main()
