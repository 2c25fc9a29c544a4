"""How fast it is beside LlamaIndex's quickstart: `python -m benchmarks.speed [FOLDER]`.

Both index the same articles and answer the same questions with the same weights, in turns, each in a process of its
own; figures are medians over the turns, and what counts are the ratios of one run. Without a folder, articles are drawn
from seeds/ (`--articles`). Needs `pip install -e '.[speed]'`.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import yardstick
from benchmarks.corpus import change, write_corpus
from benchmarks.sets import read_seeds
from benchmarks.timing import repeated, timed

if TYPE_CHECKING:
    from index.precision import Reader

_CHANGED = 0.01
# More passages than are read before the fastest reader is looked for.
_MANY = 1_000
# Passages that are read together by the model alone, and before that, to set it up.
_LOT = 512
_WARM = 16

Figures = dict[str, float]


# ---- What a child process measures ----


def _yardstick_index(folder: Path, home: Path) -> Figures:
    yardstick.prepare()
    seconds, passages = timed(lambda: yardstick.build(folder, home))
    characters = sum(len(file.read_text(encoding="utf-8")) for file in folder.iterdir())
    return {"seconds": seconds, "passages": passages, "characters": characters}


def _product_index(folder: Path, home: Path) -> Figures:
    from index import Index, sync

    index = Index(home)
    index.embedding.encode([""])
    seconds, summary = timed(lambda: sync(index, [folder]))
    return {
        "seconds": seconds,
        "passages": summary.passages,
        "characters": sum(len(article.text) for article in index.catalog.articles()),
        "taken in": summary.added + summary.changed,
        "unchanged": summary.unchanged,
    }


def _product_again(folder: Path, home: Path) -> Figures:
    """Index again as a new process does, which loads the model only if there is something to embed."""
    from index import Index, sync

    seconds, summary = timed(lambda: sync(Index(home), [folder]))
    return {"seconds": seconds, "passages": summary.passages, "unchanged": summary.unchanged}


def _bare_model(_folder: Path, home: Path) -> Figures:
    """Have what reads passages at indexing read the product's, with nothing around it: the limit."""
    texts, reader = _passages(home)
    return _read_all(reader, texts)


def _bare_pytorch(_folder: Path, home: Path) -> Figures:
    """Have sentence-transformers read them at the precision that indexing chose, in batches side by side."""
    from index.embed import DEFAULT_MODEL, model_folder
    from index.transformer import TransformerReader

    texts, chosen = _passages(home)
    reader = TransformerReader(model_folder(DEFAULT_MODEL), DEFAULT_MODEL, half=chosen.half)
    _read_all(reader, texts[:_WARM])
    return _read_all(reader, texts) | {"half": chosen.half}


def _passages(home: Path) -> "tuple[list[str], Reader]":
    """Return the texts of an index's passages as they are embedded, and what has been found to read them soonest."""
    from index import Index
    from index.writer import embedded_text

    index = Index(home)
    texts = [embedded_text(*found) for found in index.catalog.passages(list(index.catalog.passage_ids())).values()]
    index.embedding.encode_tokens(texts[:_MANY])
    return texts, index.embedding.reader_for(index.embedding.tokenise(texts))


def _read_all(reader: "Reader", texts: list[str]) -> Figures:
    # Some at a time, for what comes of all of them would not fit in memory.
    lots = [texts[start : start + _LOT] for start in range(0, len(texts), _LOT)]
    seconds, _ = timed(lambda: [list(map(len, reader.read(reader.tokenise(lot)))) for lot in lots])
    return {"seconds": seconds, "passages": len(texts)}


def _yardstick_ask(_folder: Path, home: Path) -> Figures:
    yardstick.prepare()
    retriever = yardstick.retriever(home)
    return repeated("retrieve", retriever.retrieve, _questions())


def _product_ask(_folder: Path, home: Path) -> Figures:
    from assistant.answer import Assistant
    from assistant.retrieve import HybridRetriever
    from assistant.settings import Settings

    assistant = Assistant(Settings(home=home))
    retriever = HybridRetriever(assistant.index)
    questions = _questions()
    return repeated("retrieve", retriever.retrieve, questions) | repeated("answer", assistant.answer, questions)


def _questions() -> list[str]:
    return [one.text for one in read_seeds().questions]


_TASKS: dict[str, Callable[[Path, Path], Figures]] = {
    "yardstick index": _yardstick_index,
    "product index": _product_index,
    "product again": _product_again,
    "bare model": _bare_model,
    "bare PyTorch": _bare_pytorch,
    "yardstick ask": _yardstick_ask,
    "product ask": _product_ask,
}
_COLD = {
    "yardstick": "from benchmarks import yardstick as y; from pathlib import Path; y.prepare();"
    " print(y.retriever(Path({home!r})).retrieve({question!r})[0].text)",
    "product": "import sys; from assistant.cli import main; sys.argv = ['assistant', 'ask', {question!r}, '--home',"
    " {home!r}]; main()",
}


