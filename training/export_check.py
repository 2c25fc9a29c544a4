"""Put the checker's weights into the package, with the thresholds that the tune half of the statements gives.

    python -m training.export_check [WEIGHTS]

From `supported` on, `PRECISION` of what is called supported is true on that half, and from `contradicted` on, as many
of what is called contradicted are not true. `python -m benchmarks.statements` has the figures of the other half.
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from assistant.check import model
from assistant.check.judge import Thresholds
from benchmarks.sets import read_seeds
from benchmarks.statements import check, read_statements
from index import Index, sync

PRECISION = 0.95
"""How many of those called so must be so."""
SOURCES = (
    "SNLI (Bowman et al., 2015), CC BY-SA 4.0",
    "MultiNLI, part (Williams, Nangia & Bowman, 2018), OANC and others, see the paper",
    "Fool Me Twice (Eisenschlos et al., 2021), Apache-2.0",
    "FEVER-symmetric (Schuster et al., 2019), MIT",
    "WiCE (Kamoi et al., 2023), ODC-BY",
    "SciTail (Khot, Sabharwal & Clark, 2018), Apache-2.0",
    "PAWS-X, part (Yang et al., 2019), free use with attribution",
    "WikiSplit, part (Botha et al., 2018), CC BY-SA 4.0",
    "claims made by rule (training/claims.py) of SQuAD 1.1 (Rajpurkar et al., 2016), CC BY-SA 4.0, and QAMR"
    " (Michael et al., 2018), MIT",
    "begun from assistant/read/reader.safetensors",
)


def threshold(scores: Sequence[float], right: Sequence[bool], precision: float = PRECISION) -> float:
    """Return the lowest score from which on so many are right, one more wrong one supposed; 1 where there is none."""
    best, taken, good = 1.0, 0, 0
    for score, is_right in sorted(zip(scores, right, strict=True), reverse=True):
        taken, good = taken + 1, good + is_right
        if good / (taken + 1) >= precision:
            best = score
    return best


def write(weights: Path, thresholds: Thresholds) -> None:
    """Write weights and what is said of them."""
    if weights != model.WEIGHTS:
        shutil.copy(weights, model.WEIGHTS)
    about = {
        "about": "What assistant/check/checker.safetensors is; made by python -m training.export_check, not by hand.",
        "version": model.VERSION,
        "sha256": hashlib.sha256(model.WEIGHTS.read_bytes()).hexdigest(),
        "trained_on": SOURCES,
        "licence": "CC BY-SA 4.0, as SQuAD's",
        "calibration": {
            "supported": round(thresholds.supported, 4),
            "contradicted": round(thresholds.contradicted, 4),
        },
    }
    model.WEIGHTS.with_suffix(".json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def main(given: Sequence[str] | None = None) -> None:
    """Copy, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path, nargs="?", default=model.WEIGHTS)
    arguments = parser.parse_args(given)
    # With these nothing is called anything, and all is scored.
    write(arguments.weights, Thresholds(2.0, 2.0))
    statements = read_statements(half="tune")
    with tempfile.TemporaryDirectory() as home:
        index = Index(Path(home))
        sync(index, [read_seeds().articles])
        found, _ = check(index, statements)
    verdicts = [found[one.id] for one in statements]
    true = [one.label == "supported" for one in statements]
    thresholds = Thresholds(
        threshold([one.score for one in verdicts], true),
        threshold([one.against for one in verdicts], [not one for one in true]),
    )
    write(arguments.weights, thresholds)
    print(thresholds)


if __name__ == "__main__":
    main()
