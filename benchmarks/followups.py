"""Ask the follow-up questions of conversations, as they are and made to stand alone, and count what is found.

    python -m benchmarks.followups DATA_FOLDER                 the report half of MTRAG-UN (benchmarks/sets.py)
    python -m benchmarks.followups DATA_FOLDER --half tune     the half that rules may be written from
    python -m benchmarks.followups DATA_FOLDER --save FILE     keep the run, with every question as it was searched

All documents of the set are in one index, each an article. recall@5 is the share of a task's documents among the first
five articles found, hit@1 whether the first is one of them, over the answerable and partly answerable tasks that have
earlier turns. Refusals are counted with the whole product. docs/evaluate.md says what the figures mean.

The file has no rewritten questions, so what a person's rewriting would find cannot be given.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.assistant import Assistant
from assistant.cli.output_evaluation import as_text, interval
from assistant.errors import AssistantError
from assistant.evaluate.metrics import Figure, Result
from assistant.evaluate.results import check_writable, run_as_dict, write_json
from assistant.evaluate.significance import Comparison, Estimate, compare, estimate
from assistant.llama_index import HybridRetriever
from assistant.question.condense import condense, is_followup
from assistant.retrieve.query import read_query
from assistant.settings import Settings
from benchmarks.quality import revision
from benchmarks.sets import READERS, Task, read_set, read_tasks, sets_in, sha256, take
from index import sync
from index.embed.packaged import DEFAULT_MODEL
from index.errors import IndexingError
from index.types import Hit

FOUND = (Figure("recall@5", "share"), Figure("hit@1", "share"))
"""What is counted of what was found."""

REFUSED = (
    Figure("refusal precision", "share"),
    Figure("refusal recall", "share"),
    Figure("over-refusal", "share", "lower"),
    Figure("refused PARTIAL", "share", "neither"),
    Figure("refused UNDERSPECIFIED", "share", "neither"),
)
"""What is counted of refusals; the first three over ANSWERABLE and UNANSWERABLE tasks."""

BARE, OURS, JOINED = "bare last turn", "standalone question", "all questions joined"
_FIRST = 5
# Several passages of one article may come first; among so many there are five articles, or all that were found.
_PASSAGES = 40
_WIDTH = 132

Way = Callable[[Task], str]
WAYS: Mapping[str, Way] = {
    BARE: lambda task: task.question,
    OURS: lambda task: condense(task.question, task.history),
    JOINED: lambda task: " ".join([*(turn.question for turn in task.history), task.question]),
}
"""How a task is searched: name to what makes the text that is searched."""

GROUPS: Mapping[str, Callable[[Task], bool]] = {
    "all": lambda _: True,
    "changed by the rules": lambda task: condense(task.question, task.history) != task.question,
    "marked follow-up": lambda task: task.relation == "Follow-up",
    "marked clarification": lambda task: task.relation == "Clarification",
    "turn 2": lambda task: task.turn == 2,
    "turns 3 and 4": lambda task: task.turn in (3, 4),
    "turn 5 and later": lambda task: task.turn >= 5,
}
"""Which tasks a line of the table is about."""


def found(task: Task, searched: str, hits: Sequence[Hit]) -> Result:
    """Compare the articles of hits, best first, with those that a task's answer comes from."""
    names = list(dict.fromkeys(Path(hit.article.path or "").name for hit in hits))
    right = set(task.articles)
    values = {
        "recall@5": len(right.intersection(names[:_FIRST])) / len(right),
        "hit@1": float(bool(names) and names[0] in right),
    }
    return Result(task.key, searched, True, None, tuple(names[:_FIRST]), task.articles, values)


def refused(task: Task, searched: str, refusal: bool) -> Result:
    """Compare a refusal, or none, with whether a task can be answered."""
    values: dict[str, float | None] = dict.fromkeys(figure.name for figure in REFUSED)
    if task.label in ("ANSWERABLE", "UNANSWERABLE"):
        right = task.label == "UNANSWERABLE"
        values["refusal recall" if right else "over-refusal"] = float(refusal)
        values["refusal precision"] = float(right) if refusal else None
    else:
        values[f"refused {task.label}"] = float(refusal)
    return Result(task.key, searched, task.label == "ANSWERABLE", refusal, (), (), values)


def search(assistant: Assistant, tasks: Sequence[Task]) -> dict[str, list[Result]]:
    """Search every task in every way."""
    retriever = HybridRetriever(assistant.index, limit=_PASSAGES)
    rows: dict[str, list[Result]] = {}
    for name, way in WAYS.items():
        rows[name] = []
        for task in _tracked(tasks, name):
            searched = way(task)
            # What is joined blindly is one text: nothing in it is known to be the question.
            asked = searched if name == JOINED else task.question
            hits = retriever.hits(read_query(assistant.index, searched, asked))
            rows[name].append(found(task, searched, hits))
    return rows


def answer(assistant: Assistant, tasks: Sequence[Task]) -> dict[str, list[Result]]:
    """Ask the whole product every task, without its history and with it."""
    rows = {}
    for name in (BARE, OURS):
        answers = (
            (task, assistant.answer(task.question, task.history if name == OURS else ()))
            for task in _tracked(tasks, f"answers: {name}")
        )
        rows[name] = [refused(task, answered.searched, answered.refused) for task, answered in answers]
    return rows


def _tracked(tasks: Sequence[Task], name: str) -> Iterable[Task]:
    return track(tasks, name, console=Console(stderr=True), transient=True)


