"""How fast it is beside LlamaIndex's quickstart: `python -m benchmarks.speed [FOLDER]`.

Both index the same articles and answer the same questions with the same weights, in turns, each in a process of its
own; figures are medians over the turns, and what counts are the ratios of one run. Without a folder, articles are drawn
from seeds/ (`--articles`). Needs `pip install -e '.[speed]'`.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.corpus import change, write_corpus
from benchmarks.sets import read_seeds
from benchmarks.speed_tasks import Figures
from benchmarks.timing import timed

_CHANGED = 0.01
# How often all questions are asked in each way.
_ROUNDS = 5

_COLD = {
    "yardstick": "from benchmarks import yardstick as y; from pathlib import Path; y.prepare();"
    " print(y.retriever(Path({home!r})).retrieve({question!r})[0].text)",
    "product": "import sys; from assistant.cli import main; sys.argv = ['assistant', 'ask', {question!r}, '--home',"
    " {home!r}]; main()",
}


def main() -> None:
    """Run all of it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of articles; copied, for some are changed")
    parser.add_argument("--articles", type=int, default=300, help="how many are drawn without a folder")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--plot", type=Path, help="draw the medians as SVG to this file")
    given = parser.parse_args()
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
    figures |= _asked_in_turns(folder, {"yardstick ask": theirs, "product ask": ours})
    print(".", end="", flush=True, file=sys.stderr)
    return figures


def _again(folder: Path, home: Path) -> Figures:
    return _child("product again", folder, home)


def _asked_in_turns(folder: Path, homes: dict[str, Path]) -> Figures:
    """Have all that ask ready at once, and let them ask in turns, for a machine may be slower a minute later."""
    figures: Figures = {}
    with ExitStack() as stack:
        children = {
            task: stack.enter_context(
                subprocess.Popen(_command(task, folder, home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for task, home in homes.items()
        }
        for child in children.values():
            _line(child)
        for _ in range(_ROUNDS):
            for child in children.values():
                _line(child, "ask\n")
        for task, child in children.items():
            printed, _ = child.communicate()
            figures |= _figures(task, printed)
    return figures


def _line(child: "subprocess.Popen[str]", given: str = "") -> None:
    """Give a child a line, and wait until it prints one."""
    assert child.stdin
    assert child.stdout
    child.stdin.write(given)
    child.stdin.flush()
    if not child.stdout.readline():
        raise SystemExit("a process that was to ask has ended")


def _child(task: str, folder: Path, home: Path) -> Figures:
    return _figures(task, _run(_command(task, folder, home)[1:]))


def _command(task: str, folder: Path, home: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.speed_tasks", task, str(folder), str(home)]


def _figures(task: str, printed: str) -> Figures:
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
