"""Articles on their way into the index, a few at a time.

While some are written, the model reads the next, and those after them are loaded.
"""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, Self

from index.embed.passages import BATCH_PASSAGES, MAX_BATCH_PASSAGES, MAX_PASSAGES, Entry, readings, tokens_by_id
from index.ingest.report import Problem, Summary
from index.store.copies import is_plain
from index.store.writer import Writer

if TYPE_CHECKING:
    from index.embed.passages import Readings
    from index.store.index import Index

# Lots that are being read by the model: while the last passages of one are read, the cores go on with the next.
_READ = 2
# Lots that are being read or written.
_UNDER_WAY = _READ + 1
# A larger lot holds what a run takes in in so many seconds: whoever stops it waits for those that are under way.
_SECONDS = 1.5


class Batch:
    """Articles in hand, counted in the summary of a run when they are written, by a thread of their own.

    `writing` gives the writer, each time they are written. What goes wrong in writing is raised by a later call, and
    nothing is written after it. Leaving the context waits for what is being read or written, and drops what is not.
    """

    def __init__(self, index: "Index", summary: Summary, writing: Callable[[], AbstractContextManager[Writer]]) -> None:
        self._index = index
        self._summary = summary
        self._writing = writing
        self._entries: list[Entry] = []
        self._enough = BATCH_PASSAGES
        self._began: float | None = None
        self._passages = 0
        self._afterwards: list[Callable[[], None]] = []
        self._reader = ThreadPoolExecutor(_READ, "reader")
        self._writer = ThreadPoolExecutor(1, "writer")
        self._under_way: deque[Future[None]] = deque()
        self._failed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        for thread in (self._reader, self._writer):
            thread.shutdown()
        failed = next((raised for one in self._under_way if (raised := one.exception())), None)
        if failed and error is None:
            raise failed
        if failed and error:
            error.add_note(f"and the articles before could not be written: {failed}")

    def add(self, entry: Entry) -> None:
        """Take an article in hand, and have those there are written when they are enough."""
        self._entries.append(entry)
        if sum(len(entry.passages) for entry in self._entries) >= self._enough:
            self._hand_over()

    def later(self, do: Callable[[], None]) -> None:
        """Do something when all articles taken in hand so far are written: at once where they are."""
        while self._under_way and self._under_way[0].done():
            self._wait()
        if self._entries or self._under_way:
            self._afterwards.append(do)
        else:
            do()

    def flush(self) -> None:
        """Write the articles in hand."""
        self._hand_over()
        while self._under_way:
            self._wait()

    def _hand_over(self) -> None:
        # Few lots at a time: what is read ahead stays in memory.
        while len(self._under_way) >= _UNDER_WAY:
            self._wait()
        if self._entries or self._afterwards:
            self._began = self._began or time.perf_counter()
            begun = Event()
            read = self._reader.submit(self._read, self._entries, begun)
            self._under_way.append(self._writer.submit(self._write, self._entries, begun, read, self._afterwards))
            self._entries, self._afterwards = [], []

    def _wait(self) -> None:
        self._under_way.popleft().result()

    def _read(self, entries: list[Entry], begun: Event) -> "Readings":
        """Have the model read what is sure to be written; the rest, and very long articles, are left to the writer."""
        try:
            if self._failed or sum(len(entry.passages) for entry in entries) > MAX_PASSAGES:
                return {}
            plain: list[Entry] = []
            for entry in entries:
                if is_plain(self._index.catalog, entry, plain):
                    plain.append(entry)
            passages = [(passage, entry.article) for entry in plain for passage in entry.passages]
            return readings(self._index.embedding, passages, tokens_by_id(plain), begun.set)
        finally:
            begun.set()

    def _write(
        self,
        entries: list[Entry],
        begun: Event,
        read: "Future[Readings]",
        afterwards: list[Callable[[], None]],
    ) -> None:
        try:
            if entries:
                # While the model reads: the first time, this takes as long as some passages. But not while it is
                # measured what reads them soonest, for that would be measured too.
                begun.wait()
                self._index.vectors().open()
            found = read.result()
            if self._failed:
                return
            if entries:
                self._size_lots(len(found))
                self._write_articles(entries, found)
            for do in afterwards:
                do()
        except BaseException:
            self._failed = True
            raise

    def _size_lots(self, read: int) -> None:
        """Have larger lots where the run is fast: each costs something, however large it is."""
        self._passages += read
        seconds = time.perf_counter() - (self._began or 0.0)
        self._enough = int(min(max(BATCH_PASSAGES, self._passages * _SECONDS / seconds), MAX_BATCH_PASSAGES))

    def _write_articles(self, entries: list[Entry], read: "Readings") -> None:
        with self._writing() as writer:
            ids = [entry.article.id for entry in entries]
            new = set(ids) - self._index.catalog.hashes_of(ids).keys()
            copied = writer.write(entries, read)
        written = [entry for entry in entries if entry.article.id not in copied]
        self._summary.added += len(new - copied)
        self._summary.changed += len(entries) - len(new | copied)
        self._summary.passages += sum(len(entry.passages) for entry in written)
        for entry in entries:
            if entry.article.id in copied:
                source = entry.article.path or entry.article.url or entry.article.title
                self._summary.skipped.append(Problem(source, "its text is indexed already, from another address"))