def show_found(rows: Mapping[str, Sequence[Result]], tasks: Sequence[Task], console: Console) -> None:
    """Print what was found, a block each group of tasks, compared with the bare last turn."""
    table = Table(box=None, header_style="bold", pad_edge=False, title="Found", title_justify="left")
    table.add_column("tasks", no_wrap=True)
    table.add_column("searched", no_wrap=True)
    for name in ("n", *(column for figure in FOUND for column in (f"{figure.name} (95 %)", "change", "p"))):
        table.add_column(name, justify="right", no_wrap=True)
    for group, belongs in GROUPS.items():
        keys = {task.key for task in tasks if belongs(task)}
        if not keys:
            continue
        kept = {name: [result for result in row if result.key in keys] for name, row in rows.items()}
        for number, (name, results) in enumerate(kept.items()):
            estimates = estimate(results, FOUND)
            compared = compare(kept[BARE], results, FOUND) if name != BARE else None
            cells = [
                cell
                for figure in FOUND
                for cell in (_with_interval(figure, estimates[figure.name]), *_change(figure, compared))
            ]
            table.add_row(group if not number else "", name, str(len(keys)), *cells)
    console.print(table)


def show_refused(rows: Mapping[str, Sequence[Result]], console: Console) -> None:
    """Print refusals with and without the history."""
    table = Table(box=None, header_style="bold", pad_edge=False, title="\nRefused", title_justify="left")
    table.add_column("figure", no_wrap=True)
    for name in ("n", *(f"{row} (95 %)" for row in rows), "change", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    compared = compare(rows[BARE], rows[OURS], REFUSED)
    estimates = [estimate(row, REFUSED) for row in rows.values()]
    for figure in REFUSED:
        figures = [one[figure.name] for one in estimates]
        if not any(one.questions for one in figures):
            continue
        counts = "/".join(dict.fromkeys(str(one.questions) for one in figures))
        cells = [_with_interval(figure, one) for one in figures]
        table.add_row(figure.name, counts, *cells, *_change(figure, compared))
    console.print(table)


def _with_interval(figure: Figure, one: Estimate) -> str:
    span = interval(figure, one)
    return as_text(figure, one.value) + (f" ({span})" if span else "")


def _change(figure: Figure, compared: Comparison | None) -> tuple[str, str]:
    difference = compared.differences.get(figure.name) if compared else None
    if difference is None:
        return "", ""
    return as_text(figure, difference.change, sign=True), f"{difference.p:.3f}"


def show_changed(data: Path, home: Path, console: Console) -> None:
    """Print how many questions written to stand alone some history would change; none should be."""
    console.print("\nQuestions written to stand alone that the rules take for follow-ups")
    for name in sets_in(data):
        if name != "mtragun":
            asked = read_set(name, data, home / name).questions
            console.print(f"{name}: {sum(is_followup(question.text) for question in asked)} of {len(asked):,}")


def _run(arguments: argparse.Namespace, home: Path, console: Console) -> None:
    file = arguments.data / READERS["mtragun"][0]
    folder = home / "articles"
    folder.mkdir()
    every = read_tasks(file, folder)
    tasks = [task for task in take(arguments.half, every) if task.history]
    # The figures are those of the defaults, whatever the environment sets.
    assistant = Assistant(Settings(home=home / "index", model=DEFAULT_MODEL, reranker=None))
    sync(assistant.index, [folder])
    articles, passages = assistant.index.catalog.count()
    settled = [task for task in tasks if task.label in ("ANSWERABLE", "PARTIAL")]
    leaning = sum(map(GROUPS["changed by the rules"], tasks))
    console.print(
        f"{len(tasks)} tasks with earlier turns ({arguments.half}); {leaning} are changed by the rules; "
        f"{passages:,} passages of {articles:,} articles\n"
        "The file has no gold rewrites, so there is no row for them.\n",
        soft_wrap=True,
    )
    rows, refusals = search(assistant, settled), answer(assistant, tasks)
    show_found(rows, settled, console)
    show_refused(refusals, console)
    show_changed(arguments.data, home, console)
    if arguments.save:
        write_json(arguments.save, as_dict(rows, refusals, sha256(file), arguments.half))


def as_dict(
    rows: Mapping[str, Sequence[Result]], refusals: Mapping[str, Sequence[Result]], hashed: str, half: str
) -> dict[str, Any]:
    """Turn a run into what JSON can hold, with all that is needed to repeat it."""
    return {
        "revision": revision(),
        "settings": {"half": half, "model": DEFAULT_MODEL},
        "sha256": hashed,
        "found": {name: run_as_dict(row, estimate(row, FOUND)) for name, row in rows.items()},
        "refused": {name: run_as_dict(row, estimate(row, REFUSED)) for name, row in refusals.items()},
    }


def main(given: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA_FOLDER", help="folder of public sets")
    parser.add_argument("--half", choices=("report", "tune", "all"), default="report", help="which tasks to ask")
    parser.add_argument("--save", type=Path, help="where the run is written")
    arguments = parser.parse_args(given)
    if not (arguments.data / READERS["mtragun"][0]).is_file():
        parser.error(f"{arguments.data} does not hold {READERS['mtragun'][0]}")
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH)
    try:
        if arguments.save:
            check_writable(arguments.save)
        with tempfile.TemporaryDirectory() as home:
            _run(arguments, Path(home), console)
    except (AssistantError, IndexingError) as error:
        print(f"followups: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
