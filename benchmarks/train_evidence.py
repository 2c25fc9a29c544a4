"""Fit the weights of the evidence ranker and write them to `assistant/evidence.json`.

    python -m benchmarks.train_evidence FOLDER [--rows FILE]
    python -m benchmarks.train_evidence FOLDER --rows FILE --ablate    what is each feature worth? writes nothing

FOLDER holds the public sets of `benchmarks/sets.py`. All sets and seeds/ are indexed through the product into one
index; each question is asked of it, and the sentences that the ranker would look at become rows. Unanswerable questions
are those the sets mark so, those of XQuAD's held-out titles, and a quarter of the others of XQuAD, whose answering
passages are taken out of what was found. Weights and threshold come from the tune halves, the table from the others.
"""

import argparse
import hashlib
import json
import pickle
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from assistant.evidence import FEATURES, Ranker, Weights
from assistant.measure import Found, answers, holds_answer
from assistant.query import read_query
from assistant.questions import Question
from assistant.retrieve import HybridRetriever
from benchmarks.sets import half_of, read_set
from index import Index, sync

_OUT = Path(__file__).parent.parent / "assistant" / "evidence.json"
# The sets that are fitted on, and what a question of each weighs: seeds/ has few, and they are the hardest.
_SETS = {"clapnq": 1.0, "xquad": 1.0, "seeds": 0.5}
# The share of answerable questions that the threshold may refuse, as the mean of the sets.
_OVER_REFUSED = 0.06
_HITS = 10


@dataclass(frozen=True)
class Asked:
    """A question with the rows of its candidate sentences and which of them answer."""

    question: Question
    answerable: bool
    rows: "np.ndarray[tuple[int, int], np.dtype[np.float64]]"
    answers: "np.ndarray[tuple[int], np.dtype[np.bool_]]"


def _ask(index: Index, question: Question, *, hide: bool) -> Asked:
    """Ask a question; with `hide`, the passages that answer it are taken out of what was found."""
    query = read_query(index, question.text)
    hits = HybridRetriever(index, limit=3 * _HITS).hits(query)
    if hide:
        hits = [hit for hit in hits if not holds_answer(question, Found(hit.text, hit.article))]
    ranker = Ranker(index, Weights((0.0,) * len(FEATURES), 0.0, 0.5))
    candidates, rows = ranker.features(query, hits[:_HITS])
    answerable = question.answerable and not hide
    found = (Found(hit.article.text[slice(*span)], hit.article) for hit, span in candidates)
    settles = np.asarray([answerable and answers(question, one) for one in found], dtype=bool)
    return Asked(question, answerable, rows, settles)


def _collect(data: Path) -> dict[str, list[Asked]]:
    with tempfile.TemporaryDirectory() as folder:
        names = [*_SETS, "mtragun"]
        sets = {name: read_set(name, data, Path(folder) / name) for name in names}
        index = Index(Path(folder) / "home")
        sync(index, [one.articles for one in sets.values()])
        return {
            name: [
                _ask(index, question, hide=name == "xquad" and question.answerable and _hidden(question))
                for question in track(sets[name].questions, description=name)
            ]
            for name in _SETS
        }


def _hidden(question: Question) -> bool:
    return hashlib.sha256(question.key.encode()).digest()[1] % 4 == 0


def _fit(sets: dict[str, list[Asked]]) -> Weights:
    """Fit weights and threshold, each set counting as `_SETS` says, whatever its size."""
    rows = np.concatenate([a.rows for asked in sets.values() for a in asked])
    settles = np.concatenate([a.answers for asked in sets.values() for a in asked])
    shares = np.concatenate(
        [np.full(len(a.rows), _SETS[name] / len(asked)) for name, asked in sets.items() for a in asked]
    )
    # Standardised for the fit, so that the penalty treats all features alike; folded back into plain weights.
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=1000).fit((rows - mean) / spread, settles, shares / shares.mean())
    weights = model.coef_[0] / spread
    ranked = Weights(tuple(weights.tolist()), float(model.intercept_[0] - weights @ mean), 0.5)
    slope, shift = _calibrate(ranked, sets)
    fitted = Weights(tuple((slope * weights).tolist()), slope * ranked.intercept + shift, 0.5)
    return Weights(fitted.features, fitted.intercept, _threshold(fitted, list(sets.values())))


def _calibrate(weights: Weights, sets: dict[str, list[Asked]]) -> tuple[float, float]:
    """Find the scale and shift that make a best sentence's probability how often it answers (Platt, 1999)."""
    best = {name: [a for a in asked if len(a.rows)] for name, asked in sets.items()}
    odds = np.asarray([weights.log_odds(a.rows).max() for asked in best.values() for a in asked])
    right = np.asarray([_within(weights, a, 1) for asked in best.values() for a in asked])
    shares = np.concatenate([np.full(len(asked), _SETS[name] / len(asked)) for name, asked in best.items()])
    model = LogisticRegression(C=1e6).fit(odds[:, None], right, shares / shares.mean())
    return float(model.coef_[0][0]), float(model.intercept_[0])


def _within(weights: Weights, asked: Asked, most: int) -> bool:
    """Say whether one of the `most` best sentences answers."""
    return bool(asked.answers[np.argsort(-weights.log_odds(asked.rows))[:most]].any())


