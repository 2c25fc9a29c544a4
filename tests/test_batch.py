"""Articles on their way into the index: while some are written, the next are read."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index.embed.passages import BATCH_PASSAGES, MAX_BATCH_PASSAGES, MAX_PASSAGES, Entry, entry_of
from index.errors import IndexBusy
from index.ingest.pipeline import Batch
from index.ingest.report import Summary
from index.load.loader import load
from index.store.index import Index
from index.store.writer import Writer

if TYPE_CHECKING:
    from index.embed.tokens import Numbers

SENTENCE = "The harbour master told the council on day {} that the ferry would stay in port until the storm was over."


def entry(index: Index, folder: Path, name: str, sentences: int) -> Entry:
    text = "\n\n".join(SENTENCE.format(f"{name} {number}") for number in range(sentences))
    article = load(folder / f"{name}.txt", text.encode())
    return entry_of(index.embedding, article, name)


class Gate:
    """A writer of the index that waits until it is let through."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.open = threading.Event()
        self.reached = threading.Event()

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        self.reached.set()
        assert self.open.wait(60)
        with self._index.writing() as writer:
            yield writer


def test_articles_are_taken_in_hand_while_others_are_written(index: Index, tmp_path: Path) -> None:
    long = entry(index, tmp_path, "long", 840)
    assert len(long.passages) >= BATCH_PASSAGES
    gate, summary = Gate(index), Summary()
    told: list[int] = []
    with Batch(index, summary, gate.writing) as batch:
        batch.add(long)
        assert gate.reached.wait(60)
        batch.add(entry(index, tmp_path, "short", 3))
        batch.later(lambda: told.append(summary.added))
        assert (summary.added, told) == (0, [])
        gate.open.set()
        batch.flush()
    assert (summary.added, told) == (2, [2])
    assert index.catalog.count()[0] == 2


def test_nothing_is_written_after_what_could_not_be(index: Index, tmp_path: Path) -> None:
    gate, summary = Gate(index), Summary()
    told: list[str] = []

    @contextmanager
    def failing() -> Iterator[Writer]:
        with gate.writing():
            told.append("tried")
            raise IndexBusy("the disk is full")
        yield

    def run() -> None:
        with Batch(index, summary, failing) as batch:
            for name in ("first", "second"):
                batch.add(entry(index, tmp_path, name, 800))
                batch.later(lambda: told.append("written"))
            gate.open.set()
            batch.flush()

    with pytest.raises(IndexBusy):
        run()
    assert (summary.added, told, index.catalog.count()[0]) == (0, ["tried"], 0)


def test_the_model_reads_articles_while_those_before_them_are_written(index: Index, tmp_path: Path) -> None:
    gate, summary = Gate(index), Summary()
    with Batch(index, summary, gate.writing) as batch:
        first, second = (entry(index, tmp_path, name, 1_600) for name in ("first", "second"))
        assert MAX_BATCH_PASSAGES <= len(second.passages) <= MAX_PASSAGES
        batch.add(first)
        assert gate.reached.wait(60)
        reading = index.embedding.read
        read = threading.Event()

        def noted(texts: "Sequence[Numbers]") -> object:
            read.set()
            return reading(texts)

        index.embedding.read = noted  # type: ignore[method-assign, assignment]
        batch.add(second)
        assert read.wait(60)
        assert summary.added == 0
        gate.open.set()
        batch.flush()
    assert (summary.added, index.catalog.count()[0]) == (2, 2)
    assert sorted(index.vectors().ids()) == sorted(index.catalog.passage_ids())


def test_what_waits_for_no_article_is_done_at_once(index: Index) -> None:
    told: list[bool] = []
    with Batch(index, Summary(), index.writing) as batch:
        batch.later(lambda: told.append(True))
        assert told


def test_what_goes_wrong_in_writing_is_raised_and_nothing_is_told_as_written(index: Index, tmp_path: Path) -> None:
    summary = Summary()
    told: list[bool] = []

    def run() -> None:
        with Batch(index, summary, refused) as batch:
            batch.add(entry(index, tmp_path, "short", 3))
            batch.later(lambda: told.append(True))
            batch.flush()

    with pytest.raises(IndexBusy):
        run()
    assert (summary.added, told) == (0, [])


def test_leaving_waits_for_what_is_being_written_and_tells_how_it_failed(index: Index, tmp_path: Path) -> None:
    def run() -> None:
        with Batch(index, Summary(), refused) as batch:
            batch.add(entry(index, tmp_path, "long", 840))
            raise KeyError("something else")

    with pytest.raises(KeyError) as raised:
        run()
    assert "the disk is full" in raised.value.__notes__[0]


@contextmanager
def refused() -> Iterator[Writer]:
    raise IndexBusy("the disk is full")
    yield


@pytest.mark.parametrize(("seconds", "lots"), [(1_000.0, 1), (0.0, 2)])
def test_a_lot_is_larger_where_the_model_reads_it_soon(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, lots: int
) -> None:
    monkeypatch.setattr("index.ingest.pipeline._SECONDS", seconds)
    monkeypatch.setattr("index.ingest.pipeline.BATCH_PASSAGES", 4)
    monkeypatch.setattr("index.ingest.pipeline.MAX_BATCH_PASSAGES", 8)
    written: list[None] = []

    @contextmanager
    def noted() -> Iterator[Writer]:
        written.append(None)
        with index.writing() as writer:
            yield writer

    with Batch(index, Summary(), noted) as batch:
        batch.add(entry(index, tmp_path, "long", 40))
        batch.flush()
        written.clear()
        for number in range(8):
            batch.add(entry(index, tmp_path, f"short {number}", 3))
        batch.flush()
    assert len(written) == lots
    assert index.catalog.count()[0] == 9
