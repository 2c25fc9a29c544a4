"""What the processes of `benchmarks.speed` measure, each of them one task.

python -m benchmarks.speed_tasks TASK FOLDER HOME
"""

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import yardstick
from benchmarks.sets import read_seeds
from benchmarks.timing import quantiles, timed
from index.embed.backend import encode_in_order

if TYPE_CHECKING:
    from index.embed.backend import Backend

# More passages than are read before the fastest backend is looked for.
_MANY = 1_000
# Passages that are read together by the model alone, and before that, to set it up.
_LOT = 512
_WARM = 16

Figures = dict[str, float]


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
    texts, backend = _passages(home)
    return _read_all(backend, texts)


def _bare_pytorch(_folder: Path, home: Path) -> Figures:
    """Have sentence-transformers read them at the precision that indexing chose, in batches side by side."""
    from index.embed.model import model_folder
    from index.embed.packaged import DEFAULT_MODEL
    from index.embed.pytorch import PyTorchBackend

    texts, chosen = _passages(home)
    backend = PyTorchBackend(model_folder(DEFAULT_MODEL), DEFAULT_MODEL, bfloat16=chosen.bfloat16)
    _read_all(backend, texts[:_WARM])
    return _read_all(backend, texts) | {"half": chosen.bfloat16}


def _passages(home: Path) -> "tuple[list[str], Backend]":
    """Return the texts of an index's passages as they are embedded, and what has been found to read them soonest."""
    from index import Index
    from index.embed.passages import embedded_text

    index = Index(home)
    texts = [embedded_text(*found) for found in index.catalog.passages(list(index.catalog.passage_ids())).values()]
    index.embedding.encode_tokens(texts[:_MANY])
    return texts, index.embedding.backend_for([tokens.ids for tokens in index.embedding.tokenise(texts[:_WARM])])


def _read_all(backend: "Backend", texts: list[str]) -> Figures:
    # Some at a time, as indexing does.
    lots = [texts[start : start + _LOT] for start in range(0, len(texts), _LOT)]
    seconds, _ = timed(lambda: [encode_in_order(backend, [one.ids for one in backend.tokenise(lot)]) for lot in lots])
    return {"seconds": seconds, "passages": len(texts)}


def _yardstick_ask(_folder: Path, home: Path) -> Figures:
    yardstick.prepare()
    return _in_rounds({"retrieve": yardstick.retriever(home).retrieve})


def _product_ask(_folder: Path, home: Path) -> Figures:
    from assistant.assistant import Assistant
    from assistant.llama_index import HybridRetriever
    from assistant.settings import Settings

    assistant = Assistant(Settings(home=home))
    return _in_rounds({"retrieve": HybridRetriever(assistant.index).retrieve, "answer": assistant.answer})


def _in_rounds(asking: dict[str, Callable[[str], object]]) -> Figures:
    """Ask all questions in each way once, to warm up, and then each time a line comes in, until there are no more."""
    questions = _questions()
    times: dict[str, list[float]] = {name: [] for name in asking}
    for ask in asking.values():
        for question in questions:
            ask(question)
    print("ready", flush=True)
    for _ in sys.stdin:
        for name, ask in asking.items():
            times[name] += [timed(ask, question)[0] for question in questions]
        print("asked", flush=True)
    return {key: value for name, its in times.items() for key, value in quantiles(name, its).items()}


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


def main() -> None:
    """Do one task, and print its figures as JSON."""
    task, folder, home = sys.argv[1:]
    figures = _TASKS[task](Path(folder), Path(home))
    figures["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
