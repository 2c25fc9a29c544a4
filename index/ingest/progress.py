"""How far a run is: told of all of it, and of the source in hand, a path or an address that was given."""

from collections.abc import Callable

from index.ingest.report import Summary

Progress = Callable[[int, int, str], None]
"""Called before each file with: files done, files in all, the file's name; a KeyboardInterrupt of it ends the run."""
Begin = Callable[[str], Progress]
"""Called when a run comes to something of a path or an address that was given; gives the progress of that alone."""


class Steps:
    """Counts what a run comes to, and tells `progress` of all of it, and what `begin` gives of each source in turn."""

    def __init__(self, progress: Progress, begin: Begin) -> None:
        self._begin = begin
        self._all = _Count(progress)
        self._here: _Count | None = None
        self._source = ""

    def next(self, source: str, name: str, left: int, left_here: int) -> None:
        """Tell that something is begun; `left` are to come after it, as far as is known, `left_here` of its source."""
        if self._here is None or source != self._source:
            self._end_source()
            self._source, self._here = source, _Count(self._begin(source))
        self._all.next(left)
        self._here.next(left_here)
        self.tell(name)

    def tell(self, name: str) -> None:
        """Tell what of it is in hand."""
        self._all.tell(name)
        if self._here:
            self._here.tell(name)

    def end(self) -> None:
        """Tell that all is done."""
        self._end_source()
        self._all.end()

    def _end_source(self) -> None:
        if self._here:
            self._here.end()


class _Count:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done = -1
        self._total = 0

    def next(self, left: int) -> None:
        self._done += 1
        self._total = self._done + 1 + max(0, left)

    def tell(self, name: str) -> None:
        self._progress(self._done, self._total, name)

    def end(self) -> None:
        self._progress(self._done + 1, self._done + 1, "")


class Stopped(KeyboardInterrupt):
    """A run was stopped by its `progress`: what was in hand is written, and `summary` says what was done."""

    def __init__(self, summary: Summary) -> None:
        super().__init__()
        self.summary = summary


def silent(_done: int, _total: int, _name: str) -> None:
    """Show no progress."""


def unseen(_source: str) -> Progress:
    """Show no progress of a source."""
    return silent
