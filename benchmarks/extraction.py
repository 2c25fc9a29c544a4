"""How much of an article is read from its page, and how much of the page around it, as the public benchmark scores it.

    python -m benchmarks.extraction FOLDER GROUND_TRUTH [--out FILE] [--bootstrap N]

FOLDER holds pages as ID.html or ID.html.gz, GROUND_TRUTH is JSON: {ID: {"articleBody": TEXT, "url": ADDRESS}}. That is
the shape of https://github.com/scrapinghub/article-extraction-benchmark (MIT), whose figures these are: texts are
compared by shingles of four words, each page counts alike, and ± is 1.96 standard deviations over draws of pages with
replacement. F1 is that of the mean precision and the mean recall.

Without arguments it scores the pages of tests/samples/extraction, which were written for this project.
"""

import argparse
import gzip
import json
import random
import re
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from index.errors import LoadError
from index.load.loader import load_page

SAMPLES = Path(__file__).parent.parent / "tests" / "samples" / "extraction"
SHINGLE = 4
_BOOTSTRAP = 1_000
# Draws are the same in every run, so that two runs over the same pages print the same table.
_SEED = 7

Extract = Callable[[str, bytes], str]
"""A page's address and bytes to the text of its article, "" where there is none."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Shingles of one page that are in both texts, in the one read alone, and in the true one alone; shares of 1."""

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


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 over all pages (0 to 1), and how far each may be off."""

    precision: float
    recall: float
    f1: float
    precision_off: float = 0.0
    recall_off: float = 0.0
    f1_off: float = 0.0


def matched(true: str, read: str) -> Matched:
    """Compare the text that was read with the true one."""
    wanted, found = _shingles(true), _shingles(read)
    counts = (wanted & found).total(), (found - wanted).total(), (wanted - found).total()
    return Matched(*(count / (sum(counts) or 1) for count in counts))


def score(pages: Sequence[Matched], bootstrap: int = _BOOTSTRAP) -> Score:
    """Score pages; `bootstrap` is how many draws the ± is taken from, 0 for none."""
    precision, recall, f1 = _means(pages)
    if bootstrap < 2:
        return Score(precision, recall, f1)
    draw = random.Random(_SEED)
    drawn = [_means(draw.choices(pages, k=len(pages))) for _ in range(bootstrap)]
    return Score(precision, recall, f1, *(1.96 * statistics.stdev(values) for values in zip(*drawn, strict=True)))


def trafilatura_alone(_address: str, data: bytes) -> str:
    """Read a page with trafilatura as it comes."""
    from trafilatura import extract

    return extract(data, include_comments=False) or ""


def product(address: str, data: bytes) -> str:
    """Read a page as `assistant index` does."""
    try:
        return load_page(address, data, "text/html").text
    except LoadError:
        return ""


EXTRACTORS: Mapping[str, Extract] = {"trafilatura alone": trafilatura_alone, "the product": product}


def run(folder: Path, truth: Mapping[str, Mapping[str, str]], extract: Extract) -> dict[str, Matched]:
    """Read each page of the ground truth from `folder`, and compare; by page.

    Raises:
        FileNotFoundError: a page is not there.
    """
    return {
        name: matched(
            page.get("articleBody", ""), extract(page.get("url") or f"https://{name}.example/", _read(folder, name))
        )
        for name, page in truth.items()
    }


def _read(folder: Path, name: str) -> bytes:
    packed = folder / f"{name}.html.gz"
    return gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / f"{name}.html").read_bytes()


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text)
    cut = (tuple(tokens[start : start + SHINGLE]) for start in range(max(1, len(tokens) - SHINGLE + 1)))
    return Counter(shingle for shingle in cut if shingle)


def _means(pages: Sequence[Matched]) -> tuple[float, float, float]:
    """Average over pages; those where nothing was read have no precision, those without an article no recall."""
    precision = _mean([page.precision for page in pages if page.both + page.read])
    recall = _mean([page.recall for page in pages if page.both + page.true])
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Score the extractors over the pages named, print a table, and write JSON beside it when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=SAMPLES, help="pages as ID.html or ID.html.gz")
    parser.add_argument(
        "truth", type=Path, nargs="?", help="ground truth as JSON; FOLDER/ground-truth.json if left out"
    )
    parser.add_argument("--out", type=Path, help="write the figures, for each page as well, to this JSON file")
    parser.add_argument("--bootstrap", type=int, default=_BOOTSTRAP, help="how many draws the ± is taken from")
    given = parser.parse_args(arguments)
    try:
        truth = json.loads((given.truth or given.folder / "ground-truth.json").read_text(encoding="utf-8"))
        pages = {name: run(given.folder, truth, extract) for name, extract in EXTRACTORS.items()}
    except (OSError, ValueError) as error:
        parser.error(f"the pages cannot be read ({error}); give a folder of pages and their ground truth")
    scores = {name: score(list(found.values()), given.bootstrap) for name, found in pages.items()}
    _show(scores, len(truth))
    if given.out:
        given.out.write_text(json.dumps(_plain(scores, pages), indent=1) + "\n", encoding="utf-8")


def _show(scores: Mapping[str, Score], pages: int) -> None:
    table = Table(
        "", "Precision", "Recall", "F1", title=f"{pages} pages", box=None, header_style="bold", pad_edge=False
    )
    for name, one in scores.items():
        figures = ((one.precision, one.precision_off), (one.recall, one.recall_off), (one.f1, one.f1_off))
        table.add_row(name, *(f"{value:.3f} ± {off:.3f}" for value, off in figures))
    Console(highlight=False).print(table)


def _plain(scores: Mapping[str, Score], pages: Mapping[str, Mapping[str, Matched]]) -> dict[str, Any]:
    return {
        name: {**asdict(scores[name]), "pages": {page: asdict(one) for page, one in found.items()}}
        for name, found in pages.items()
    }


if __name__ == "__main__":
    main()
