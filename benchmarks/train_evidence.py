"""Fit the weights of the evidence ranker and write them to `assistant/evidence.json`.

    python -m benchmarks.train_evidence FOLDER [--rows FILE]

FOLDER holds `clapnq_dev_a.jsonl` (primeqa/clapnq, Apache-2.0) and `xquad.en.json` (deepmind/xquad, CC BY-SA 4.0).
Each set is indexed through the product, all passages in one index; each question is asked of it, and the sentences
that the ranker would look at become rows. Half of XQuAD's questions are made unanswerable by leaving their own
paragraph out. Questions are split by a hash of their id: the weights come from one half, the table from the other.
"""

import argparse
import hashlib
import json
import pickle
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from assistant.evidence import FEATURES, Ranker, Weights
from assistant.retrieve import HybridRetriever
from index import Index, sync
from index.article import Article, Hit
from index.sentences import Span

_OUT = Path(__file__).parent.parent / "assistant" / "evidence.json"
# The share of answerable questions that the threshold may refuse, in the set that is refused most. Low, because the
# questions of XQuAD were written by people who saw the passage; what users ask is further from the text.
_MOST_OVER_REFUSED = 0.02


@dataclass(frozen=True)
class Question:
    """One question: its article's stem, and what settles it (sentences, or an answer's span); none: unanswerable."""

    id: str
    text: str
    stem: str
    sentences: tuple[str, ...] = ()
    span: Span | None = None
    answer: str = ""
    leave_out: bool = False

    @property
    def answerable(self) -> bool:
        """Say whether the candidates can hold an answer."""
        return bool(self.sentences or self.span) and not self.leave_out

    @property
    def half(self) -> int:
        """Tell which half the question is in: 0 to fit on, 1 to report on."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 2


@dataclass(frozen=True)
class Asked:
    """A question with the rows of its candidate sentences and which of them answer."""

    question: Question
    rows: "np.ndarray[tuple[int, int], np.dtype[np.float64]]"
    answers: "np.ndarray[tuple[int], np.dtype[np.bool_]]"


def _clapnq(file: Path, folder: Path) -> Iterator[Question]:
    for line in file.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        passage, stem = item["passages"][0], f"clapnq{item['id']}"
        title = json.dumps(passage["title"])
        (folder / f"{stem}.md").write_text(f"---\ntitle: {title}\n---\n{_escaped(passage['text'])}\n", encoding="utf-8")
        gold = tuple(item["output"][0]["selected_sentences"]) if item["answerable"] else ()
        yield Question(item["id"], item["input"], stem, sentences=gold)


def _xquad(file: Path, folder: Path) -> Iterator[Question]:
    for n, article in enumerate(json.loads(file.read_text(encoding="utf-8"))["data"]):
        for m, paragraph in enumerate(article["paragraphs"]):
            stem, text = f"xquad{n}-{m}", paragraph["context"]
            title = json.dumps(article["title"].replace("_", " "))
            (folder / f"{stem}.md").write_text(f"---\ntitle: {title}\n---\n{_escaped(text)}\n", encoding="utf-8")
            for item in paragraph["qas"]:
                answer = item["answers"][0]
                start = answer["answer_start"]
                out = hashlib.sha256(item["id"].encode()).digest()[1] % 2 == 0
                span = (start, start + len(answer["text"]))
                yield Question(item["id"], item["question"], stem, (), span, answer["text"], leave_out=out)


def _escaped(text: str) -> str:
    """Keep Markdown from reading anything into plain text."""
    return "".join("\\" + c if c in "\\`*_{}[]<>()#+-.!|~&" else c for c in text.replace("\n", " "))


def _answers(question: Question, article: Article, span: Span) -> bool:
    if not question.answerable or article.path is None or Path(article.path).stem != question.stem:
        return False
    sentence = article.text[slice(*span)]
    if question.span:
        at = article.text.find(question.answer, max(0, question.span[0] - 20))
        return span[0] <= at < span[1]
    folded = " ".join(sentence.split())
    return any(folded in gold or gold in folded for gold in (" ".join(s.split()) for s in question.sentences))


def _ask(index: Index, question: Question) -> Asked:
    hits: list[Hit] = HybridRetriever(index, limit=10).hits(question.text)
    if question.leave_out:
        hits = [hit for hit in hits if hit.article.path and Path(hit.article.path).stem != question.stem]
    ranker = Ranker(index, Weights((0.0,) * len(FEATURES), 0.0, 0.5))
    candidates, rows = ranker.features(question.text, hits)
    answers = np.asarray([_answers(question, article, span) for article, span in candidates], dtype=bool)
    return Asked(question, rows, answers)


def _collect(data: Path, name: str) -> list[Asked]:
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles"
        articles.mkdir()
        reader = {"clapnq": _clapnq, "xquad": _xquad}[name]
        file = data / {"clapnq": "clapnq_dev_a.jsonl", "xquad": "xquad.en.json"}[name]
        questions = list(reader(file, articles))
        index = Index(Path(folder) / "home")
        sync(index, [articles])
        return [_ask(index, question) for question in track(questions, description=name)]


def _fit(sets: list[list[Asked]]) -> Weights:
    """Fit weights and threshold, each set counting as much as any other."""
    rows = np.concatenate([a.rows for asked in sets for a in asked])
    answers = np.concatenate([a.answers for asked in sets for a in asked])
    shares = np.concatenate([np.full(len(a.rows), 1 / len(asked)) for asked in sets for a in asked])
    # Standardised for the fit, so that the penalty treats all features alike; folded back into plain weights.
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=1000).fit((rows - mean) / spread, answers, shares / shares.mean())
    weights = model.coef_[0] / spread
    fitted = Weights(tuple(weights.tolist()), float(model.intercept_[0] - weights @ mean), 0.5)
    return Weights(fitted.features, fitted.intercept, min(_threshold(fitted, asked) for asked in sets))


def _threshold(weights: Weights, asked: list[Asked]) -> float:
    """Find the probability below which `_MOST_OVER_REFUSED` of the answerable questions have their best sentence."""
    best = [float(weights.probabilities(a.rows).max()) for a in asked if a.question.answerable and len(a.rows)]
    return float(np.quantile(best, _MOST_OVER_REFUSED))


def _report(weights: Weights, asked: list[Asked], name: str, table: Table) -> None:
    first = three = reachable = 0
    answerable = [a for a in asked if a.question.answerable]
    for a in answerable:
        order = np.argsort(-weights.probabilities(a.rows))
        reachable += bool(a.answers.any())
        first += bool(a.answers[order[:1]].any())
        three += bool(a.answers[order[:3]].any())
    over = sum(weights.probabilities(a.rows).max() < weights.threshold for a in answerable)
    unanswerable = [a for a in asked if not a.question.answerable and len(a.rows)]
    refused = sum(weights.probabilities(a.rows).max() < weights.threshold for a in unanswerable)
    shares = [reachable, first, three, over]
    cells = [f"{100 * share / len(answerable):.1f}" for share in shares]
    table.add_row(
        name, str(len(answerable)), *cells, str(len(unanswerable)), f"{100 * refused / len(unanswerable):.1f}"
    )


def _rows(folder: Path, kept: Path | None) -> dict[str, list[Asked]]:
    if kept and kept.is_file():
        stored: dict[str, list[Asked]] = pickle.loads(kept.read_bytes())
        return stored
    sets = {name: _collect(folder, name) for name in ("clapnq", "xquad")}
    if kept:
        kept.write_bytes(pickle.dumps(sets))
    return sets


def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=Path, help="keep the rows in this file, and take them from it when it is there")
    arguments = parser.parse_args()
    sets = _rows(arguments.folder, arguments.rows)
    weights = _fit([[a for a in asked if a.question.half == 0] for asked in sets.values()])
    columns = ("set", "answerable", "reachable %", "first %", "in three %", "refused %", "unanswerable", "refused %")
    table = Table(*columns, title="report half")
    for name, asked in sets.items():
        _report(weights, [a for a in asked if a.question.half == 1], name, table)
    Console().print(table)
    stored = {
        "about": "Weights of assistant/evidence.py, made by benchmarks/train_evidence.py; do not edit by hand.",
        "trained_on": [
            "primeqa/clapnq, development set (Rosenthal et al., 2024), Apache-2.0",
            "deepmind/xquad, English (Artetxe et al., 2020), CC BY-SA 4.0",
        ],
        "weights": dict(zip(FEATURES, (round(w, 5) for w in weights.features), strict=True)),
        "intercept": round(weights.intercept, 5),
        "threshold": round(weights.threshold, 5),
    }
    _OUT.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
