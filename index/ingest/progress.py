"""The progress of a run: of all its sources together, and of the current source, a path or address given to it."""

from collections.abc import Callable

from index.ingest.report import Summary

Progress = Callable[[int, int, str], None]
"""Called before each file with: files done, files in all, the file's name. It may raise KeyboardInterrupt to stop."""
Begin = Callable[[str], Progress]
"""Called when a run starts a source, a path or address given to it; returns the `Progress` of that source."""


class ProgressReporter:
    """Counts files and addresses, and reports them to `progress` and to what `begin` returns for the current source."""

    def __init__(self, progress: Progress, begin: Begin) -> None:
        self._begin = begin
        self._all = _Counter(progress)
        self._current: _Counter | None = None
        self._source = ""

    def next(self, source: str, name: str, left: int, left_here: int) -> None:
        """Report the next file; as far as is known `left` come after it, `left_here` of them in the same source."""
        if self._current is None or source != self._source:
            self._end_source()
            self._source, self._current = source, _Counter(self._begin(source))
        self._all.next(left)
        self._current.next(left_here)
        self.show(name)

    def show(self, name: str) -> None:
        """Report the name of what is being processed, without counting it."""
        self._all.show(name)
        if self._current:
            self._current.show(name)

    def end(self) -> None:
        """Report the end of the run."""
        self._end_source()
        self._all.end()

    def _end_source(self) -> None:
        if self._current:
            self._current.end()


class _Counter:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done = -1
        self._total = 0

    def next(self, left: int) -> None:
        self._done += 1
        self._total = self._done + 1 + max(0, left)

    def show(self, name: str) -> None:
        self._progress(self._done, self._total, name)

    def end(self) -> None:
        self._progress(self._done + 1, self._done + 1, "")


class Stopped(KeyboardInterrupt):
    """A run was stopped by its `progress`; everything loaded so far is written, and `summary` is the result."""

    def __init__(self, summary: Summary) -> None:
        super().__init__()
        self.summary = summary


def no_progress(_done: int, _total: int, _name: str) -> None:
    """Report nothing."""


def no_source_progress(_source: str) -> Progress:
    """Report nothing about a source."""
    return no_progress
