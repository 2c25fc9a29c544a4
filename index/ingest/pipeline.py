"""Write articles in batches: while one batch is written, the next is embedded and the one after it loaded."""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, Self

from index.embed.passages import (
    BATCH_PASSAGES,
    MAX_BATCH_PASSAGES,
    MAX_PASSAGES,
    Entry,
    embed_passages,
    entry_of,
    tokens_by_id,
)
from index.ingest.model_choice import choose_for_first
from index.ingest.report import COPIED, Problem, Summary
from index.store.copies import has_no_copies
from index.store.writer import Writer

if TYPE_CHECKING:
    from index.embed.passages import PassageVectors
    from index.store.index import Index

# Batches embedded at the same time: free cores start on the next while the last passages of one are embedded.
_MAX_EMBEDDING = 2
# Batches that are being embedded or written.
_MAX_UNDER_WAY = _MAX_EMBEDDING + 1
# A fast run gets larger batches, of what it indexes in this many seconds: stopping it waits for batches under way.
_BATCH_SECONDS = 1.5


class Pipeline:
    """Embeds and writes articles in background threads, and counts them in the summary of a run.

    `writing` opens a writer for each batch. An error in a background thread is raised by a later call, and nothing is
    written after it. Leaving the context waits for batches under way, and drops articles not yet in one.
    """

    def __init__(self, index: "Index", summary: Summary, writing: Callable[[], AbstractContextManager[Writer]]) -> None:
        self._index = index
        self._summary = summary
        self._writing = writing
        self._entries: list[Entry] = []
        self._batch_size = BATCH_PASSAGES
        self._started_at: float | None = None
        self._passages = 0
        self._callbacks: list[Callable[[], None]] = []
        self._embedder = ThreadPoolExecutor(_MAX_EMBEDDING, "embedder")
        self._writer = ThreadPoolExecutor(1, "writer")
        self._under_way: deque[Future[None]] = deque()
        self._failed = False
        self._chosen = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        for thread in (self._embedder, self._writer):
            thread.shutdown()
        # From now on the catalog knows.
        self._index.choose_model(None)
        failed = next((raised for one in self._under_way if (raised := one.exception())), None)
        if failed and error is None:
            raise failed
        if failed and error:
            error.add_note(f"and the articles before could not be written: {failed}")

    def add(self, entry: Entry) -> None:
        """Add an article, and submit the batch once it is large enough."""
        self._entries.append(entry)
        if sum(len(entry.passages) for entry in self._entries) >= self._batch_size:
            self._submit()

    def after_writing(self, do: Callable[[], None]) -> None:
        """Call `do` when all articles added so far are written; immediately if they are."""
        while self._under_way and self._under_way[0].done():
            self._wait()
        if self._entries or self._under_way:
            self._callbacks.append(do)
        else:
            do()

    def flush(self) -> None:
        """Write all articles added so far."""
        self._submit()
        while self._under_way:
            self._wait()

    def _submit(self) -> None:
        # Few batches at a time, because they stay in memory until they are written.
        while len(self._under_way) >= _MAX_UNDER_WAY:
            self._wait()
        if self._entries or self._callbacks:
            self._use_chosen_model()
            self._started_at = self._started_at or time.perf_counter()
            started = Event()
            vectors = self._embedder.submit(self._embed, self._entries, started)
            self._under_way.append(self._writer.submit(self._write, self._entries, started, vectors, self._callbacks))
            self._entries, self._callbacks = [], []

    def _use_chosen_model(self) -> None:
        """Choose the model with the first batch of a new index; split what was split for another model again."""
        if not self._chosen:
            choose_for_first(self._index, (entry.article for entry in self._entries))
            self._chosen = bool(self._entries)
        embedding = self._index.embedding
        self._entries = [
            entry if entry.is_split_for(embedding.name) else entry_of(embedding, entry.article, entry.raw_hash)
            for entry in self._entries
        ]

    def _wait(self) -> None:
        self._under_way.popleft().result()

    def _embed(self, entries: list[Entry], started: Event) -> "PassageVectors":
        """Embed what is certain to be written; the writer embeds the rest, and very long articles."""
        try:
            if self._failed or sum(len(entry.passages) for entry in entries) > MAX_PASSAGES:
                return {}
            plain: list[Entry] = []
            for entry in entries:
                if has_no_copies(self._index.catalog, entry, plain):
                    plain.append(entry)
            passages = [(passage, entry.article) for entry in plain for passage in entry.passages]
            return embed_passages(self._index.embedding, passages, tokens_by_id(plain), started.set)
        finally:
            started.set()

    def _write(
        self,
        entries: list[Entry],
        started: Event,
        embedded: "Future[PassageVectors]",
        callbacks: list[Callable[[], None]],
    ) -> None:
        try:
            if entries:
                # The first opening takes as long as some passages, so it happens while the model encodes; but not while
                # backends are being timed, which it would disturb.
                started.wait()
                self._index.vectors().open()
            vectors = embedded.result()
            if self._failed:
                return
            if entries:
                self._adjust_batch_size(len(vectors))
                self._write_articles(entries, vectors)
            for do in callbacks:
                do()
        except BaseException:
            self._failed = True
            raise

    def _adjust_batch_size(self, passages: int) -> None:
        """Use larger batches when the run is fast, because each batch has a fixed cost."""
        self._passages += passages
        seconds = time.perf_counter() - (self._started_at or 0.0)
        self._batch_size = int(min(max(BATCH_PASSAGES, self._passages * _BATCH_SECONDS / seconds), MAX_BATCH_PASSAGES))

    def _write_articles(self, entries: list[Entry], vectors: "PassageVectors") -> None:
        with self._writing() as writer:
            ids = [entry.article.id for entry in entries]
            new = set(ids) - self._index.catalog.hashes_of(ids).keys()
            copied = writer.write(entries, vectors)
        written = [entry for entry in entries if entry.article.id not in copied]
        self._summary.added += len(new - copied)
        self._summary.changed += len(entries) - len(new | copied)
        self._summary.passages += sum(len(entry.passages) for entry in written)
        for entry in entries:
            if entry.article.id in copied:
                source = entry.article.path or entry.article.url or entry.article.title
                self._summary.skipped.append(Problem(source, COPIED))
