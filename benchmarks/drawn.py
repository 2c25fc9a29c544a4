"""Passages in any number to measure an index with: real ones to some thousands, and beyond them drawn from those.

Embedding a million passages takes hours, and says nothing that ten thousand do not. So a drawn article is six real
passages: each with its own words, and its vector moved a little and turned to length 1.

It is moved by a share of the difference between two other real vectors, and not by noise that is even in all
directions: real vectors fill few of their dimensions, and a graph of neighbours is only as good, and as slow, as the
vectors are spread. The share is chosen so that as many vectors drawn from a tenth of the real ones have their nearest
neighbours as near, at the median, as the real ones have theirs: ten times as many drawn vectors crowd as ten times as
much text does.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.corpus import write_corpus
from index.embed.passages import Entry
from index.types import Article, Passage, article_id, content_hash, passage_id

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_SEED = 20260101
_PASSAGES = 6
_AT_ONCE = 256
# How many vectors' nearest neighbours are looked for to choose the share, and the steps of halving that choose it.
_LOOKED_AT = 500
_HALVINGS = 12


@dataclass(frozen=True, slots=True)
class Drawn:
    """An article, and its passages' vectors (passages x dimension, of length 1)."""

    entry: Entry
    vectors: "Vectors"


class Stock:
    """Real passages in a folder, made there at the first use, and articles drawn from them.

    `about` has the seconds that embedding took and the share of a difference that a drawn vector is moved by.
    """

    def __init__(self, folder: Path, passages: int) -> None:
        if not (folder / "about.json").is_file():
            _make(folder, passages)
        self.about: dict[str, float] = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        self._articles: list[dict[str, Any]] = json.loads((folder / "articles.json").read_text(encoding="utf-8"))
        self._vectors: Vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self._firsts = np.cumsum([0, *(len(one["spans"]) for one in self._articles)]).tolist()
        self._texts = [one["text"][start:end].strip() for one in self._articles for start, end in one["spans"]]

    def articles(self, first: int = 0) -> Iterator[Drawn]:
        """Yield articles without end, the real ones first; `first` is the number of the one to begin at."""
        number = first
        while True:
            yield self._real(number) if number < len(self._articles) else self._drawn(number)
            number += 1

    def _real(self, number: int) -> Drawn:
        kept = self._articles[number]
        vectors = self._vectors[self._firsts[number] : self._firsts[number + 1]]
        return Drawn(_entry(number, kept["text"], kept["spans"]), vectors)

    def _drawn(self, number: int) -> Drawn:
        draw = np.random.default_rng((_SEED, number))
        own = draw.integers(len(self._texts), size=_PASSAGES).tolist()
        texts = [self._texts[one] + "\n\n" for one in own]
        ends = np.cumsum([0, *map(len, texts)]).tolist()
        vectors = _moved(self._vectors, own, self.about["share"], draw)
        return Drawn(_entry(number, "".join(texts), list(pairwise(ends))), vectors)


def _entry(number: int, text: str, spans: list[tuple[int, int]]) -> Entry:
    path = f"/articles/{number // 1000}/{number:07}.md"
    fields: dict[str, Any] = {
        "title": f"Report {number:07}",
        "text": text,
        "url": None,
        "author": None,
        "publisher": f"Desk {number % 20}",
        "published": date(2015, 1, 1) + timedelta(days=number * 7919 % 4_000),
        "language": "en",
        "tags": (),
    }
    article = Article(id=article_id(path), path=path, content_hash=content_hash(**fields), **fields)
    passages = [Passage(passage_id(article, n), article.id, start, end) for n, (start, end) in enumerate(spans)]
    return Entry(article, passages, article.content_hash)


# ---- The real ones ----


def _make(folder: Path, wanted: int) -> None:
    """Draw articles of real sentences, split and embed them as the index does, and keep what came of it."""
    from index.embed.model import SentenceEmbedding
    from index.embed.packaged import DEFAULT_MODEL
    from index.embed.passages import embed_passages, entry_of
    from index.load.loader import load

    folder.mkdir(parents=True, exist_ok=True)
    embedding = SentenceEmbedding(DEFAULT_MODEL)
    kept: list[dict[str, Any]] = []
    pairs: list[tuple[Passage, Article]] = []
    with tempfile.TemporaryDirectory() as scratch:
        write_corpus(Path(scratch) / "articles", wanted // 4 + 1)
        for file in sorted((Path(scratch) / "articles").iterdir()):
            if len(pairs) >= wanted:
                break
            article = load(file, file.read_bytes())
            passages = entry_of(embedding, article, "").passages
            pairs += [(passage, article) for passage in passages]
            kept.append({"text": article.text, "spans": [(passage.start, passage.end) for passage in passages]})
    embedding.encode([""])
    began = time.perf_counter()
    vectors = np.zeros((len(pairs), embedding.dimension), np.float32)
    for start in range(0, len(pairs), _AT_ONCE):
        lot = pairs[start : start + _AT_ONCE]
        read = embed_passages(embedding, lot)
        for number, (passage, _) in enumerate(lot, start):
            vectors[number] = read[passage.id]
        print(f"embedded {start + len(lot):,} of {len(pairs):,}", file=sys.stderr, flush=True)
    seconds = time.perf_counter() - began
    np.save(folder / "vectors.npy", vectors)
    (folder / "articles.json").write_text(json.dumps(kept), encoding="utf-8")
    about = {"passages": len(pairs), "seconds": seconds, "share": _share(vectors)}
    # Last, for it says that the rest is there.
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")


# ---- How far a drawn vector is moved ----


def _moved(real: "Vectors", own: list[int], share: float, draw: np.random.Generator) -> "Vectors":
    to = draw.integers(len(real), size=len(own))
    away = (to + draw.integers(1, len(real), size=len(own))) % len(real)  # Never the same.
    moved = real[own] + share * (real[to] - real[away])
    unit: Vectors = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _share(real: "Vectors") -> float:
    """Choose the share so that vectors drawn from a tenth of the real ones crowd as the real ones do."""
    aim = _nearest(real)
    low, high = 0.0, 2.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        draw = np.random.default_rng(_SEED)
        tenth = real[: max(2, len(real) // 10)]
        drawn = _moved(tenth, draw.integers(len(tenth), size=len(real)).tolist(), middle, draw)
        low, high = (middle, high) if _nearest(drawn) > aim else (low, middle)
    return low


def _nearest(vectors: "Vectors") -> float:
    """Tell the median cosine of vectors with the nearest other one."""
    cosines = vectors[:_LOOKED_AT] @ vectors.T
    np.fill_diagonal(cosines, -1.0)
    return float(np.median(cosines.max(axis=1)))
