"""Progress on a terminal, and Ctrl-C: one bar for each source, with its speed and the time that is left."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.progress import Task
    from rich.text import Text

    from index.sync import Progress

_LONGEST_LABEL = 30
_LONGEST_NAME = 40


@contextmanager
def bars(*, quiet: bool = False) -> Iterator[Callable[[str], "Progress"]]:
    """Show progress on stderr; yields the function that begins a bar in place of the one before, by its label.

    What that gives moves the bar: articles done, in all, the name at hand.
    """
    from rich import progress as rich
    from rich.console import Console
    from rich.text import Text

    from assistant.terminal import printable

    class Speed(rich.ProgressColumn):
        def render(self, task: "Task") -> "Text":
            return Text(f"{task.speed:,.1f}/s" if task.speed else "", "dim")

    columns = (rich.BarColumn(), rich.MofNCompleteColumn(), Speed(), rich.TimeRemainingColumn(compact=True))
    label, name = (rich.TextColumn(f"{{task.{one}}}", markup=False) for one in ("description", "fields[name]"))
    console = Console(stderr=True)
    off = quiet or not console.is_terminal
    with rich.Progress(label, *columns, name, console=console, transient=True, disable=off) as shown:

        def begin(label: str) -> "Progress":
            for task in shown.task_ids:
                shown.remove_task(task)
            task = shown.add_task(_short(printable(label)), total=None, name="")

            def advance(done: int, total: int, name: str) -> None:
                shown.update(task, completed=done, total=total, name=printable(name)[:_LONGEST_NAME])

            return advance

        yield begin


@contextmanager
def stoppable(*, quiet: bool = False) -> Iterator[Callable[[str], "Progress"]]:
    """Show progress as `bars` does, and let Ctrl-C stop between two articles; pressed again, it stops at once.

    An interrupt that Python raises wherever it happens to be can get lost in a library's clean-up code.

    Raises:
        typer.Exit: with code 130, when it was pressed.
    """
    asked = False

    def ask(_signal: int, _frame: object) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def until_asked(advance: "Progress") -> "Progress":
        def step(done: int, total: int, name: str) -> None:
            if asked:
                raise KeyboardInterrupt
            advance(done, total, name)

        return step

    before = signal.signal(signal.SIGINT, ask)
    try:
        with bars(quiet=quiet) as begin:
            yield lambda label: until_asked(begin(label))
    except KeyboardInterrupt as stopped:
        typer.echo(
            f"assistant: stopped{_so_far(stopped)}; what was finished is kept, the same command goes on from there",
            err=True,
        )
        raise typer.Exit(130) from None
    finally:
        signal.signal(signal.SIGINT, before)


def _so_far(stopped: KeyboardInterrupt) -> str:
    from assistant.terminal import counted
    from index.sync import Stopped

    return f" after {counted(stopped.summary)}" if isinstance(stopped, Stopped) else ""


def _short(label: str) -> str:
    """Cut a path or an address to its end, which tells it from others."""
    return label if len(label) <= _LONGEST_LABEL else f"…{label[1 - _LONGEST_LABEL :]}"
