"""Ask questions whose answers are known, of the product and of plainer ways beside it, and count.

    python -m benchmarks.quality                            the project's own questions (seeds/)
    python -m benchmarks.quality DATA_FOLDER                and the public sets of a folder (benchmarks/sets.py)
    python -m benchmarks.quality DATA_FOLDER --set xquad --half tune
    python -m benchmarks.quality DATA_FOLDER --verify       are true claims called supported, and false ones not?
    python -m benchmarks.quality --floor                    is the product as good as it must be? exit code 1: no
    python -m benchmarks.quality --write-floor [--lower]    raise the floor to what it reaches now

Each set is indexed through the product, all its passages in one index. Of a data folder the report half is asked, for
weights were fitted on the other one; without one, all questions. docs/evaluate.md says what the figures mean.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.assistant import Assistant
from assistant.cli.output_evaluation import as_text, interval, show_worst
from assistant.errors import AssistantError
from assistant.evaluate.metrics import FIGURES, Result, measure, response_of
from assistant.evaluate.results import check_writable, read_json, run_as_dict, run_of, write_json
from assistant.evaluate.run import out_of_reach, worst
from assistant.evaluate.significance import Estimate, compare, estimate
from assistant.settings import Settings
from benchmarks import claims, floor
from benchmarks.baselines import Ask, Baselines
from benchmarks.sets import SEEDS, Half, QuestionSet, read_seeds, read_set, sets_in, take
from index import sync
from index.embed.packaged import DEFAULT_MODEL
from index.errors import IndexingError

_RESULTS = Path(__file__).parent / "results"
_PRODUCT = "product"
_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Measured:
    """A set as it was asked: results and figures of each row, the size of its index, and what that cannot answer."""

    set: QuestionSet
    rows: dict[str, list[Result]]
    figures: dict[str, dict[str, Estimate]]
    articles: int
    passages: int
    out_of_reach: int


def measure_sets(
    sets: Sequence[QuestionSet], half: Half, home: Path, *, together: bool, plain: bool, model: str = DEFAULT_MODEL
) -> list[Measured]:
    """Index sets, each by itself or all together, and ask their questions; without `plain`, of the product alone."""
    if together:
        assistant = _assistant(home / "all", sets, model)
        return [_measure(assistant, one, half, plain) for one in sets]
    return [_measure(_assistant(home / one.name, [one], model), one, half, plain) for one in sets]


def _assistant(home: Path, sets: Sequence[QuestionSet], model: str) -> Assistant:
    # The figures are those of the defaults, whatever the environment sets.
    assistant = Assistant(Settings(home=home, model=model, reranker=None))
    sync(assistant.index, [one.articles for one in sets])
    return assistant


def _measure(assistant: Assistant, one: QuestionSet, half: Half, plain: bool) -> Measured:
    questions = take(half, one.questions)
    rows: dict[str, Ask] = Baselines(assistant.index).rows() if plain else {}
    # The product comes last, so the baselines' first questions pay for what is loaded once.
    rows[_PRODUCT] = lambda question: response_of(assistant.answer(question))
    results = {}
    for name, ask in rows.items():
        if questions:
            ask(questions[0].text)
        asked = track(questions, f"{one.name}: {name}", console=Console(stderr=True), transient=True)
        results[name] = [measure(question, ask(question.text)) for question in asked]
    articles, passages = assistant.index.catalog.count()
    lost = out_of_reach(questions, assistant.index.catalog.articles)
    figures = {name: estimate(row) for name, row in results.items()}
    return Measured(one, results, figures, articles, passages, len(lost))


def show(measured: Measured, console: Console) -> None:
    """Print the figures of one set, a column each row of the comparison, with 95 % intervals."""
    results = measured.rows[_PRODUCT]
    answerable = sum(result.answerable for result in results)
    title = (
        f"{measured.set.name}: {answerable} answerable questions, {len(results) - answerable} not; "
        f"{measured.passages:,} passages of {measured.articles:,} articles"
    )
    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    table.add_column("figure", no_wrap=True)
    for name in measured.figures:
        table.add_column(name, justify="right", no_wrap=True)
    for figure in FIGURES:
        found = [row[figure.name] for row in measured.figures.values()]
        if any(one.value is not None for one in found):
            spans = (interval(figure, one) for one in found)
            cells = (
                as_text(figure, one.value) + (f" ({span})" if span else "")
                for one, span in zip(found, spans, strict=True)
            )
            table.add_row(figure.name, *cells)
    console.print(table)
    took = measured.figures[_PRODUCT]["retrieve + read"].value
    said = f"retrieve + read: {took:.0f} ms (median) over {measured.passages:,} passages" if took else ""
    lost = f"; {measured.out_of_reach} questions out of reach" if measured.out_of_reach else ""
    console.print(f"{said}{lost}\n", soft_wrap=True)


def show_changes(measured: Measured, stored: Any, where: str, console: Console) -> None:
    """Print what changed against an earlier run of the same set."""
    before = stored.get("sets", {}).get(measured.set.name, {}) if isinstance(stored, dict) else {}
    if not before:
        console.print(f"{where} has no set {measured.set.name}\n")
        return
    table = Table(box=None, header_style="bold", pad_edge=False, title=f"{measured.set.name}: against {where}")
    for name in ("row", "figure", "before", "now", "change", "p", "n"):
        table.add_column(name, justify="left" if name in ("row", "figure") else "right", no_wrap=True)
    said = []
    for row, results in measured.rows.items():
        if row not in before["rows"]:
            continue
        found = compare(run_of(before["rows"][row], f"{where}, {measured.set.name}, {row}"), results)
        said.append(f"{row}: {found.matched} matched, {found.only_before + found.only_after} left out")
        for figure in FIGURES:
            one = found.differences.get(figure.name)
            if one and one.change:
                values = [
                    as_text(figure, one.before),
                    as_text(figure, one.after),
                    as_text(figure, one.change, sign=True),
                ]
                table.add_row(row, figure.name, *values, f"{one.p:.3f}", str(one.questions))
    console.print(table)
    console.print(f"{'; '.join(said)}; figures that did not change are not shown\n", soft_wrap=True)


def as_dict(measured: Sequence[Measured], arguments: argparse.Namespace) -> dict[str, Any]:
    """Turn a run into what JSON can hold, with all that is needed to repeat it."""
    return {
        "revision": revision(),
        "settings": {"half": arguments.half, "together": arguments.together, "model": arguments.model},
        "versions": {name: version(name) for name in ("sentence-transformers", "torch", "chromadb")},
        "sets": {
            one.set.name: {
                "sha256": one.set.sha256,
                "articles": one.articles,
                "passages": one.passages,
                "out_of_reach": one.out_of_reach,
                "rows": {name: run_as_dict(results, one.figures[name]) for name, results in one.rows.items()},
            }
            for one in measured
        },
    }


def revision() -> str | None:
    """Name the commit that is measured, "-dirty" where files differ from it; None outside a repository."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        ran = subprocess.run(command, cwd=SEEDS.parent, capture_output=True, text=True)
    except OSError:
        return None
    return ran.stdout.strip() or None


