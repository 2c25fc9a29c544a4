"""How much of an article is read from its page, and how much of the page around it: the product beside trafilatura.

    python -m benchmarks.extraction FOLDER [FOLDER ...] [--out FILE] [--draws N]

Each FOLDER is a local copy of one of the public suites (see `benchmarks.extraction_suites`), which is known by its
layout: a checkout of scrapinghub/article-extraction-benchmark, of adbar/trafilatura, or of mozilla/readability; or
pages (ID.html, ID.html.gz) beside a ground-truth.json of the first one's shape. Pages on which the product is worse
than trafilatura alone by more than .2 are named.

Without arguments it scores the pages of tests/samples/extraction, which were written for this project.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.extraction_suites import Matched, Score, Suite, read_suite
from index.errors import LoadError
from index.load.loader import load_page

SAMPLES = Path(__file__).parent.parent / "tests" / "samples" / "extraction"
_DRAWS = 1_000
_WORSE = 0.2

Extract = Callable[[str, bytes], str]
"""A page's address and bytes to the text of its article, "" where there is none."""


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


def run(suite: Suite, extract: Extract, processes: int = 1) -> dict[str, Matched]:
    """Read each page of a suite and compare; by page."""
    places = [(page.address, page.data) for page in suite.pages]
    if processes == 1:
        texts = [extract(*place) for place in places]
    else:
        with ProcessPoolExecutor(processes) as pool:
            texts = list(pool.map(partial(_extracted, extract), places, chunksize=8))
    return {page.name: page.compare(text) for page, text in zip(suite.pages, texts, strict=True)}


def _extracted(extract: Extract, place: tuple[str, bytes]) -> str:
    return extract(*place)


def worse(alone: Mapping[str, Matched], ours: Mapping[str, Matched]) -> dict[str, tuple[float, float]]:
    """Name the pages on which we are worse than trafilatura alone, with the F1 of both; the worst first."""
    pairs = {name: (alone[name].f1, ours[name].f1) for name in ours}
    found = {name: pair for name, pair in pairs.items() if pair[0] - pair[1] > _WORSE}
    return dict(sorted(found.items(), key=lambda item: item[1][1] - item[1][0]))


def main(arguments: Sequence[str] | None = None) -> None:
    """Score the extractors over the suites named, print a table of each, and write JSON beside it when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="*", help="local copies of suites")
    parser.add_argument("--out", type=Path, help="write the figures, for each page as well, to this JSON file")
    parser.add_argument("--draws", type=int, default=_DRAWS, help="how many draws the ± is taken from")
    parser.add_argument("--processes", type=int, default=1, help="how many pages are read at the same time")
    given = parser.parse_args(arguments)
    written: dict[str, Any] = {}
    for folder in given.folders or [SAMPLES]:
        try:
            suite = read_suite(folder)
        except (OSError, ValueError, KeyError) as error:
            parser.error(f"{folder} cannot be read ({error}); give a local copy of a suite")
        pages = {name: run(suite, extract, given.processes) for name, extract in EXTRACTORS.items()}
        scores = {name: suite.score(list(found.values()), given.draws) for name, found in pages.items()}
        _show(suite, scores, worse(pages["trafilatura alone"], pages["the product"]))
        written[suite.name] = _plain(scores, pages)
    if given.out:
        given.out.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def _show(suite: Suite, scores: Mapping[str, Score], fallen: Mapping[str, tuple[float, float]]) -> None:
    title = f"{suite.name}: {len(suite.pages)} pages"
    table = Table("", "Precision", "Recall", "F1", title=title, box=None, header_style="bold", pad_edge=False)
    for name, one in scores.items():
        figures = ((one.precision, one.precision_off), (one.recall, one.recall_off), (one.f1, one.f1_off))
        table.add_row(name, *(f"{value:.3f} ± {off:.3f}" for value, off in figures))
    console = Console(highlight=False)
    console.print(table)
    for name, (alone, ours) in fallen.items():
        console.print(f"F1 {alone:.2f} alone, {ours:.2f} here: {name}", soft_wrap=True)
    console.print()


def _plain(scores: Mapping[str, Score], pages: Mapping[str, Mapping[str, Matched]]) -> dict[str, Any]:
    return {
        name: {**asdict(scores[name]), "pages": {page: asdict(one) for page, one in found.items()}}
        for name, found in pages.items()
    }


if __name__ == "__main__":
    main()
