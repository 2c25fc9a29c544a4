"""What `assistant eval` prints: a table of figures, and the questions that went worst."""

from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from assistant.cli.output import printable
from assistant.evaluate.metrics import FIGURES, Figure, Result
from assistant.evaluate.run import Evaluation, worst
from assistant.evaluate.significance import Difference, Estimate
from assistant.types import REFUSAL

_SIGNIFICANT = 0.05
_MAX_NAMED = 5


def show_evaluation(evaluation: Evaluation, most_wrong: int = 0) -> None:
    """Print the figures with their intervals and, where there is one, the comparison; then the worst questions."""
    console = Console(highlight=False)
    results = evaluation.results
    answerable = sum(result.answerable for result in results)
    title = Text(f"{len(results)} questions: {answerable} answerable, {len(results) - answerable} not", "bold")
    comparison = evaluation.comparison
    columns = ["figure", "value", "95 % interval", "n", *(["before", "change", "p"] if comparison else [])]
    table = Table(box=None, header_style="bold", pad_edge=False, title=title, title_justify="left")
    for name in columns:
        table.add_column(name, justify="left" if name == "figure" else "right", no_wrap=True)
    for figure in FIGURES:
        found = evaluation.figures[figure.name]
        cells: list[str | Text] = [
            figure.name,
            as_text(figure, found.value),
            interval(figure, found),
            str(found.questions),
        ]
        if comparison:
            cells += _difference(figure, comparison.differences.get(figure.name))
        table.add_row(*cells)
    console.print(table)
    if comparison:
        unmatched = comparison.only_before + comparison.only_after
        console.print(
            f"Compared over the {comparison.matched} questions of both runs; left out: {unmatched} "
            f"({comparison.only_before} only before, {comparison.only_after} only now).",
            soft_wrap=True,
        )
    if lost := evaluation.out_of_reach:
        names = ", ".join(printable(question.key) for question in lost[:_MAX_NAMED])
        more = ", …" if len(lost) > _MAX_NAMED else ""
        said = "what settles these answerable questions is in no indexed article, so they count as missed"
        console.print(Text(f"{len(lost)} out of reach: {said}: {names}{more}", "yellow"), soft_wrap=True)
    show_worst(console, worst(results, most_wrong))


def show_worst(console: Console, results: Iterable[Result]) -> None:
    """Print questions with what was shown and what was wanted."""
    for result in results:
        console.print(Text(f"\n{printable(result.question)}", "bold"))
        for name, texts in (("shown", result.shown), ("wanted", result.wanted)):
            for text in texts or [REFUSAL]:
                console.print(Padding(Text(f"{name:<8}{printable(text)}"), (0, 0, 0, 4)))


def as_text(figure: Figure, value: float | None, *, sign: bool = False) -> str:
    """Write a value in the unit of its figure: shares in percent, their changes in points; "–" where there is none."""
    if value is None:
        return "–"
    plus = "+" if sign else ""
    if figure.unit == "share":
        return f"{100 * value:{plus}.1f} {'pt' if sign else '%'}"
    if figure.unit == "ms":
        return f"{value:{plus}.0f} ms"
    return f"{value:{plus}.{_digits(figure)}f}"


def interval(figure: Figure, found: Estimate) -> str:
    """Write the 95 % interval, without its unit; "" where there is none."""
    if found.low is None or found.high is None:
        return ""
    scale, digits = 100 if figure.unit == "share" else 1, _digits(figure)
    return f"{scale * found.low:.{digits}f}–{scale * found.high:.{digits}f}"


def _digits(figure: Figure) -> int:
    return {"rank": 3, "ms": 0}.get(figure.unit, 1)


def _difference(figure: Figure, found: Difference | None) -> list[str | Text]:
    if found is None:
        return ["–", "–", "–"]
    better = figure.better == "neither" or (found.change > 0) == (figure.better == "higher")
    style = "" if found.p >= _SIGNIFICANT else "green" if better else "bold red"
    change = Text(as_text(figure, found.change, sign=True), style)
    return [as_text(figure, found.before), change, Text(f"{found.p:.3f}", style)]
