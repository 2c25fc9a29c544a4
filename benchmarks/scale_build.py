"""Build a home of so many passages, through the classes that the product writes with, and time each stage."""

import json
import resource
import sqlite3
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.timing import timed

if TYPE_CHECKING:
    from benchmarks.drawn import Drawn, Stock
    from index import Index

STAGES = ("vectors", "catalog")
# Articles written together, about 2,000 passages: enough that commits cost little, few enough to be held in memory.
_BATCH = 330
# What belongs to which part of the catalog's file, by how its tables' names begin.
_PARTS = {"words": "full text", "like_keys": "likeness", "alike": "likeness"}

Figures = dict[str, float]


def build(folder: Path, size: int, stock: "Stock") -> Figures:
    """Write articles into the home below a folder until there are so many passages.

    `build.json` beside it is kept up with what that took, so that one who is stopped goes on where it was, and a copy
    of the folder can be grown. Seconds are by stage, of the writing alone and not of the drawing.
    """
    from index import Index

    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "build.json"
    done: Figures = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    index = Index(folder / "home")
    number, passages = index.catalog.count()
    articles = stock.articles(number)
    with index.writing():
        while passages < size:
            batch = []
            for article in islice(articles, _BATCH):
                batch.append(article)
                passages += len(article.entry.passages)
                if passages >= size:
                    break
            for name, value in _write(index, batch).items():
                done[name] = done.get(name, 0.0) + value
            done["passages"] = passages
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
            done["peak MB"] = max(done.get("peak MB", 0.0), peak)
            file.write_text(json.dumps(done), encoding="utf-8")
            took = ", ".join(f"{stage} {done[f'{stage} s']:.0f} s" for stage in STAGES)
            print(f"{passages:,} of {size:,} passages: {took}", file=sys.stderr, flush=True)
    return done


def _write(index: "Index", batch: "list[Drawn]") -> Figures:
    """Write articles in the product's order: vectors first, then the catalog."""
    embedding = index.embedding
    ids = [passage.id for one in batch for passage in one.entry.passages]
    articles = [one.entry.article for one in batch for _ in one.entry.passages]
    rows = np.concatenate([one.vectors for one in batch])
    known = {"fingerprint": embedding.fingerprint, "model": embedding.name}
    before = _written()
    vectors, _ = timed(index.vectors().add, ids, rows, articles)
    written = _written() - before
    catalog, _ = timed(index.catalog.write, [one.entry for one in batch], known)
    index.note_own_write()
    return {"vectors s": vectors, "catalog s": catalog, "vectors written bytes": written}


def _written() -> float:
    """Tell how many bytes this process has written so far; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/io").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return float(next(line.split()[1] for line in lines if line.startswith("wchar")))


def disk(home: Path) -> Figures:
    """Tell the bytes on disk by part, and in all.

    Where SQLite was built without its table of pages (dbstat), the catalog is one part.
    """
    vectors = [file for file in home.glob("vectors-*/**/*") if file.is_file()]
    own = [file for file in vectors if file.name.startswith("chroma.sqlite3")]
    catalog = list(home.glob("catalog.db*"))
    return {
        **_catalog_parts(home / "catalog.db"),
        "disk vectors, graph": _size(set(vectors) - set(own)),
        "disk vectors, ids and fields": _size(own),
        "disk": _size({*catalog, *vectors}),
    }


def _catalog_parts(file: Path) -> Figures:
    # Pages, counted in `pageno`, for the sum of their bytes that dbstat gives does not hold 2 GB and more.
    sizes = (
        "SELECT coalesce(s.tbl_name, ''), d.pageno * p.page_size FROM pragma_page_size AS p, dbstat AS d "
        "LEFT JOIN sqlite_schema AS s ON s.name = d.name "
        "WHERE d.aggregate = TRUE"
    )
    parts: Figures = {}
    connection = sqlite3.connect(file)
    try:
        for table, size in connection.execute(sizes):
            part = next((part for start, part in _PARTS.items() if table.startswith(start)), "articles")
            parts[f"disk {part}"] = parts.get(f"disk {part}", 0.0) + size
    except sqlite3.OperationalError:
        return {"disk catalog": _size({file})}
    finally:
        connection.close()
    return parts


def _size(files: set[Path] | list[Path]) -> float:
    return float(sum(file.stat().st_size for file in files))
