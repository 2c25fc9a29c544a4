"""Articles on their way into the index, a few at a time: while some are written, the next are read."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from index.article import Entry
from index.summary import Problem, Summary
from index.writer import BATCH_PASSAGES, Writer

if TYPE_CHECKING:
    from index.store import Index


class Batch:
    """Articles in hand, counted in the summary of a run when they are written, by a thread of their own.

    `writing` gives the writer, each time they are written. What goes wrong in writing is raised by the next call.
    Leaving the context waits for what is being written, and drops what is not.
    """

    def __init__(self, index: "Index", summary: Summary, writing: Callable[[], AbstractContextManager[Writer]]) -> None:
        self._index = index
        self._summary = summary
        self._writing = writing
        self._entries: list[Entry] = []
        self._afterwards: list[Callable[[], None]] = []
        self._thread = ThreadPoolExecutor(1, "writer")
        self._written: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._thread.shutdown()
        if self._written and (failed := self._written.exception()):
            if error is None:
                raise failed
            error.add_note(f"and the articles before could not be written: {failed}")

    def add(self, entry: Entry) -> None:
        """Take an article in hand, and have those there are written when they are enough."""
        self._entries.append(entry)
        if sum(len(entry.passages) for entry in self._entries) >= BATCH_PASSAGES:
            self._hand_over()

    def later(self, do: Callable[[], None]) -> None:
        """Do something when all articles taken in hand so far are written: at once where they are."""
        if self._written and self._written.done():
            self._wait()
        if self._entries or self._written:
            self._afterwards.append(do)
        else:
            do()

    def flush(self) -> None:
        """Write the articles in hand."""
        self._hand_over()
        self._wait()

    def _hand_over(self) -> None:
        # One lot at a time: what is read ahead stays in memory.
        self._wait()
        if self._entries or self._afterwards:
            self._written = self._thread.submit(self._write, self._entries, self._afterwards)
            self._entries, self._afterwards = [], []

    def _wait(self) -> None:
        written, self._written = self._written, None
        if written:
            written.result()

    def _write(self, entries: list[Entry], afterwards: list[Callable[[], None]]) -> None:
        if entries:
            self._write_articles(entries)
        for do in afterwards:
            do()

    def _write_articles(self, entries: list[Entry]) -> None:
        with self._writing() as writer:
            new = {one.article.id for one in entries if self._index.catalog.hashes(one.article.id) is None}
            copied = writer.write(entries)
        written = [entry for entry in entries if entry.article.id not in copied]
        self._summary.added += len(new - copied)
        self._summary.changed += len(entries) - len(new | copied)
        self._summary.passages += sum(len(entry.passages) for entry in written)
        for entry in entries:
            if entry.article.id in copied:
                source = entry.article.path or entry.article.url or entry.article.title
                self._summary.skipped.append(Problem(source, "its text is indexed already, from another address"))
