"""How time, memory and disk grow with the index: `python -m benchmarks.scale`.

Homes of 1,000 to 100,000 passages, by default, are built through the project's own catalog and vectors, and asked real
questions: building, reopening and asking are measured each in a process of its own. Passages are real up to `--real`,
and drawn from those beyond (see `benchmarks.drawn`). A home grows out of a copy of the one before it; its build times
are those of all its passages.

A million passages take a quarter of an hour to build, 4 GB of memory and some 4 GB of disk. Homes are kept in a
folder, to be asked at another time, and a build that is stopped goes on where it was:

    python -m benchmarks.scale --sizes 1000,10000,100000,1000000 --work FOLDER --only build
    python -m benchmarks.scale --sizes 1000,10000,100000,1000000 --work FOLDER --only ask --json FILE --plot FILE.svg

Needs `pip install -e '.[speed]'` for the plot.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.scale_ask import QUESTIONS, ask, forget, reopen
from benchmarks.scale_build import STAGES, Figures, build, disk

SIZES = (1_000, 10_000, 100_000)
REAL = 10_000

# What the table shows: name, figure, and what it is divided by.
_ROWS = (
    ("build: catalog, s", "catalog s", 1),
    ("build: vectors, s", "vectors s", 1),
    ("build: all but embedding, s", "build s", 1),
    ("build: written for the vectors, MB", "vectors written bytes", 1e6),
    ("build: peak memory, MB", "peak MB", 1),
    ("reopen, s", "reopen s", 1),
    ("reopen, nothing of it in memory, s", "reopen cold s", 1),
    ("reopen: packages and model, s", "start s", 1),
    ("reading a question, p50 ms", "question p50", 1),
    ("dense search, p50 ms", "dense p50", 1),
    ("dense search, p95 ms", "dense p95", 1),
    ("lexical search, p50 ms", "lexical p50", 1),
    ("lexical search, p95 ms", "lexical p95", 1),
    ("whole retrieval, p50 ms", "retrieval p50", 1),
    ("whole retrieval, p95 ms", "retrieval p95", 1),
    ("whole answer, p50 ms", "answer p50", 1),
    ("whole answer, p95 ms", "answer p95", 1),
    ("asking: peak memory, MB", "asking peak MB", 1),
    ("postings of a question's words", "postings", 1),
    ("disk: articles and passages, MB", "disk articles", 1e6),
    ("disk: full text, MB", "disk full text", 1e6),
    ("disk: likeness, MB", "disk likeness", 1e6),
    ("disk: the catalog, MB", "disk catalog", 1e6),
    ("disk: vectors and their graph, MB", "disk vectors, graph", 1e6),
    ("disk: vectors' ids and fields, MB", "disk vectors, ids and fields", 1e6),
    ("disk, in all, MB", "disk", 1e6),
    ("recall@10 of dense search", "recall@10", 1),
    ("recall@100 of dense search", "recall@100", 1),
)


# ---- What a child process measures ----


def _measure(task: str, folder: Path, size: int, real: int, questions: int) -> Figures:
    from benchmarks.drawn import Stock

    if task == "reopen":
        return reopen(folder / "home")
    stock = Stock(folder.parent / "stock", real)
    return build(folder, size, stock) if task == "build" else ask(folder / "home", stock, questions)


# ---- What is measured ----


def main() -> None:
    """Build and ask every size, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=_sizes, default=SIZES, help="how many passages, as 1000,10000,100000")
    parser.add_argument("--real", type=int, default=REAL, help="how many of them are embedded and not drawn")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="how many are asked, of seeds/")
    parser.add_argument("--work", type=Path, help="a folder that keeps the homes; without it they are deleted")
    parser.add_argument("--only", choices=("build", "ask"), help="do the one, and leave the other as it was")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--plot", type=Path, help="draw them into this SVG file")
    parser.add_argument("--task", nargs=3, metavar=("TASK", "FOLDER", "SIZE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        task, folder, size = given.task
        print(json.dumps(_measure(task, Path(folder), int(size), given.real, given.questions)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        figures = measured(given.work or Path(scratch), given.sizes, given.real, given.questions, given.only)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if given.plot:
        from benchmarks.plot import draw_scale

        draw_scale(figures, given.plot)
    print(table(figures["sizes"]))


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted({int(one) for one in text.split(",")}))


def measured(
    work: Path, sizes: Sequence[int], real: int, questions: int = QUESTIONS, only: str | None = None
) -> dict[str, Any]:
    """Build homes below a folder and ask them, or only one of the two: what is known of each size, smallest first."""
    known = []
    before: Path | None = None
    for size in sizes:
        folder = work / f"real-{real}" / str(size)
        if only != "ask":
            _grow(folder, before, size, real)
        if only != "build":
            _ask(folder, size, real, questions)
        files = [file for file in (folder / "build.json", folder / "ask.json") if file.is_file()]
        figures: Figures = {"size": size}
        for file in files:
            figures |= json.loads(file.read_text(encoding="utf-8"))
        if "catalog s" in figures:
            figures["build s"] = sum(figures[f"{stage} s"] for stage in STAGES)
        known.append(figures)
        before = folder
    return {"real": real, "sizes": known}


def _grow(folder: Path, before: Path | None, size: int, real: int) -> None:
    if not folder.exists():
        begun = folder.with_name(f"{folder.name}-begun")
        shutil.rmtree(begun, ignore_errors=True)
        if before:
            shutil.copytree(before, begun, ignore=shutil.ignore_patterns("ask.json"))
        else:
            begun.mkdir(parents=True)
        begun.rename(folder)
    _child("build", folder, size, real)


def _ask(folder: Path, size: int, real: int, questions: int) -> None:
    forget(folder / "home")
    cold = _child("reopen", folder, size, real)
    warm = _child("reopen", folder, size, real)
    figures = {f"{name.removesuffix(' s')} cold s": value for name, value in cold.items()} | warm
    figures["start s"] = warm["packages s"] + warm["model s"]
    figures |= _child("ask", folder, size, real, questions) | disk(folder / "home")
    (folder / "ask.json").write_text(json.dumps(figures), encoding="utf-8")


def _child(task: str, folder: Path, size: int, real: int, questions: int = QUESTIONS) -> Figures:
    drawn = ["--real", str(real), "--questions", str(questions)]
    command = ["-m", "benchmarks.scale", *drawn, "--task", task, str(folder), str(size)]
    printed = subprocess.run([sys.executable, *command], check=True, stdout=subprocess.PIPE, text=True).stdout
    figures: Figures = json.loads(printed.splitlines()[-1])
    return figures


def table(sizes: Sequence[Figures]) -> str:
    """Write what is known of each size as Markdown; the last column is the last size beside the one before it."""
    heads = [f"{figures.get('passages', figures['size']):,.0f}" for figures in sizes]
    lines = [f"| passages | {' | '.join(heads)} | last step |", f"|---|{'--:|' * (len(sizes) + 1)}"]
    for name, key, unit in _ROWS:
        values = [figures[key] / unit if key in figures else None for figures in sizes]
        if all(value is None for value in values):
            continue
        step = f"× {values[-1] / values[-2]:.1f}" if len(values) > 1 and values[-1] and values[-2] else ""
        lines.append(f"| {name} | {' | '.join(_number(value) for value in values)} | {step} |")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


if __name__ == "__main__":
    main()
