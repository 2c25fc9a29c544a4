"""How well a file of questions is answered over an index: asked of the product, measured, compared, kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.evaluate.metrics import Found, Result, counts, holds_answer, measure, response_of, settles
from assistant.evaluate.questions import Question, read_questions
from assistant.evaluate.results import check_writable, comparison_as_dict, read_json, run_as_dict, run_of, write_json
from assistant.evaluate.significance import Comparison, Estimate, compare, estimate
from assistant.language.words import folded
from index.types import Article

if TYPE_CHECKING:
    from assistant.assistant import Assistant

Progress = Callable[[int, int, str], None]
"""Called before each question with: questions done, questions in all, the question."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run over a file of questions.

    `comparison` is with an earlier run, where one was given; `out_of_reach` are the answerable questions whose
    sentence or article is not in the index: they count as missed.
    """

    results: Sequence[Result]
    figures: Mapping[str, Estimate]
    comparison: Comparison | None
    out_of_reach: Sequence[Question]

    def as_dict(self) -> dict[str, Any]:
        """Turn the run into what JSON can hold."""
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
    """Ask every question of a file, and put the answers into figures.

    `save` is where the run is kept as JSON, `against` an earlier run to compare it with.

    Raises:
        BadQuestionsFile: the file cannot be read, or one of its lines is wrong.
        BadResultsFile: `against` is no saved run, or `save` cannot be written.
        NothingIndexed: there are no articles.
    """
    # Everything that can be wrong with the files is said before the minutes that the asking may take.
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
    """Ask the product every question; results come in the same order."""
    if questions:
        # The first question loads the model, and would count as the slowest.
        assistant.answer(questions[0].text)
    results = []
    for number, question in enumerate(questions):
        if progress:
            progress(number, len(questions), question.text)
        results.append(measure(question, response_of(assistant.answer(question.text))))
    return results


def out_of_reach(questions: Iterable[Question], articles: Callable[[], Iterable[Article]]) -> list[Question]:
    """Find the answerable questions that no article can settle: their sentence or article is not in the index."""
    waiting = [question for question in questions if question.answerable]
    for article in articles():
        text = folded(article.text)
        waiting = [q for q in waiting if not (counts(q, article) and (_names_only(q) or settles(q, text)))]
    # What is left may still be there in pieces; splitting every article into sentences is for the few that need it.
    for article in articles() if waiting else ():
        waiting = [q for q in waiting if not holds_answer(q, Found(article.text, article))]
    return waiting


def _names_only(question: Question) -> bool:
    return not (question.sentences or question.answers)


def worst(results: Iterable[Result], most: int) -> list[Result]:
    """Pick at most `most` results that went wrong, the worst first."""
    scored = [(_score(result), result.values["token F1"] or 0.0, result) for result in results]
    wrong = sorted((entry for entry in scored if entry[0] < 1), key=lambda entry: entry[:2])
    return [result for *_, result in wrong[:most]]


def _score(result: Result) -> float:
    """Grade one result from 0 (all wrong) to 1 (nothing to better)."""
    if not result.answerable:
        return float(bool(result.refused))
    values = [result.values[name] for name in ("passage MRR", "sentence@1", "sentence@3")]
    known = [value for value in values if value is not None]
    known += [0.0] if result.refused else []
    return sum(known) / len(known) if known else 1.0