def _run_floor(arguments: argparse.Namespace, home: Path) -> int:
    # With --lower the old floor does not matter: a broken one can be replaced, too.
    needed = arguments.floor or (arguments.floor_file.is_file() and not arguments.lower)
    old = floor.read(arguments.floor_file) if needed else None
    if arguments.floor and old:
        floor.check_data(old, SEEDS)
    (measured,) = measure_sets([read_seeds()], "all", home, together=False, plain=False)
    figures = measured.figures[_PRODUCT]
    if arguments.floor and old:
        verdicts = floor.judge(old, figures)
        floor.show(verdicts)
        return 0 if all(verdict.well for verdict in verdicts) else 1
    if old:
        floor.show(floor.judge(old, figures))
    new = floor.renewed(old, figures, SEEDS)
    floor.write(new, arguments.floor_file)
    floor.show(floor.judge(new, figures))
    print(f"Wrote {arguments.floor_file}")
    return 0


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH)


def _run_sets(arguments: argparse.Namespace, home: Path) -> int:
    console = _console()
    there = sets_in(arguments.data)
    if unknown := [name for name in arguments.set or () if name not in there]:
        raise AssistantError(f"there is no set {', '.join(unknown)}; there are: {', '.join(there)}")
    check_writable(arguments.save)
    before = read_json(arguments.against) if arguments.against else None
    names = arguments.set or there
    sets = [read_set(name, arguments.data or SEEDS, home / "articles" / name) for name in names]
    measured = measure_sets(sets, arguments.half, home, together=arguments.together, plain=True, model=arguments.model)
    for one in measured:
        show(one, console)
        if before is not None:
            show_changes(one, before, str(arguments.against), console)
        show_worst(console, worst(one.rows[_PRODUCT], arguments.worst))
    write_json(arguments.save, as_dict(measured, arguments))
    return 0


