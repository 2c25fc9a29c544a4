"""Train the checker: claim and evidence in; supported, contradicted or not said out, and which tokens are false.

    python -m training.check DATA [--work FOLDER] [--minutes M] [--from READER]

DATA is the folder of `training.data`, with `entailment.jsonl.gz` beside. It begins with the reader's layers, which know
how to read one text for another, and has two heads: one judges the whole, one each token of the claim. The second is
trained where it is known which tokens are false.
"""

import argparse
import pickle
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from assistant.read.sequence import CLS, SEP, encode
from index.embed.model import model_folder
from index.embed.packaged import DEFAULT_MODEL
from training import data
from training.alike import Alike
from training.claims import LABELS, ClaimPair, of_judged, of_pairs, of_questions, of_sentences, of_splits
from training.loop import run
from training.model import Reader

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_CLAIM, MAX_HEADER, MAX_EVIDENCE = 80, 32, 176
_TOKENS = 6_000
_RATE = 1.0e-4
_SEED = 11
# How many of each source; SNLI is of pictures, in short and plain sentences, so it is not all taken.
_SENTENCES, _QAMR, _QUESTIONS, _SNLI, _ALTERED = 30_000, 8_000, 36_000, 40_000, 9_000


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A pair as tokens; `false` says of each token of the claim whether it is false (1), true (0), or unknown (-1)."""

    ids: "NDArray[np.int32]"
    claim: int
    label: int
    false: "NDArray[np.int8]"


class Checker(torch.nn.Module):
    """The reader's encoder with a head for the whole and one for each token of a claim."""

    def __init__(self, model: str = DEFAULT_MODEL) -> None:
        super().__init__()
        self.bert = Reader(model).bert
        width = self.bert.config.hidden_size
        self.label = torch.nn.Linear(width, len(LABELS))
        self.false = torch.nn.Linear(width, 1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the labels' scores (sequences x 3), and each token's for being false (sequences x tokens)."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        states = states.float()
        return self.label(states[:, 0]), self.false(states).squeeze(-1)


def collect(folder: Path, tokenizer: Tokenizer, splits: Sequence[Path], seed: int) -> list[ClaimPair]:
    """Make and read all pairs, in a random order."""
    count = data.counted(tokenizer)
    rng = random.Random(seed)
    squad, asked = data.read_squad(folder / "squad_train.jsonl.gz", count)
    qamr, short = data.read_qamr(folder / "qamr.jsonl.gz")
    written = [*squad.passages, *qamr.passages, *(one.question for one in (*asked, *short))]
    alike = Alike(model_folder(DEFAULT_MODEL), tokenizer, written)
    found = list(of_sentences(squad, min(_SENTENCES, 20 * len(squad.passages)), alike, rng))
    found += of_sentences(qamr, min(_QAMR, 20 * len(qamr.passages)), alike, rng)
    found += of_questions(squad, rng.sample(asked, min(_QUESTIONS, len(asked))), alike, rng)
    found += of_questions(qamr, rng.sample(short, min(_QUESTIONS // 3, len(short))), alike, rng)
    judged = list(of_pairs(folder / "entailment.jsonl.gz"))
    plain = [one for one in judged if len(one.evidence) < 120]
    found += [one for one in judged if len(one.evidence) >= 120]
    found += rng.sample(plain, min(_SNLI, len(plain)))
    found += of_judged(rng.sample(judged, min(2 * _ALTERED, len(judged))), alike, rng)
    for file in splits:
        found += of_splits(file, alike, rng)
    rng.shuffle(found)
    return found


def reads(tokenizer: Tokenizer, pairs: Sequence[ClaimPair]) -> Iterator[Read]:
    """Put pairs together as tokens: [CLS] claim [SEP] header evidence [SEP]."""
    for first in range(0, len(pairs), 1_000):
        some = pairs[first : first + 1_000]
        claims = encode(tokenizer, [one.claim for one in some])
        headers = encode(tokenizer, [one.header for one in some])
        evidence = encode(tokenizer, [one.evidence for one in some])
        for one, claim, header, text in zip(some, claims, headers, evidence, strict=True):
            said, before, read = claim.ids[:MAX_CLAIM], header.ids[:MAX_HEADER], text.ids[:MAX_EVIDENCE]
            ids = np.concatenate([[CLS], said, [SEP], before, read, [SEP]]).astype(np.int32)
            false = np.full(len(said), -1 if one.false is None else 0, dtype=np.int8)
            for start, end in one.false or ():
                false[(claim.ends[: len(said)] > start) & (claim.starts[: len(said)] < end)] = 1
            yield Read(ids, len(said), LABELS.index(one.label), false)


def batches(found: Sequence[Read], rng: random.Random) -> list[list[Read]]:
    """Put pairs of about one length together, in a random order."""
    made: list[list[Read]] = [[]]
    for one in sorted(found, key=lambda one: (len(one.ids), rng.random())):
        if made[-1] and len(one.ids) * (len(made[-1]) + 1) > _TOKENS:
            made.append([])
        made[-1].append(one)
    rng.shuffle(made)
    return made


def padded(batch: Sequence[Read]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return ids, mask, types and what is known of each token (all sequences x tokens)."""
    longest = max(len(one.ids) for one in batch)
    ids, mask, types = (torch.zeros(len(batch), longest, dtype=torch.long) for _ in range(3))
    false = torch.full((len(batch), longest), -1, dtype=torch.long)
    for n, one in enumerate(batch):
        size = len(one.ids)
        ids[n, :size], mask[n, :size] = torch.from_numpy(one.ids), 1
        types[n, one.claim + 2 : size] = 1
        false[n, 1 : one.claim + 1] = torch.from_numpy(one.false)
    return ids, mask, types, false


def loss_of(model: Checker, batch: Sequence[Read]) -> torch.Tensor:
    """Compute the mean loss of a batch: of the labels, and of the tokens that are known, false ones counting more."""
    ids, mask, types, false = padded(batch)
    labels, tokens = model(ids, mask, types)
    whole = torch.nn.functional.cross_entropy(labels, torch.tensor([one.label for one in batch]))
    known = false >= 0
    if not known.any():
        return whole
    parts = torch.nn.functional.binary_cross_entropy_with_logits(
        tokens[known], false[known].float(), pos_weight=torch.tensor(4.0)
    )
    return whole + 2 * parts


def main(given: Sequence[str] | None = None) -> None:
    """Collect, train, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path("training/work-check"))
    parser.add_argument("--minutes", type=float, default=1e6)
    parser.add_argument("--from", dest="start", type=Path, help="weights to begin with: a reader's, or a checker's")
    parser.add_argument(
        "--splits", type=Path, nargs="*", default=(), help="files of WikiSplit, to merge sentences from"
    )
    parser.add_argument("--seed", type=int, default=_SEED, help="another one makes other claims of the same sentences")
    parser.add_argument("--collect", action="store_true", help="make the pairs and stop")
    arguments = parser.parse_args(given)
    arguments.work.mkdir(parents=True, exist_ok=True)
    folder = model_folder(DEFAULT_MODEL)
    pairs = arguments.work / "pairs.pickle"
    if not pairs.is_file():
        tokenizer = data.tokenizer_of(folder)
        pairs.write_bytes(
            pickle.dumps(list(reads(tokenizer, collect(arguments.data, tokenizer, arguments.splits, arguments.seed))))
        )
    ready = pickle.loads(pairs.read_bytes())
    rows = batches(ready, random.Random(arguments.seed))
    print(f"{len(ready):,} pairs, {sum(len(one.ids) for one in ready):,} tokens, {len(rows):,} batches", flush=True)
    if arguments.collect:
        return
    torch.manual_seed(arguments.seed)
    model = Checker()
    if arguments.start:
        begun = {k: v.float() for k, v in load_file(arguments.start).items() if k in model.state_dict()}
        model.load_state_dict(begun, strict=False)
    files = arguments.work / "state.pt", arguments.work / "checker.safetensors"
    run(model, rows, loss_of, files, arguments.minutes, _RATE)


if __name__ == "__main__":
    main()