def _measure(task: str, folder: Path, home: Path) -> None:
    figures = _TASKS[task](folder, home)
    figures["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    print(json.dumps(figures))


# ---- What is measured, in turns ----


def main() -> None:
    """Run all of it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of articles; copied, for some are changed")
    parser.add_argument("--articles", type=int, default=300, help="how many are drawn without a folder")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--plot", type=Path, help="draw the medians as SVG to this file")
    parser.add_argument("--task", nargs=3, metavar=("TASK", "FOLDER", "HOME"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        _measure(given.task[0], Path(given.task[1]), Path(given.task[2]))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "articles"
        if given.folder:
            import shutil

            shutil.copytree(given.folder, folder)
        else:
            write_corpus(folder, given.articles)
        turns = [_turn(folder, Path(scratch) / f"turn-{number}") for number in range(given.turns)]
    figures = {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}
    if given.json:
        given.json.write_text(json.dumps({"turns": turns, "medians": figures}, indent=2) + "\n", encoding="utf-8")
    if given.plot:
        from benchmarks.plot import draw_speed

        draw_speed({"medians": figures}, given.plot)
    _show(figures, given.turns)


def _turn(folder: Path, home: Path) -> Figures:
    """Measure everything once, the yardstick and the product one after the other."""
    figures: Figures = {}
    theirs, ours = home / "yardstick", home / "product"
    for name, where in (
        ("yardstick index", theirs),
        ("product index", ours),
        ("bare model", ours),
        ("bare PyTorch", ours),
    ):
        figures |= _child(name, folder, where)
    figures |= {f"{name} bytes": _size(where) for name, where in (("yardstick", theirs), ("product", ours))}
    for again in ("second", "third"):
        figures |= {key.replace("product again", again): value for key, value in _again(folder, ours).items()}
    figures["changed files"] = change(folder, _CHANGED)
    figures |= {key.replace("product again", "changed"): value for key, value in _again(folder, ours).items()}
    question = read_seeds().questions[0].text
    for name, where in (("yardstick", theirs), ("product", ours)):
        code = _COLD[name].format(home=str(where), question=question)
        figures[f"{name} cold"], _ = timed(_run, ["-c", code])
    for name, where in (("yardstick ask", theirs), ("product ask", ours)):
        figures |= _child(name, folder, where)
    print(".", end="", flush=True, file=sys.stderr)
    return figures


def _again(folder: Path, home: Path) -> Figures:
    return _child("product again", folder, home)


def _child(task: str, folder: Path, home: Path) -> Figures:
    printed = _run(["-m", "benchmarks.speed", "--task", task, str(folder), str(home)])
    return {f"{task} {key}": float(value) for key, value in json.loads(printed.splitlines()[-1]).items()}


def _run(arguments: list[str]) -> str:
    return subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def _size(folder: Path) -> float:
    return float(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()))


def _show(f: Figures, turns: int) -> None:
    def rate(name: str, what: str = "passages") -> float:
        return f[f"{name} {what}"] / f[f"{name} seconds"]

    first = f["product index seconds"]
    rows: list[tuple[str, str, str, str]] = [
        ("indexing, passages/s", f"{rate('yardstick index'):.0f}", f"{rate('product index'):.0f}",
         f"{rate('product index') / rate('yardstick index'):.2f} times the yardstick"),
        ("indexing, characters/s", f"{rate('yardstick index', 'characters'):,.0f}",
         f"{rate('product index', 'characters'):,.0f}",
         f"{rate('product index', 'characters') / rate('yardstick index', 'characters'):.2f} times the yardstick"),
        ("indexing, seconds in all", f"{f['yardstick index seconds']:.1f}", f"{first:.1f}",
         f"{first / f['yardstick index seconds']:.2f} of the yardstick's"),
        ("the model alone, passages/s", "", f"{rate('bare model'):.0f}",
         f"indexing reaches {rate('product index') / rate('bare model'):.0%} of it"),
        (f"the same in PyTorch, {'bfloat16' if f['bare PyTorch half'] else 'float32'}", "",
         f"{rate('bare PyTorch'):.0f}", f"indexing reaches {rate('product index') / rate('bare PyTorch'):.0%} of it"),
        ("second run, nothing changed, s", "", f"{f['second seconds']:.2f}",
         f"{f['second seconds'] / first:.2%} of the first; {f['second passages']:.0f} passages embedded"),
        ("third run, nothing changed, s", "", f"{f['third seconds']:.2f}",
         f"{f['third seconds'] / first:.2%} of the first; {f['third passages']:.0f} passages embedded"),
        (f"{f['changed files']:.0f} files changed, s", "", f"{f['changed seconds']:.2f}",
         f"{f['changed seconds'] / first:.2%} of the first; {f['changed passages']:.0f} passages embedded"),
        ("one question, cold process, s", f"{f['yardstick cold']:.1f}", f"{f['product cold']:.1f}",
         f"{f['product cold'] / f['yardstick cold']:.2f} of the yardstick's"),
        ("retrieval, warm, p50 ms", f"{f['yardstick ask retrieve p50']:.0f}", f"{f['product ask retrieve p50']:.0f}",
         f"{f['product ask retrieve p50'] / f['yardstick ask retrieve p50']:.2f} of the yardstick's"),
        ("answer, warm, p50 ms", "", f"{f['product ask answer p50']:.0f}", ""),
        ("answer, warm, p95 ms", "", f"{f['product ask answer p95']:.0f}", ""),
        ("peak memory indexing, MB", f"{f['yardstick index peak MB']:.0f}", f"{f['product index peak MB']:.0f}", ""),
        ("peak memory asking, MB", f"{f['yardstick ask peak MB']:.0f}", f"{f['product ask peak MB']:.0f}", ""),
        ("on disk, MB", f"{f['yardstick bytes'] / 1e6:.1f}", f"{f['product bytes'] / 1e6:.1f}", ""),
    ]  # fmt: skip
    articles = f["product index taken in"]
    print(f"\n{articles:.0f} articles, {f['product index passages']:.0f} passages; medians of {turns} turns.\n")
    print("| | yardstick | product | ratio |\n|---|--:|--:|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
