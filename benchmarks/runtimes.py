"""What runs the embedding model, side by side: `python -m benchmarks.runtimes`.

Each reads the same passages of seeds/ and the same questions, in turns; figures are medians over the turns. The first
is what sentence-transformers does by itself, and what the others are compared with.
"""

import argparse
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.sets import SEEDS, read_seeds
from benchmarks.timing import repeated, timed
from index.embed.backend import encode_in_order

if TYPE_CHECKING:
    from index.embed.backend import Backend

_WORDS = 90
# Read before the time is taken.
_WARM_UP = 8


@dataclass(frozen=True)
class Runtime:
    """One way to run the model: how it reads many texts, and how one (texts x dimension each)."""

    name: str
    many: Callable[[Sequence[str]], Any]
    one: Callable[[str], Any]


def main() -> None:
    """Run all of it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=128)
    parser.add_argument("--turns", type=int, default=3)
    given = parser.parse_args()
    texts, questions = _passages(given.passages), [one.text for one in read_seeds().questions]
    runtimes = _runtimes()
    wanted = runtimes[0].many(texts)
    seconds: dict[str, list[float]] = {one.name: [] for one in runtimes}
    asked: dict[str, list[float]] = {one.name: [] for one in runtimes}
    cosines: dict[str, float] = {}
    for _ in range(given.turns):
        for one in runtimes:
            one.many(texts[:_WARM_UP])
            took, found = timed(one.many, texts)
            seconds[one.name].append(took)
            asked[one.name].append(repeated("one", one.one, questions)["one p50"])
            cosines[one.name] = float((np.asarray(found) * wanted).sum(axis=1).min())
    print(f"{len(texts)} passages, {len(questions)} questions; medians of {given.turns} turns.\n")
    print(
        "| | passages/s | times the first | one question, p50 ms | least cosine with the first |\n|---|--:|--:|--:|--:|"
    )
    first = statistics.median(seconds[runtimes[0].name])
    for name, its in seconds.items():
        took = statistics.median(its)
        question = statistics.median(asked[name])
        print(f"| {name} | {len(texts) / took:.1f} | {first / took:.2f} | {question:.1f} | {cosines[name]:.6f} |")


def _runtimes() -> list[Runtime]:
    from index.embed.model import model_folder
    from index.embed.openvino import load_openvino
    from index.embed.packaged import DEFAULT_MODEL
    from index.embed.pytorch import PyTorchBackend

    folder = model_folder(DEFAULT_MODEL)
    pytorch, openvino = PyTorchBackend(folder, DEFAULT_MODEL), load_openvino(folder)
    if openvino is None:
        raise SystemExit(f"{folder} holds a model that only sentence-transformers reads; nothing to compare")
    return [
        Runtime(
            "sentence-transformers, a batch shared among threads", pytorch.encode, lambda text: pytorch.encode([text])
        ),
        *(
            Runtime(name, _unit_rows(backend), _one_row(backend))
            for name, backend in (
                ("the same, one batch per core", pytorch),
                ("PyTorch in bfloat16, one batch per core", pytorch.in_bfloat16()),
                ("OpenVINO, one passage per core", openvino),
                ("OpenVINO in bfloat16, one passage per core", openvino.in_bfloat16()),
            )
        ),
    ]


def _unit_rows(backend: "Backend") -> Callable[[Sequence[str]], Any]:
    def read(texts: Sequence[str]) -> Any:
        rows = encode_in_order(backend, [tokens.ids for tokens in backend.tokenise(texts)])
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    return read


def _one_row(backend: "Backend") -> Callable[[str], Any]:
    def read(text: str) -> Any:
        (tokens,) = backend.tokenise([text])
        return backend.start(tokens.ids)()

    return read


def _passages(count: int) -> list[str]:
    words = " ".join(file.read_text(encoding="utf-8") for file in sorted(SEEDS.glob("*.md"))).split()
    step = max(1, (len(words) - _WORDS) // count)
    return [" ".join(words[start : start + _WORDS]) for start in range(0, len(words) - _WORDS, step)][:count]


if __name__ == "__main__":
    main()