def _run_verify(arguments: argparse.Namespace, home: Path) -> int:
    console = _console()
    check_writable(arguments.save)
    names = [name for name in sets_in(arguments.data) if name not in sets_in(None)]
    sets = [read_set(name, arguments.data, home / "articles" / name) for name in names]
    index = _assistant(home / "all", sets, arguments.model).index
    rows = claims.check(index, claims.claims_of(index, sets, arguments.half))
    claims.show(rows, console)
    about = {"revision": revision(), "half": arguments.half, "sha256": {one.name: one.sha256 for one in sets}}
    write_json(arguments.save, about | {"claims": claims.as_dict(rows)})
    return 0


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?", metavar="DATA_FOLDER", help="folder of public sets")
    parser.add_argument("--half", choices=("report", "tune", "all"), help="which questions to ask")
    parser.add_argument("--set", action="append", metavar="NAME", help="only this set; may be repeated")
    parser.add_argument("--together", action="store_true", help="index all sets in one index")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="the embedding model, whose reader reads")
    parser.add_argument("--save", type=Path, help="where the run is written")
    parser.add_argument("--against", type=Path, help="an earlier run to compare with")
    parser.add_argument("--worst", type=int, default=0, help="print this many of the product's wrong answers a set")
    parser.add_argument("--verify", action="store_true", help="check claims made of the sets (benchmarks/claims.py)")
    floors = parser.add_mutually_exclusive_group()
    floors.add_argument("--floor", action="store_true", help="compare the product with the floor over seeds/")
    floors.add_argument("--write-floor", action="store_true", help="raise the floor to what is reached now")
    parser.add_argument("--lower", action="store_true", help="let --write-floor lower figures too")
    parser.add_argument("--floor-file", type=Path, default=floor.FILE, help=argparse.SUPPRESS)
    arguments = parser.parse_args(given)
    arguments.half = arguments.half or ("report" if arguments.data else "all")
    arguments.save = arguments.save or _RESULTS / ("claims.json" if arguments.verify else "quality.json")
    if arguments.data and not arguments.data.is_dir():
        parser.error(f"{arguments.data} is not a folder")
    if arguments.verify and not arguments.data:
        parser.error("--verify needs a folder of public sets")
    return arguments


def main(given: Sequence[str] | None = None) -> int:
    """Measure, print and write; returns the exit code."""
    arguments = _arguments(given)
    _RESULTS.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory() as home:
            run = _run_floor if arguments.floor or arguments.write_floor else _run_sets
            run = _run_verify if arguments.verify else run
            return run(arguments, Path(home))
    except floor.FloorProblem as error:
        print(f"quality: {error}", file=sys.stderr)
        return 1 if arguments.write_floor else 2
    except (AssistantError, IndexingError) as error:
        print(f"quality: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
