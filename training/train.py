"""Train the reader and write its weights.

    python -m training.train DATA [--multilingual] [--work FOLDER] [--limit N] [--minutes M] [--from WEIGHTS]

DATA is the folder of `training.data`. Groups are made and encoded once and kept in the work folder, and so is the
training's state every few hundred steps: run it again and it goes on. When it is done, `python -m training.export`
writes the weights that the package ships.

One question with several passages is one group. The probability that the answer is the tokens s to e of passage p is

    exp(whole_p + start_ps + end_pe) / (1 + the sum of the same over all passages and pairs of tokens)

so all passages of a group compete with each other and with "none of them", whose score is zero (Clark & Gardner,
"Simple and Effective Multi-Paragraph Reading Comprehension", 2018, with the null of Devlin et al., 2019).
"""

import argparse
import pickle
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

from assistant.read.sequence import MARKS, Marks
from benchmarks.sets import half_of_key
from index.embed.model import model_folder
from index.embed.multilingual import read_model
from index.embed.packaged import DEFAULT_MODEL, MULTILINGUAL_MODEL
from training import crosslingual, data, facts
from training.alike import Alike
from training.batches import Encoded, batches, encoded
from training.groups import Group, Recipe, groups_of, nearest
from training.loop import run
from training.model import Reader

_TOKENS = 6_000
_RATE = 1.2e-4
_NONE = -1e4
_SEED = 5


def collect(
    folder: Path, tokenizer: Tokenizer, limit: int | None, recipe: Recipe, seed: int, *, multilingual: bool = False
) -> list[Group]:
    """Read the sets and make groups of them, in a random order; `limit` is how many of SQuAD's questions are taken.

    Another seed takes others of the questions, and has them beside other passages and in other forms. `multilingual`
    adds those of `training.crosslingual`.
    """
    count = data.counted(tokenizer)
    rng = random.Random(seed)
    found: list[Group] = []
    squad, questions = data.read_squad(folder / "squad_train.jsonl.gz", count)
    qamr, short = data.read_qamr(folder / "qamr.jsonl.gz")
    written = [*squad.passages, *qamr.passages, *(one.question for one in (*questions, *short))]
    english = model_folder(DEFAULT_MODEL)
    alike = Alike(english, data.tokenizer_of(english), written)
    if multilingual:
        found += crosslingual.groups(folder, count, alike, rng)
    questions = rng.sample(questions, min(limit or len(questions), len(questions)))
    found += groups_of(squad, questions, nearest(squad, questions), recipe, alike, rng)
    second, more = data.read_squad(folder / "squad2_dev_a.jsonl.gz", count, report=False)
    # Twice, beside other passages each time: nothing else has questions that were written to look answerable.
    for _ in range(2):
        found += groups_of(second, more, nearest(second, more), recipe, alike, rng)
    short = rng.sample(short, min((limit or 90_000) // 4, len(short)))
    found += groups_of(qamr, short, nearest(qamr, short), recipe, alike, rng)
    clap, long = data.read_clapnq(folder / "clapnq_dev_a.jsonl", count, lambda id_: half_of_key(id_) == "tune")
    for _ in range(3):
        found += groups_of(clap, long, nearest(clap, long), recipe, alike, rng)
    found += facts.groups((limit or 90_000) // 12, rng)
    rng.shuffle(found)
    return found


def loss_of(model: Reader, batch: Sequence[Encoded]) -> torch.Tensor:
    """Compute the mean loss of a batch of groups: the surprise at what answers, or that nothing does."""
    reads = [one for group in batch for one in group.sequences]
    longest = max(map(len, reads))
    ids, mask, types = (torch.zeros(len(reads), longest, dtype=torch.long) for _ in range(3))
    text = torch.zeros(len(reads), longest, dtype=torch.bool)
    for n, read in enumerate(reads):
        ids[n, : len(read)], mask[n, : len(read)] = torch.from_numpy(read.ids), 1
        types[n, : len(read)] = torch.from_numpy(read.types)
        text[n, read.first : len(read) - 1] = True
    spans, wholes = model(ids, mask, types)
    scores = spans.masked_fill(~text.unsqueeze(-1), _NONE)
    totals = wholes + torch.logsumexp(scores, dim=1).sum(dim=-1)
    losses, first = [], 0
    for group in batch:
        last = first + len(group.sequences)
        every = torch.logsumexp(torch.cat([totals.new_zeros(1), totals[first:last]]), dim=0)
        golds = [
            wholes[first + n]
            + torch.logsumexp(scores[first + n, list(starts), 0], dim=0)
            + torch.logsumexp(scores[first + n, list(group.ends[n]), 1], dim=0)
            for n, starts in group.starts.items()
        ]
        losses.append(every - (torch.logsumexp(torch.stack(golds), dim=0) if golds else 0.0))
        first = last
    return torch.stack(losses).mean()


def vocabulary_of(model: str) -> tuple[Tokenizer, Marks]:
    """Return the tokenizer of a packaged model, and its special tokens."""
    if model != MULTILINGUAL_MODEL:
        return data.tokenizer_of(model_folder(model)), MARKS
    _, _, tokenizer = read_model(model_folder(model))
    ids = tokenizer.encode("a").ids
    return tokenizer, (ids[0], ids[-1])


def main(given: Sequence[str] | None = None) -> None:
    """Collect, train, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument(
        "--work", type=Path, default=Path("training/work"), help="where groups and checkpoints are kept"
    )
    parser.add_argument("--limit", type=int, help="how many of SQuAD's questions are taken")
    parser.add_argument("--minutes", type=float, default=1e6, help="when to be done at the latest")
    parser.add_argument("--seed", type=int, default=_SEED, help="another draws other groups")
    parser.add_argument("--from", dest="start", type=Path, help="weights to begin with")
    parser.add_argument("--multilingual", action="store_true", help=f"train from {MULTILINGUAL_MODEL}")
    parser.add_argument("--collect", action="store_true", help="make the groups and stop")
    arguments = parser.parse_args(given)
    arguments.work.mkdir(parents=True, exist_ok=True)
    name = MULTILINGUAL_MODEL if arguments.multilingual else DEFAULT_MODEL
    groups = arguments.work / "groups.pickle"
    if not groups.is_file():
        tokenizer, marks = vocabulary_of(name)
        made = collect(
            arguments.data,
            tokenizer,
            arguments.limit,
            Recipe(),
            arguments.seed,
            multilingual=arguments.multilingual,
        )
        ready = list(encoded(made, tokenizer, marks))
        groups.write_bytes(pickle.dumps(ready))
    ready = pickle.loads(groups.read_bytes())
    rows = batches(ready, _TOKENS, random.Random(arguments.seed))
    tokens = sum(len(one) for group in ready for one in group.sequences)
    print(f"{len(ready):,} questions, {tokens:,} tokens, {len(rows):,} batches", flush=True)
    if arguments.collect:
        return
    torch.manual_seed(arguments.seed)
    model = Reader(name)
    if arguments.start:
        model.load_state_dict({k: v.float() for k, v in load_file(arguments.start).items()}, strict=False)
    files = arguments.work / "state.pt", arguments.work / "reader.safetensors"
    run(model, rows, loss_of, files, arguments.minutes, _RATE)


if __name__ == "__main__":
    main()
