"""Compare the two packaged embedding models, and the readers beside them, on the same English articles in one run.

    python -m benchmarks.models [--articles 200]

Each model indexes the articles in a process of its own, opens the index again in another and asks the starter
questions: passages a second, seconds to the first answer, milliseconds of an answer, megabytes of the index, of the
process's memory, and of the weights that are installed.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.corpus import write_corpus
from benchmarks.sets import read_seeds
from benchmarks.timing import repeated, timed
from index.embed.packaged import PACKAGED

_MEGABYTE = 1e6


def index_articles(folder: Path, home: Path, model: str) -> dict[str, float]:
    """Index a folder with a model that is loaded already."""
    from index import Index, sync

    with Index(home, model) as index:
        index.embedding.encode([""])
        seconds, summary = timed(lambda: sync(index, [folder]))
    size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
    return {"passages": summary.passages, "passages a second": summary.passages / seconds, "index": size / _MEGABYTE}


def ask(_folder: Path, home: Path, model: str) -> dict[str, float]:
    """Open an index and ask the starter questions, the first of them with everything to be loaded."""
    from assistant.assistant import Assistant
    from assistant.read.model import MULTILINGUAL_WEIGHTS, WEIGHTS
    from assistant.settings import Settings
    from index.embed.model import model_folder
    from index.embed.packaged import MULTILINGUAL_MODEL
    from index.embed.packaged import WEIGHTS as PACKED

    began = time.perf_counter()
    questions = [question.text for question in read_seeds().questions]
    with Assistant(Settings(home=home, model=model)) as assistant:
        assistant.answer(questions[0])
        first = time.perf_counter() - began
        found = repeated("answer", assistant.answer, questions)
    packed = model == MULTILINGUAL_MODEL
    reader = MULTILINGUAL_WEIGHTS if packed else WEIGHTS
    weights = model_folder(model) / (PACKED if packed else "model.safetensors")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sizes = {"model": weights.stat().st_size / _MEGABYTE, "reader": reader.stat().st_size / _MEGABYTE}
    return {"first answer": first, **found, "memory": memory, **sizes}


_TASKS = {"index": index_articles, "ask": ask}


def measured(task: str, folder: Path, home: Path, model: str) -> dict[str, float]:
    """Run one task in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.models", "--task", task, str(folder), str(home), model]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def main(given: Sequence[str] | None = None) -> None:
    """Measure both models and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--task", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args(given)
    if arguments.task:
        task, folder, home, model = arguments.task
        print(json.dumps(_TASKS[task](Path(folder), Path(home), model)))
        return
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        write_corpus(Path(scratch) / "articles", arguments.articles)
        for model in PACKAGED:
            given_to = Path(scratch) / "articles", Path(scratch) / model, model
            found[model] = measured("index", *given_to) | measured("ask", *given_to)
    table = Table("", *found, title=f"{arguments.articles} articles, one run")
    for name in next(iter(found.values())):
        table.add_row(name, *(f"{figures[name]:,.2f}" for figures in found.values()))
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
