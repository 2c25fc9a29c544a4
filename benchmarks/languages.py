"""Ask the same questions in six languages, and of articles in another language than the question's.

    python -m benchmarks.languages DATA [--half report] [--language de] [--model NAME] [--no-across]

DATA holds XQuAD's files (`benchmarks.sets.read_xquad`). Each language is an index of its own, whose embedding model is
chosen by the articles unless one is named. "shown right" is the share of answerable questions whose first sentence
shown answers; "refused" of them, and of those that no article answers. Across languages, recall is of the passages
found, before they are read.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.assistant import Assistant
from assistant.evaluate.metrics import FoundText, Result, answers, measure, response_of
from assistant.evaluate.questions import Question
from assistant.retrieve.search import search
from assistant.settings import Settings
from benchmarks.sets import Half, QuestionSet, read_xquad, take
from index import sync
from index.store.index import Index

LANGUAGES = ("en", "de", "es", "ru", "zh", "tr")
ACROSS = (("en", "de"), ("en", "es"), ("en", "zh"), ("de", "en"), ("es", "en"), ("zh", "en"))
RECALL = 5
"""Of how many passages recall across languages is."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one language's questions: shares of those that are answerable, and of those that are not."""

    answerable: int
    shown: float
    refused: float
    first: float
    in_three: float
    unanswerable: int
    rightly_refused: float


def row_of(results: Sequence[Result]) -> Row:
    """Count the results of one language."""
    yes = [one for one in results if one.answerable]
    no = [one for one in results if not one.answerable]

    def mean(values: Sequence[object]) -> float:
        return float(np.mean([bool(one) for one in values])) if values else float("nan")

    firsts = [one.values.get("sentence@1", 0.0) for one in yes]
    return Row(
        len(yes),
        mean([first and not one.refused for first, one in zip(firsts, yes, strict=True)]),
        mean([one.refused for one in yes]),
        mean(firsts),
        mean([one.values.get("sentence@3", 0.0) for one in yes]),
        len(no),
        mean([one.refused for one in no]),
    )


def recall(index: Index, questions: Sequence[Question]) -> float:
    """Return the share of answerable questions that one of the first `RECALL` passages answers."""
    found = []
    for question in questions:
        if question.answerable:
            hits = search(index, question.text, limit=RECALL)
            found.append(any(answers(question, FoundText(hit.text, hit.article)) for hit in hits))
    return float(np.mean(found))


def asked(one: QuestionSet, half: Half, home: Path, model: str | None) -> tuple[Row, float, str]:
    """Index a set and ask its questions; returns its row, its recall, and the model that was used."""
    with Assistant(Settings(home=home, model=model)) as assistant:
        sync(assistant.index, [one.articles])
        questions = take(half, one.questions)
        results = [
            measure(question, response_of(assistant.answer(question.text)))
            for question in track(questions, one.name, console=Console(stderr=True), transient=True)
        ]
        return row_of(results), recall(assistant.index, questions), assistant.index.embedding.name


def main(given: Sequence[str] | None = None) -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--half", choices=("report", "tune", "all"), default="report")
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="of these alone")
    parser.add_argument("--model", help="the embedding model for all of them")
    parser.add_argument("--no-across", action="store_true", help="leave out questions in another language")
    arguments = parser.parse_args(given)
    console = Console(width=140)
    names = ("articles", "questions", "model", "answerable", "shown right %", "refused %", "sentence@1 %")
    table = Table(*names, "sentence@3 %", f"recall@{RECALL} %", "unanswerable", "refused %", title=arguments.half)
    pairs = [(language, language) for language in arguments.language or LANGUAGES]
    pairs += [] if arguments.no_across else [pair for pair in ACROSS if {*pair} <= {*(arguments.language or LANGUAGES)}]
    with tempfile.TemporaryDirectory() as folder:
        for question, article in pairs:
            home = Path(folder) / f"{question}-{article}"
            one = read_xquad(arguments.data, home / "articles", article, None if question == article else question)
            # An English index reads English alone: what is asked across languages needs the other model.
            across = "multilingual-e5-small" if question != article else None
            row, found, model = asked(one, arguments.half, home / "home", arguments.model or across)
            shares = (row.shown, row.refused, row.first, row.in_three, found)
            cells = [f"{100 * share:.1f}" for share in shares]
            last = str(row.unanswerable), f"{100 * row.rightly_refused:.1f}"
            table.add_row(article, question, model, str(row.answerable), *cells, *last)
    console.print(table)


if __name__ == "__main__":
    main()
