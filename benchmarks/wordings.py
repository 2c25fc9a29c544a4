"""Ask the starter questions as people put them: with greetings, roles, wishes, typing errors around and in them.

    python -m benchmarks.wordings

For each way of putting a question: how many of the answerable ones are refused, how often a sentence that settles it is
shown first or among the first three, and how many of the unanswerable ones are refused.
"""

import argparse
import random
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.assistant import Assistant
from assistant.evaluate.metrics import measure, response_of
from assistant.settings import Settings
from benchmarks.sets import read_seeds
from index import sync

_SEED = 3


def mistyped(question: str, times: int, chance: random.Random) -> str:
    """Mistype a question: two letters exchanged, one left out, doubled or wrong."""
    for _ in range(times):
        start, end = chance.choice([*re.finditer(r"[A-Za-z]{4,}", question)]).span()
        at = chance.randrange(start + 1, end - 1)
        before, letter, behind = question[:at], question[at], question[at + 1 :]
        ways = (behind[0] + letter + behind[1:], behind, letter + letter + behind, chance.choice("aeinrst") + behind)
        question = before + chance.choice(ways)
    return question


def lower(question: str) -> str:
    """Begin a question with a small letter."""
    return question[:1].lower() + question[1:]


WAYS: dict[str, Callable[[str], str]] = {
    "as it is": lambda q: q,
    "Hello! …": lambda q: f"Hello! {q}",
    "… Thanks!": lambda q: f"{q} Thanks!",
    "… Answer briefly.": lambda q: f"{q} Answer briefly.",
    "I am a student … essay. …": lambda q: f"I am a student writing an essay. {q}",
    "You are a helpful … Question: …": lambda q: (
        f"You are a helpful research assistant. Use only the documents and cite your sources.\n\nQuestion: {q}\nAnswer:"
    ),
    "politely and at length": lambda q: (
        "Good afternoon, I hope you are well. I was wondering whether you could possibly help me with something I read"
        f" about last week: {lower(q)} I would be very grateful for any help you can give."
    ),
    "Dear assistant, … Kind regards": lambda q: f"Dear assistant, {lower(q)} Kind regards",
    "I would like to know: …": lambda q: f"I would like to know: {lower(q)}",
    "Quick question - …": lambda q: f"Quick question - {lower(q)}",
    "… in German, … with sources": lambda q: f"{q} Please answer in German, in one sentence, with sources.",
    "My boss wants … … bullet points": lambda q: (
        f"My boss wants a summary by tomorrow and I have no idea. {q} Give me bullet points."
    ),
    "in capitals": str.upper,
    "small, no question mark": lambda q: q.lower().rstrip("?"),
}


def main() -> None:
    """Ask all questions in all ways and print the table."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    chance = random.Random(_SEED)
    ways = WAYS | {
        "one typing error": lambda q: mistyped(q, 1, chance),
        "two typing errors": lambda q: mistyped(q, 2, chance),
    }
    seeds = read_seeds()
    table = Table("put as", "refused", "sentence@1", "sentence@3", "unanswerable refused")
    with tempfile.TemporaryDirectory() as home:
        assistant = Assistant(Settings(home=Path(home)))
        sync(assistant.index, [seeds.articles])
        for name, put in track(ways.items(), description="ways"):
            results = [(q, measure(q, response_of(assistant.answer(put(q.text))))) for q in seeds.questions]
            yes, no = ([one for q, one in results if q.answerable is answerable] for answerable in (True, False))
            shown = [sum(one.values.get(f"sentence@{n}") or 0 for one in yes) for n in (1, 3)]
            cells = [sum(bool(one.refused) for one in yes), *map(int, shown), sum(bool(one.refused) for one in no)]
            totals = [len(yes)] * 3 + [len(no)]
            table.add_row(name, *(f"{cell} of {total}" for cell, total in zip(cells, totals, strict=True)))
    Console().print(table)


if __name__ == "__main__":
    main()
