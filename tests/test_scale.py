"""The benchmark of size on homes small enough for a test, and the pictures of figures."""

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from benchmarks.drawn import Stock
from benchmarks.plot import draw_scale, draw_speed
from benchmarks.scale_build import build
from index import Index

pytestmark = pytest.mark.slow

SIZES = (60, 150)
REAL, QUESTIONS = 30, 4


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build two sizes here, for that is soon done, and ask the larger one as the command does."""
    folder = tmp_path_factory.mktemp("scale")
    grown = folder / f"real-{REAL}"
    build(grown / str(SIZES[0]), SIZES[0], stock_of(folder))
    shutil.copytree(grown / str(SIZES[0]), grown / str(SIZES[1]))
    build(grown / str(SIZES[1]), SIZES[1], stock_of(folder))
    run = [sys.executable, "-m", "benchmarks.scale", "--sizes", str(SIZES[1]), "--only", "ask", "--real", str(REAL)]
    run += ["--questions", str(QUESTIONS), "--work", str(folder)]
    kept = ["--json", str(folder / "scale.json"), "--plot", str(folder / "scale.svg")]
    printed = subprocess.run([*run, *kept], check=True, stdout=subprocess.PIPE, text=True).stdout
    (folder / "table.md").write_text(printed, encoding="utf-8")
    return folder


def stock_of(work: Path) -> Stock:
    return Stock(work / f"real-{REAL}" / "stock", REAL)


def words_of(file: Path) -> set[str]:
    return {(element.text or "").strip() for element in ET.parse(file).iter() if element.tag.endswith("text")}


def test_a_home_is_built_reopened_and_asked(work: Path) -> None:
    (figures,) = json.loads((work / "scale.json").read_text(encoding="utf-8"))["sizes"]
    assert SIZES[1] <= figures["passages"] < SIZES[1] + 8
    assert all(figures[f"{stage} s"] > 0 for stage in ("vectors", "catalog"))
    assert min(figures["reopen s"], figures["reopen cold s"], figures["first answer s"]) > 0
    assert 0 < figures["dense p50"] <= figures["dense p95"]
    assert 0 < figures["lexical p50"] <= figures["lexical p95"] < figures["answer p95"]
    assert figures["recall@10"] > 0.9
    assert figures["disk"] > figures["disk vectors, graph"] > 0
    assert "| dense search, p50 ms |" in (work / "table.md").read_text(encoding="utf-8")


def test_a_home_that_is_grown_holds_what_the_stock_draws(work: Path) -> None:
    index, stock = Index(work / f"real-{REAL}" / str(SIZES[1]) / "home"), stock_of(work)
    articles, passages = index.catalog.count()
    drawn = list(islice(stock.articles(), articles))
    assert index.vectors().count() == passages == sum(len(one.vectors) for one in drawn)
    last = drawn[-1]
    assert index.article(last.entry.article.id).text == last.entry.article.text
    ids = [passage.id for passage in last.entry.passages]
    kept = index.vectors().get(ids)
    np.testing.assert_allclose(np.stack([kept[id_] for id_ in ids]), last.vectors, atol=1e-6)
    assert not index.catalog.near_duplicates.any()


def test_drawn_vectors_are_of_length_one_and_not_all_alike(work: Path) -> None:
    drawn = islice(stock_of(work).articles(REAL), 100)
    vectors = np.concatenate([one.vectors for one in drawn])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    cosines = vectors @ vectors.T - 2 * np.eye(len(vectors))
    assert np.median(cosines.max(axis=1)) < 0.99


def test_the_picture_of_growth_names_its_axes(work: Path) -> None:
    said = words_of(work / "scale.svg")
    assert {"passages", "milliseconds, median", "seconds", "megabytes"} <= said
    assert {"dense search", "lexical search", "whole answer"} <= said


def test_a_picture_of_growth_leaves_out_what_was_not_measured(tmp_path: Path) -> None:
    draw_scale({"sizes": [{"size": 10, "vectors s": 1.0}, {"size": 100, "vectors s": 9.0}]}, tmp_path / "s.svg")
    said = words_of(tmp_path / "s.svg")
    assert "vectors" in said
    assert "dense search" not in said


def test_the_picture_of_speed_sets_the_product_beside_the_yardstick(tmp_path: Path) -> None:
    medians = {"yardstick cold": 12.0, "product cold": 3.5, "yardstick bytes": 2e7, "product bytes": 5e8}
    draw_speed({"medians": medians}, tmp_path / "b.svg")
    said = words_of(tmp_path / "b.svg")
    assert {"yardstick", "product", "one question, cold process, s", "12.0", "3.50", "20.0", "500"} <= said
    assert "peak memory asking, MB" not in said
