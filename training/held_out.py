"""Find the judged pairs of `entailment.jsonl.gz` that a checker was not trained on, for it to be measured on them.

    python -m training.held_out DATA WORK [WORK …]

WORK are the folders of all passes that made the weights, with the pairs of each (`training.check` keeps them). A pair
is held out where its premise stands in none of them, with whatever claim. Their lines in the file are written to
`benchmarks/entailment_held_out.json`, of each source and label the first `MAX_LINES`.
"""

import argparse
import gzip
import hashlib
import json
import pickle
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.read.sequence import encode
from benchmarks.entailment import FILE, HELD_OUT
from index.embed.model import model_folder
from index.embed.packaged import DEFAULT_MODEL
from training import data
from training.check import MAX_EVIDENCE, Read

MAX_LINES = 500
_TOGETHER = 2_000


def premises(work: Path) -> Iterator[bytes]:
    """Go through the evidence of the pairs of a pass, as its tokens."""
    ready: list[Read] = pickle.loads((work / "pairs.pickle").read_bytes())
    for one in ready:
        yield one.ids[one.claim + 2 : -1].tobytes()


def held_out(lines: Sequence[str], seen: set[bytes]) -> Iterator[int]:
    """Go through the numbers of lines whose premise was not seen."""
    tokenizer = data.tokenizer_of(model_folder(DEFAULT_MODEL))
    for first in range(0, len(lines), _TOGETHER):
        some = [json.loads(line)["premise"] for line in lines[first : first + _TOGETHER]]
        for number, read in enumerate(encode(tokenizer, some), first):
            if read.ids[:MAX_EVIDENCE].tobytes() not in seen:
                yield number


def main(given: Sequence[str] | None = None) -> None:
    """Read, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path, nargs="+")
    arguments = parser.parse_args(given)
    seen = {premise for work in arguments.work for premise in premises(work)}
    packed = (arguments.data / FILE).read_bytes()
    lines = gzip.decompress(packed).decode("utf-8").splitlines()
    taken: Counter[tuple[str, str]] = Counter()
    kept = []
    for number in held_out(lines, seen):
        item = json.loads(lines[number])
        kind = item["source"], item["label"]
        taken[kind] += 1
        if taken[kind] <= MAX_LINES:
            kept.append(number)
    about = f"Lines of {FILE} that the checker was not trained on; made by python -m training.held_out, not by hand."
    found = {"about": about, "sha256": hashlib.sha256(packed).hexdigest(), "lines": kept}
    HELD_OUT.write_text(json.dumps(found) + "\n", encoding="utf-8")
    print(f"{taken.total():,} of {len(lines):,} pairs are held out, {len(kept):,} kept: {dict(taken)}")


if __name__ == "__main__":
    main()
