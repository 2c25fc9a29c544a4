"""The vectors' own store: what a graph of many costs, and that nothing of it is lost."""

from pathlib import Path

import numpy as np
import pytest

import index.vectors
from index.vectors import Vectors

_ARTICLE = {"article": "one"}
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
    monkeypatch.setattr(index.vectors, "_SAVED_SHARE", 2)
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
