"""The public suites that extraction is measured on, read from local copies, and how each compares texts.

- https://github.com/scrapinghub/article-extraction-benchmark (MIT): whole articles, compared by shingles of four words.
- https://github.com/mozilla/readability (Apache-2.0), its test pages: what Readability.js makes of each, likewise.
- https://github.com/adbar/trafilatura (Apache-2.0), its evaluation data: sentences that have to be in the text, and
  others that must not be.
"""

import gzip
import json
import random
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHINGLE = 4
# Draws are the same in every run, so that two runs over the same pages print the same table.
_SEED = 7


@dataclass(frozen=True, slots=True)
class Matched:
    """What of one page is in both texts, in the one read alone, and in the true one alone: shares of 1, or counts."""

    both: float
    read: float
    true: float

    @property
    def precision(self) -> float:
        """How much of what was read belongs to the article."""
        return self.both / (self.both + self.read) if self.both + self.read else 0.0

    @property
    def recall(self) -> float:
        """How much of the article was read."""
        return self.both / (self.both + self.true) if self.both + self.true else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both; 1 where nothing had to be read and nothing was."""
        counted = 2 * self.both + self.read + self.true
        return 2 * self.both / counted if counted else 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a suite: its name, address and bytes, and how a text read from it compares with the true one."""

    name: str
    address: str
    data: bytes
    compare: Callable[[str], Matched]


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 over all pages (0 to 1), and how far each may be off."""

    precision: float
    recall: float
    f1: float
    precision_off: float = 0.0
    recall_off: float = 0.0
    f1_off: float = 0.0


@dataclass(frozen=True, slots=True)
class Suite:
    """The pages of a suite; `counted` says that marks are counted over all of them, else each page counts alike."""

    name: str
    pages: Sequence[Page]
    counted: bool = False

    def score(self, found: Sequence[Matched], draws: int) -> Score:
        """Score what was found; ± is 1.96 standard deviations over `draws` of pages with replacement, 0 for none."""
        whole = self._of(found)
        if draws < 2:
            return Score(*whole)
        draw = random.Random(_SEED)
        drawn = [self._of(draw.choices(found, k=len(found))) for _ in range(draws)]
        return Score(*whole, *(1.96 * statistics.stdev(values) for values in zip(*drawn, strict=True)))

    def _of(self, found: Sequence[Matched]) -> tuple[float, float, float]:
        if self.counted:
            whole = Matched(*(sum(getattr(one, name) for one in found) for name in ("both", "read", "true")))
            return whole.precision, whole.recall, whole.f1
        # Where nothing was read there is no precision, and no recall where there is no article.
        precision = _mean([page.precision for page in found if page.both + page.read])
        recall = _mean([page.recall for page in found if page.both + page.true])
        return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def read_suite(folder: Path) -> Suite:
    """Read the suite in a local copy, known by its layout; a folder with `ground-truth.json` is read as the first.

    Raises:
        OSError: a file of it cannot be read, or none of the layouts is there.
        ValueError: its ground truth is no JSON.
    """
    if (folder / "tests" / "evaldata.json").is_file():
        return Suite("trafilatura's evaluation data", list(_trafilatura(folder / "tests")), counted=True)
    if (folder / "test" / "test-pages").is_dir():
        return Suite("readability's test pages", list(_readability(folder / "test" / "test-pages")))
    return Suite("article extraction benchmark" if (folder / "html").is_dir() else folder.name, list(_articles(folder)))


def matched(true: str, read: str) -> Matched:
    """Compare the text that was read with the true one by shingles of four words."""
    wanted, found = _shingles(true), _shingles(read)
    counts = (wanted & found).total(), (found - wanted).total(), (wanted - found).total()
    return Matched(*(count / (sum(counts) or 1) for count in counts))


def marked(wanted: Sequence[str], unwanted: Sequence[str], read: str) -> Matched:
    """Count the wanted sentences that are in a text, the unwanted ones that are, and the wanted ones that are not."""
    text = _spaced(read)
    both = sum(_spaced(one) in text for one in wanted)
    return Matched(both, sum(_spaced(one) in text for one in unwanted), len(wanted) - both)


def _articles(folder: Path) -> Iterator[Page]:
    truth: Mapping[str, Mapping[str, str]] = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    pages = folder / "html" if (folder / "html").is_dir() else folder
    for name, page in truth.items():
        packed = pages / f"{name}.html.gz"
        data = gzip.decompress(packed.read_bytes()) if packed.exists() else (pages / f"{name}.html").read_bytes()
        yield _compared(name, page.get("url"), data, page.get("articleBody", ""))


def _readability(folder: Path) -> Iterator[Page]:
    for page in sorted(one for one in folder.iterdir() if (one / "source.html").is_file()):
        true = _visible((page / "expected.html").read_text(encoding="utf-8"))
        yield _compared(page.name, None, (page / "source.html").read_bytes(), true)


def _trafilatura(folder: Path) -> Iterator[Page]:
    truth: Mapping[str, Mapping[str, Any]] = json.loads((folder / "evaldata.json").read_text(encoding="utf-8"))
    for name, page in truth.items():
        places = [folder / kept / page["file"] for kept in ("cache", "eval")]
        data = next((one for one in places if one.is_file()), places[-1]).read_bytes()

        def compare(read: str, page: Mapping[str, Any] = page) -> Matched:
            return marked(page["with"], page["without"], read)

        # Pages of which only a part was kept have a name in place of an address.
        sound = re.match(r"https?://", name) is not None
        yield Page(name, name if sound else f"https://{Path(page['file']).stem}.example/", data, compare)


def _compared(name: str, address: str | None, data: bytes, true: str) -> Page:
    return Page(name, address or f"https://{name}.example/", data, lambda read: matched(true, read))


def _visible(html: str) -> str:
    from lxml import etree

    root = etree.fromstring(html.encode(), etree.HTMLParser(encoding="utf-8"))
    return " ".join(" ".join(root.itertext()).split()) if root is not None else ""


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text)
    cut = (tuple(tokens[start : start + SHINGLE]) for start in range(max(1, len(tokens) - SHINGLE + 1)))
    return Counter(shingle for shingle in cut if shingle)


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else 0.0
