"""Ask questions in several languages, and of articles in another language than the question's.

    python -m benchmarks.languages                        of the project's own articles (benchmarks/languages/)
    python -m benchmarks.languages DATA [--half report] [--language de] [--model NAME] [--no-across]

DATA holds XQuAD's files (`benchmarks.sets.read_xquad`): the same questions in six languages. Each language is an index
of its own, whose embedding model is chosen by the articles unless one is named. "shown right" is the share of
answerable questions whose first sentence shown answers; "refused" of them, and of those that no article answers. Recall
is of the passages found, before they are read.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
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
from benchmarks.sets import SEEDS, Half, QuestionSet, read_across, read_language, read_xquad, take
from index import sync
from index.embed.packaged import MULTILINGUAL_MODEL
from index.store.index import Index

LANGUAGES = ("en", "de", "es", "ru", "zh", "tr")
OWN = ("de", "fr", "es", "zh")
"""The languages of the project's own articles."""
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


def asked(
    one: QuestionSet, half: Half, home: Path, model: str | None, more: Sequence[Path] = ()
) -> tuple[Row, float, str]:
    """Index a set, and `more` articles, and ask its questions; returns its row, its recall, and the model used."""
    with Assistant(Settings(home=home, model=model)) as assistant:
        sync(assistant.index, [one.articles, *more])
        questions = take(half, one.questions)
        results = [
            measure(question, response_of(assistant.answer(question.text)))
            for question in track(questions, one.name, console=Console(stderr=True), transient=True)
        ]
        return row_of(results), recall(assistant.index, questions), assistant.index.embedding.name


def main(given: Sequence[str] | None = None) -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--half", choices=("report", "tune", "all"), default="report")
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="of these alone")
    parser.add_argument("--model", help="the embedding model for all of them")
    parser.add_argument("--no-across", action="store_true", help="leave out questions in another language")
    arguments = parser.parse_args(given)
    names = ("articles", "questions", "model", "answerable", "shown right %", "refused %", "sentence@1 %")
    table = Table(*names, "sentence@3 %", f"recall@{RECALL} %", "unanswerable", "refused %")
    with tempfile.TemporaryDirectory() as folder:
        for row in _xquad(arguments, Path(folder)) if arguments.data else _own(arguments.model, Path(folder)):
            table.add_row(*row)
            print(*row, sep="  ", flush=True)
    Console(width=140).print(table)


def _own(model: str | None, folder: Path) -> Iterator[Sequence[str]]:
    for language in OWN:
        found = asked(read_language(language), "all", folder / language, model)
        yield cells(language, language, *found)
    found = asked(read_across(), "all", folder / "across", model or MULTILINGUAL_MODEL, [SEEDS])
    yield cells("all of them", "another", *found)


def _xquad(arguments: argparse.Namespace, folder: Path) -> Iterator[Sequence[str]]:
    pairs = [(language, language) for language in arguments.language or LANGUAGES]
    pairs += [] if arguments.no_across else [pair for pair in ACROSS if {*pair} <= {*(arguments.language or LANGUAGES)}]
    for question, article in pairs:
        home = folder / f"{question}-{article}"
        home.mkdir()
        one = read_xquad(arguments.data, home / "articles", article, None if question == article else question)
        # An English index reads English alone: what is asked across languages needs the other model.
        across = MULTILINGUAL_MODEL if question != article else None
        yield cells(article, question, *asked(one, arguments.half, home / "home", arguments.model or across))


def cells(article: str, question: str, row: Row, found: float, model: str) -> Sequence[str]:
    """Return a row of the table."""
    shares = (row.shown, row.refused, row.first, row.in_three, found)
    last = str(row.unanswerable), f"{100 * row.rightly_refused:.1f}"
    return article, question, model, str(row.answerable), *(f"{100 * share:.1f}" for share in shares), *last


if __name__ == "__main__":
    main()
