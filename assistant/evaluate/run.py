"""Evaluate a questions file over an index: ask, measure, compare and save."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.evaluate.metrics import FoundText, Result, counts, holds_answer, measure, response_of, settles
from assistant.evaluate.questions import Question, read_questions
from assistant.evaluate.results import check_writable, comparison_as_dict, read_json, run_as_dict, run_of, write_json
from assistant.evaluate.significance import Comparison, Estimate, compare, estimate
from assistant.language.words import folded
from index.types import Article

if TYPE_CHECKING:
    from assistant.assistant import Assistant

Progress = Callable[[int, int, str], None]
"""Called before each question with the number of questions done, their total, and the question."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run over a questions file.

    `comparison` is with an earlier run, if one was given; `out_of_reach` are the answerable questions whose sentence or
    article is not in the index: they count as missed.
    """

    results: Sequence[Result]
    figures: Mapping[str, Estimate]
    comparison: Comparison | None
    out_of_reach: Sequence[Question]

    def as_dict(self) -> dict[str, Any]:
        """Return the run as plain data."""
        kept = run_as_dict(self.results, self.figures)
        kept["out_of_reach"] = [question.key for question in self.out_of_reach]
        kept["comparison"] = comparison_as_dict(self.comparison) if self.comparison else None
        return kept


def evaluate(
    assistant: "Assistant",
    file: Path,
    *,
    save: Path | None = None,
    against: Path | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Ask every question of a file, and compute the figures.

    `save` is the file for the run as JSON, `against` an earlier run to compare with.

    Raises:
        BadQuestionsFile: the file cannot be read, or one of its lines is wrong.
        BadResultsFile: `against` is no saved run, or `save` cannot be written.
        NothingIndexed: there are no articles.
    """
    # The files are checked first, since asking may take minutes.
    questions = read_questions(file)
    before = run_of(read_json(against), str(against)) if against else None
    if save:
        check_writable(save)
    results = ask_all(assistant, questions, progress)
    evaluation = Evaluation(
        results,
        estimate(results),
        compare(before, results) if before is not None else None,
        out_of_reach(questions, assistant.index.catalog.articles),
    )
    if save:
        write_json(save, evaluation.as_dict())
    return evaluation


def ask_all(assistant: "Assistant", questions: Sequence[Question], progress: Progress | None = None) -> list[Result]:
    """Ask every question; return the results in the same order."""
    if questions:
        # The first question loads the model, and would distort the times.
        assistant.answer(questions[0].text)
    results = []
    for number, question in enumerate(questions):
        if progress:
            progress(number, len(questions), question.text)
        results.append(measure(question, response_of(assistant.answer(question.text))))
    return results


def out_of_reach(questions: Iterable[Question], articles: Callable[[], Iterable[Article]]) -> list[Question]:
    """Return the answerable questions whose sentence or article is not in the index."""
    waiting = [question for question in questions if question.answerable]
    for article in articles():
        text = folded(article.text)
        waiting = [q for q in waiting if not (counts(q, article) and (_names_only(q) or settles(q, text)))]
    # The rest may still be there in parts; splitting every article into sentences is only worth it for these.
    for article in articles() if waiting else ():
        waiting = [q for q in waiting if not holds_answer(q, FoundText(article.text, article))]
    return waiting


def _names_only(question: Question) -> bool:
    return not (question.sentences or question.answers)


def worst(results: Iterable[Result], most: int) -> list[Result]:
    """Return at most `most` results that went wrong, the worst first."""
    scored = [(_score(result), result.values["token F1"] or 0.0, result) for result in results]
    wrong = sorted((entry for entry in scored if entry[0] < 1), key=lambda entry: entry[:2])
    return [result for *_, result in wrong[:most]]


def _score(result: Result) -> float:
    """Return a result's grade from 0 (all wrong) to 1 (perfect)."""
    if not result.answerable:
        return float(bool(result.refused))
    values = [result.values[name] for name in ("passage MRR", "sentence@1", "sentence@3")]
    known = [value for value in values if value is not None]
    known += [0.0] if result.refused else []
    return sum(known) / len(known) if known else 1.0
