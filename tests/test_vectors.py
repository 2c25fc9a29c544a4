"""The vectors' own store: what a graph of many costs, and that nothing of it is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import index.store.vectors
from index.store.vectors import Vectors
from index.types import Article

_ARTICLE = Article(id="one", title="One", text="", content_hash="")
_AT_ONCE = 500


def _add(vectors: Vectors, rows: "np.ndarray[tuple[int, int], np.dtype[np.float32]]", first: int) -> None:
    ids = [str(first + number) for number in range(len(rows))]
    vectors.add(ids, rows, [_ARTICLE] * len(rows))


def _graph(folder: Path) -> int:
    """Tell when the graph was last saved."""
    return max(file.stat().st_mtime_ns for file in folder.rglob("data_level0.bin"))


def test_a_graph_of_many_is_saved_when_a_share_of_it_is_new_and_is_found_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A share that makes some thousands many.
    monkeypatch.setattr(index.store.vectors, "_VECTORS_PER_NEW", 2)
    rows = np.random.default_rng(1).standard_normal((8_000, 16)).astype(np.float32)
    writing = Vectors(tmp_path)
    for start in range(0, 6_000, _AT_ONCE):
        _add(writing, rows[start : start + _AT_ONCE], start)
    saved = {_graph(tmp_path)}
    for start in range(6_000, 8_000, 2 * _AT_ONCE):
        _add(writing, rows[start : start + 2 * _AT_ONCE], start)
        saved.add(_graph(tmp_path))
    assert len(saved) < 3, "it was saved for each thousand"
    for vectors in (writing, Vectors(tmp_path)):
        assert vectors.count() == len(rows)
        for number in (0, 5_999, 7_999):
            assert next(iter(vectors.nearest(rows[number], 3))) == str(number)


def test_searches_go_on_with_what_they_had_open_while_it_is_opened_again(tmp_path: Path) -> None:
    rows = np.random.default_rng(1).standard_normal((300, 16)).astype(np.float32)
    vectors = Vectors(tmp_path)
    _add(vectors, rows, 0)
    listing = vectors.ids()
    read = [next(listing)]
    stopped = threading.Event()

    def search(number: int) -> int:
        searches = 0
        while not stopped.is_set() or not searches:
            assert next(iter(vectors.nearest(rows[number], 3))) == str(number)
            searches += 1
        return searches

    with ThreadPoolExecutor(4) as pool:
        searching = [pool.submit(search, number) for number in range(4)]
        for _ in range(20):
            vectors.reopen()
            assert vectors.count() == len(rows)
        stopped.set()
        assert all(one.result(60) for one in searching)
    assert len([*read, *listing]) == len(rows)


def test_two_that_have_one_folder_open_do_not_close_it_for_each_other(tmp_path: Path) -> None:
    rows = np.eye(4, 16, dtype=np.float32)
    one, other = Vectors(tmp_path), Vectors(tmp_path)
    _add(one, rows, 0)
    assert (one.count(), other.count()) == (4, 4)
    one.reopen()
    assert next(iter(other.nearest(rows[2], 1))) == "2"
    assert next(iter(one.nearest(rows[2], 1))) == "2"
