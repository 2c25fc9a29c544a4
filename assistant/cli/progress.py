"""Progress on a terminal, and Ctrl-C: a bar for each source and one for all, with speed and the time that is left."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import typer

if TYPE_CHECKING:
    from rich.progress import Progress as Shown
    from rich.progress import Task, TaskID
    from rich.text import Text

    from index.ingest.progress import Progress

_MAX_LABEL_LENGTH = 30
_MAX_NAME_LENGTH = 40
_STAY = 3
# Articles are written a few dozen at a time, and nothing moves meanwhile: the speed is that of some minutes.
_LOOKED_BACK = 300.0


class Bars(Protocol):
    """Begins a bar, by its label; what it gives moves the bar: articles done, in all, the name at hand."""

    def __call__(self, label: str, *, of_all: bool = False) -> "Progress":
        """Begin the bar of a source, or with `of_all` the one of all sources that are begun after it."""


@contextmanager
def bars(*, quiet: bool = False) -> Iterator[Bars]:
    """Show progress on stderr; yields what begins a bar, see `Bars`.

    The last few bars that came to their end stay until all is done. Below a bar of all sources, those of one article
    have none of their own: there may be hundreds.
    """
    from rich import progress as rich
    from rich.console import Console
    from rich.text import Text

    class Speed(rich.ProgressColumn):
        def render(self, task: "Task") -> "Text":
            return Text(f"{task.speed:,.1f}/s" if task.speed else "", "dim")

    left = rich.TimeRemainingColumn(compact=True, elapsed_when_finished=True)
    columns = (rich.BarColumn(), rich.MofNCompleteColumn(), Speed(), left)
    label, name = (rich.TextColumn(f"{{task.{one}}}", markup=False) for one in ("description", "fields[name]"))
    console = Console(stderr=True)
    off = quiet or not console.is_terminal
    shown = rich.Progress(
        label, *columns, name, console=console, transient=True, disable=off, speed_estimate_period=_LOOKED_BACK
    )
    with shown:
        yield _Bars(shown)


class _Bars:
    def __init__(self, shown: "Shown") -> None:
        self._shown = shown
        self._all: TaskID | None = None
        self._sources: dict[TaskID, int] = {}
        """The bars of sources, and of how many articles each is."""

    def __call__(self, label: str, *, of_all: bool = False) -> "Progress":
        self._clear(0 if of_all else _STAY)
        task: TaskID | None = None
        if of_all:
            if self._all is not None:
                self._shown.remove_task(self._all)
            task = self._all = self._add(label)
        elif self._all is None:
            task = self._add_source(label)

        def advance(done: int, total: int, name: str) -> None:
            nonlocal task
            if task is None and total > 1:
                task = self._add_source(label)
            if task is not None:
                self._advance(task, done, total, name)

        return advance

    def _clear(self, most: int) -> None:
        """Take away the bars of sources, but the last ones, `most`, of several articles."""
        of_several = [task for task, total in self._sources.items() if total > 1]
        stay = of_several[::-1][:most]
        for task in [one for one in self._sources if one not in stay]:
            self._shown.remove_task(task)
            del self._sources[task]

    def _add_source(self, label: str) -> "TaskID":
        task = self._add(label)
        self._sources[task] = 0
        return task

    def _add(self, label: str) -> "TaskID":
        from assistant.cli.output import printable

        return self._shown.add_task(_short(printable(label)), total=None, name="")

    def _advance(self, task: "TaskID", done: int, total: int, name: str) -> None:
        from assistant.cli.output import printable

        self._shown.update(task, completed=done, total=total, name=printable(name)[:_MAX_NAME_LENGTH])
        if task == self._all:
            return
        self._sources[task] = total
        if self._all is not None:
            self._shown.update(self._all, name="")  # It is said below already.


@contextmanager
def stoppable(*, quiet: bool = False) -> Iterator[Bars]:
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
            yield lambda label, *, of_all=False: until_asked(begin(label, of_all=of_all))
    except KeyboardInterrupt as stopped:
        typer.echo(
            f"assistant: stopped{_so_far(stopped)}; what was finished is kept, the same command goes on from there",
            err=True,
        )
        raise typer.Exit(130) from None
    finally:
        signal.signal(signal.SIGINT, before)


def _so_far(stopped: KeyboardInterrupt) -> str:
    from assistant.cli.output import counted
    from index.ingest.progress import Stopped

    return f" after {counted(stopped.summary)}" if isinstance(stopped, Stopped) else ""


def _short(label: str) -> str:
    """Cut a path or an address to its end, which tells it from others."""
    return label if len(label) <= _MAX_LABEL_LENGTH else f"…{label[1 - _MAX_LABEL_LENGTH :]}"