def _best(
    weights: Weights, asked: Sequence[Asked], *, answerable: bool
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Tell the probability of each question's best sentence, of those that are answerable or of those that are not."""
    return np.asarray(
        [weights.probabilities(a.rows).max() for a in asked if a.answerable == answerable and len(a.rows)]
    )


def _threshold(weights: Weights, sets: Sequence[Sequence[Asked]]) -> float:
    """Find the largest probability that refuses at most `_OVER_REFUSED` of the answerable questions, mean of sets."""
    best = [_best(weights, asked, answerable=True) for asked in sets]
    tried = np.unique(np.concatenate(best))
    over = np.mean([[(found < t).mean() for t in tried] for found in best], axis=0)
    return float(tried[over <= _OVER_REFUSED].max())


def _report(weights: Weights, asked: Sequence[Asked], name: str, table: Table) -> None:
    answerable = [a for a in asked if a.answerable]
    shares = [
        np.mean([a.answers.any() for a in answerable]),
        np.mean([_within(weights, a, 1) for a in answerable]),
        np.mean([_within(weights, a, 3) for a in answerable]),
        np.mean(_best(weights, asked, answerable=True) < weights.threshold),
        np.mean(_best(weights, asked, answerable=False) < weights.threshold),
    ]
    cells = [f"{100 * float(share):.1f}" for share in shares]
    table.add_row(name, str(len(answerable)), *cells[:4], str(len(asked) - len(answerable)), cells[4])


def _ablation(tune: dict[str, list[Asked]], report: dict[str, list[Asked]]) -> Table:
    """Fit without each feature in turn; means of the sets, refusals at the threshold that refuses 10 % of each set."""
    table = Table("without", "first %", "in three %", "refused of unanswerable %", title="ablation, report half")
    for name in (None, *FEATURES):
        kept = [n for n, feature in enumerate(FEATURES) if feature != name]
        fitted = _fit(_without(tune, kept))
        firsts, threes, refusals = [], [], []
        for asked in _without(report, kept).values():
            answerable = [a for a in asked if a.answerable]
            firsts.append(np.mean([_within(fitted, a, 1) for a in answerable]))
            threes.append(np.mean([_within(fitted, a, 3) for a in answerable]))
            threshold = np.quantile(_best(fitted, asked, answerable=True), 0.1)
            refusals.append(np.mean(_best(fitted, asked, answerable=False) < threshold))
        table.add_row(name or "(nothing)", *(f"{100 * np.mean(found):.1f}" for found in (firsts, threes, refusals)))
    return table


def _without(sets: dict[str, list[Asked]], kept: list[int]) -> dict[str, list[Asked]]:
    return {name: [replace(a, rows=a.rows[:, kept]) for a in asked] for name, asked in sets.items()}


def _reliability(weights: Weights, sets: dict[str, list[Asked]]) -> Table:
    """Compare the probability of best sentences with how often they answer."""
    kept = [a for asked in sets.values() for a in asked if len(a.rows)]
    best = np.asarray([weights.probabilities(a.rows).max() for a in kept])
    right = np.asarray([_within(weights, a, 1) for a in kept])
    table = Table("probability", "questions", "mean %", "right %", title="calibration, report half")
    for low in np.arange(0, 1, 0.2):
        inside = (best >= low) & (best < low + 0.2)
        if inside.any():
            cells = [f"{100 * best[inside].mean():.0f}", f"{100 * right[inside].mean():.0f}"]
            table.add_row(f"{low:.1f}–{low + 0.2:.1f}", str(inside.sum()), *cells)
    return table


def _rows(folder: Path, kept: Path | None) -> dict[str, list[Asked]]:
    if kept and kept.is_file():
        features, stored = pickle.loads(kept.read_bytes())
        if features != FEATURES:
            raise SystemExit(f"{kept} holds rows of other features; delete it")
        rows: dict[str, list[Asked]] = stored
        return rows
    sets = _collect(folder)
    if kept:
        kept.write_bytes(pickle.dumps((FEATURES, sets)))
    return sets


def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=Path, help="keep the rows in this file, and take them from it when it is there")
    parser.add_argument("--ablate", action="store_true", help="print what each feature is worth, and write nothing")
    arguments = parser.parse_args()
    sets = _rows(arguments.folder, arguments.rows)
    halves = {
        half: {name: [a for a in asked if half_of(a.question) == half] for name, asked in sets.items()}
        for half in ("tune", "report")
    }
    if arguments.ablate:
        Console().print(_ablation(halves["tune"], halves["report"]))
        return
    weights = _fit(halves["tune"])
    columns = ("set", "answerable", "reachable %", "first %", "in three %", "refused %", "unanswerable", "refused %")
    table = Table(*columns, title="report half")
    for name, asked in halves["report"].items():
        _report(weights, asked, name, table)
    console = Console()
    console.print(table)
    console.print(_reliability(weights, halves["report"]))
    stored = {
        "about": "Weights of assistant/evidence.py, made by benchmarks/train_evidence.py; do not edit by hand.",
        "trained_on": [
            "primeqa/clapnq, development set (Rosenthal et al., 2024), Apache-2.0",
            "deepmind/xquad, English (Artetxe et al., 2020), CC BY-SA 4.0",
            "seeds/questions.jsonl, this project",
        ],
        "weights": dict(zip(FEATURES, (round(w, 5) for w in weights.features), strict=True)),
        "intercept": round(weights.intercept, 5),
        "threshold": round(weights.threshold, 5),
    }
    _OUT.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
