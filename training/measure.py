"""How well weights read, before the product's search and calibration come in: to compare runs of training.

    python -m training.measure DATA WEIGHTS [WEIGHTS ...]

Of the articles of SQuAD 2.0 that are not trained on, 400 questions are asked, each of a passage it was asked of and the
three nearest to it: how often a passage that answers is best, F1 of the answers to what is answerable, how many of the
unanswerable questions score below a tenth of the answerable ones, and F1 over all with the best threshold for them.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from safetensors.torch import load_file

from assistant.evaluate.metrics import token_f1
from assistant.read.evidence import MAX_ANSWER
from index.embed.model import model_folder
from index.embed.packaged import DEFAULT_MODEL
from training import data
from training.alike import Alike
from training.batches import Encoded, encoded
from training.groups import Group, Recipe, groups_of, nearest
from training.model import Reader

_QUESTIONS = 400
_PLAIN = Recipe(unanswerable=0, altered=0, formed=0, noisy=0, headed=0, reworded=0, negatives=(3,))


@dataclass(frozen=True, slots=True)
class Read:
    """The best answer to a question: its score, its words, whether its passage answers; `golds` are right words."""

    score: float
    answer: str
    found: bool
    golds: tuple[str, ...]

    @property
    def f1(self) -> float:
        """F1 of the answer's words, the best over the right ones."""
        return max(token_f1(self.answer, gold) for gold in self.golds)


def read(model: Reader, group: Group, tokens: Encoded) -> Read:
    """Read the passages of a group and take the best answer of all."""
    best, answer, place = -np.inf, "", 0
    for number, sequence in enumerate(tokens.sequences):
        ids = torch.from_numpy(sequence.ids[None].astype(np.int64))
        with torch.no_grad():
            spans, whole = model(ids, torch.ones_like(ids), torch.from_numpy(sequence.types[None].astype(np.int64)))
        many = len(sequence.passage.ids)
        starts, ends = spans[0, sequence.first : sequence.first + many].numpy().T
        scores = starts[:, None] + ends[None, :]
        rows, columns = np.indices(scores.shape)
        scores[(columns < rows) | (columns - rows >= MAX_ANSWER)] = -np.inf
        start, end = divmod(int(scores.argmax()), many)
        score = float(scores[start, end]) + float(whole.item())
        if score > best:
            words = group.passages[number][sequence.passage.starts[start] : sequence.passage.ends[end]]
            best, answer, place = score, words, number
    golds = tuple(group.passages[n][a:b] for n, spans in group.golds.items() for a, b in spans)
    return Read(best, answer, place in group.golds, golds)


def figures(found: Sequence[Read]) -> list[float]:
    """Compute passage@1, F1 of what is answerable, the share refused at a tenth, and F1 over all, in this order."""
    yes, no = [one for one in found if one.golds], [one for one in found if not one.golds]
    low = np.quantile([one.score for one in yes], 0.1)

    def overall(threshold: float) -> float:
        right = [one.f1 if one.golds and one.score >= threshold else 0.0 for one in yes]
        return float(np.mean([*right, *(float(one.score < threshold) for one in no)]))

    return [
        float(np.mean([one.found for one in yes])),
        float(np.mean([one.f1 for one in yes])),
        float(np.mean([one.score < low for one in no])),
        max(overall(float(threshold)) for threshold in np.linspace(-15, 15, 61)),
    ]


def main(given: Sequence[str] | None = None) -> None:
    """Measure each of the weights and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("weights", type=Path, nargs="+")
    arguments = parser.parse_args(given)
    folder, rng = model_folder(DEFAULT_MODEL), random.Random(0)
    tokenizer = data.tokenizer_of(folder)
    source, asked = data.read_squad(arguments.data / "squad2_dev_a.jsonl.gz", data.counted(tokenizer), report=True)
    asked = rng.sample(asked, min(_QUESTIONS, len(asked)))
    groups = list(groups_of(source, asked, nearest(source, asked), _PLAIN, Alike(folder, tokenizer, ()), rng))
    table = Table(
        "weights", "passage@1", "F1 answerable", "refused at 10 % over", "F1 over all", title=f"{len(groups)} questions"
    )
    for weights in arguments.weights:
        model = Reader()
        model.load_state_dict({name: value.float() for name, value in load_file(weights).items()}, strict=False)
        model.eval()
        pairs = ((group, tokens) for group in groups for tokens in encoded([group], tokenizer))
        table.add_row(str(weights), *(f"{100 * one:.1f}" for one in figures([read(model, *pair) for pair in pairs])))
    Console().print(table)


if __name__ == "__main__":
    main()
