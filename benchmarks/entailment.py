"""Ask the checker for pairs of premise and claim that people judged, none of which it was trained on.

    python -m benchmarks.entailment DATA                   DATA is the folder with entailment.jsonl.gz
    python -m benchmarks.entailment DATA --checker NAME    judged by a cross-encoder, which may have seen them

`benchmarks/entailment_held_out.json` says which those are (`training.held_out` wrote it): no premise of theirs stood in
training with any claim. What the checker finds most probable of its three labels is compared with what people said; of
sources that have no such pairs of a label nothing is told there.
"""

import argparse
import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.check.judge import Judge
from assistant.check.model import load_judge
from index.embed.model import SentenceEmbedding

FILE = "entailment.jsonl.gz"
HELD_OUT = Path(__file__).with_name("entailment_held_out.json")
# "partial" is WiCE's: the premise bears out a part of the claim.
_LABELS = {"entailment": "supported", "contradiction": "contradicted", "neutral": "not said", "partial": "not said"}
_NAMES = ("supported", "contradicted", "not said")


@dataclass(frozen=True, slots=True)
class Pair:
    """A premise and a claim, what people said of them (`label`), and which set they are of."""

    source: str
    premise: str
    claim: str
    label: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A pair, what the checker called it, and how sure it is that the claim is borne out: 0 to 1."""

    pair: Pair
    called: str
    score: float


def read_pairs(folder: Path) -> list[Pair]:
    """Read the pairs that were held out.

    Raises:
        ValueError: the file is another than that of which they were.
    """
    packed = (folder / FILE).read_bytes()
    held = json.loads(HELD_OUT.read_text(encoding="utf-8"))
    if hashlib.sha256(packed).hexdigest() != held["sha256"]:
        raise ValueError(f"{folder / FILE} is not the file whose lines {HELD_OUT.name} names; run training.held_out")
    lines = gzip.decompress(packed).decode("utf-8").splitlines()
    items = [json.loads(lines[number]) for number in held["lines"]]
    return [
        Pair(item["source"].partition("/")[0], item["premise"], item["claim"], _LABELS[item["label"]]) for item in items
    ]


def ask(judge: Judge, pairs: Sequence[Pair]) -> list[Asked]:
    """Have pairs judged, each by itself."""
    found = []
    for pair in track(pairs, "pairs", console=Console(stderr=True), transient=True):
        (judgement,) = judge.judge(pair.claim, [("", pair.premise)])
        left = 1 - judgement.supported - judgement.contradicted
        sure = {"supported": judgement.supported, "contradicted": judgement.contradicted, "not said": left}
        found.append(Asked(pair, max(_NAMES, key=lambda name: sure[name]), judgement.score))
    return found


def auc(asked: Sequence[Asked]) -> float | None:
    """Tell how often a claim that is borne out scores more than one that is not; None where there are not both."""
    true = [one.score for one in asked if one.pair.label == "supported"]
    false = [one.score for one in asked if one.pair.label != "supported"]
    if not (true and false):
        return None
    better = sum((one > other) + 0.5 * (one == other) for one in true for other in false)
    return better / (len(true) * len(false))


def table_of(asked: Sequence[Asked]) -> Table:
    """Tell what pairs are called: a row for each source, and one for all."""
    table = Table("source", "n", "right %", *(f"{name} %" for name in _NAMES), "AUC")
    for source in (*sorted({one.pair.source for one in asked}), "all"):
        some = [one for one in asked if source in (one.pair.source, "all")]
        shares = []
        for name in _NAMES:
            own = [one for one in some if one.pair.label == name]
            right = sum(one.called == name for one in own)
            shares.append(f"{100 * right / len(own):.0f} ({len(own)})" if own else "–")
        right = sum(one.called == one.pair.label for one in some)
        area = auc(some)
        told = "–" if area is None else f"{area:.2f}"
        table.add_row(source, f"{len(some):,}", f"{100 * right / len(some):.0f}", *shares, told)
    return table


def main(given: Sequence[str] | None = None) -> None:
    """Ask all pairs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--checker", help="a cross-encoder that judges: a folder or a hub name")
    arguments = parser.parse_args(given)
    judge = load_judge(SentenceEmbedding(), arguments.checker)
    Console().print(table_of(ask(judge, read_pairs(arguments.data))))


if __name__ == "__main__":
    main()
