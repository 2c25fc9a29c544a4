"""Claims that are true or false by how they were made, and how often they are called supported.

True ones are sentences that settle a question of the sets, light rewordings of them, and the sentences of answers that
people and models wrote to such questions. False ones are both of these, altered by `benchmarks.alterations`, and
sentences checked against articles that do not have them. Each is checked as in an answer: first against the passages
that the retriever finds for its question, then against all. Claims are split into halves with their questions.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant.check.checker import Checker
from assistant.check.judge import Judge
from assistant.check.model import load_judge
from assistant.evaluate.questions import Question
from assistant.language.words import folded, words
from assistant.llama_index import HybridRetriever
from assistant.retrieve.query import read_query
from assistant.types import Status
from benchmarks.alterations import FALSE, Material, names_in
from benchmarks.rewordings import cut, joined, reworded
from benchmarks.sets import Half, QuestionSet, half_of
from index import Filter, Hit, Index
from index.text.sentences import sentences

_HITS = 10
_ELSEWHERE = "another passage"
_STATUSES: tuple[Status, ...] = ("supported", "to be compared", "contradicted", "unsupported")
_LIST_MARK = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+")


@dataclass(frozen=True, slots=True)
class Made:
    """A claim: its text, how it was made, whether it is true, and the question whose passages it is checked against.

    `base` is what it was made from: a sentence of an article ("verbatim") or one that a person or a model wrote
    ("paraphrase").
    """

    text: str
    how: str
    true: bool
    question: Question
    base: str = "verbatim"

    @property
    def name(self) -> str:
        """What its row of the table is called."""
        return f"{self.how}, paraphrase" if self.base == "paraphrase" and not self.true else self.how


@dataclass(frozen=True, slots=True)
class _Gold:
    """A sentence that settles a question, and the text around it."""

    question: Question
    sentence: str
    passage: str


def make(sets: Sequence[QuestionSet], texts: dict[str, str]) -> list[Made]:
    """Make claims of the gold sentences and written answers of sets; `texts` are the articles' by file name."""
    golds = list(_golds(sets, texts))
    answers = list(_answers(sets, texts))
    names = sorted({match.group() for gold in golds for match in names_in(gold.sentence)})
    made: list[Made] = []
    for n, gold in enumerate(golds):
        made.append(Made(gold.sentence, "verbatim", True, gold.question))
        made += _reworded(gold)
        other = golds[(n + len(golds) // 2) % len(golds)]
        made += _altered(gold, names, [other.sentence], "verbatim")
        if not set(other.question.articles) & set(gold.question.articles):
            made.append(Made(other.sentence, _ELSEWHERE, False, gold.question))
    for n, gold in enumerate(answers):
        made.append(
            Made(
                gold.sentence,
                "answer of CLAP NQ" if gold.question.sentences else "answer of MTRAG-UN",
                True,
                gold.question,
                "paraphrase",
            )
        )
        made += _altered(gold, names, [golds[n % len(golds)].sentence], "paraphrase")
    return made


def _reworded(gold: _Gold) -> Iterator[Made]:
    for how, said in (("reworded", reworded(gold.sentence)), ("cut", cut(gold.sentence))):
        if said:
            yield Made(said, how, True, gold.question)
    order = [gold.passage[slice(*span)] for span in sentences(gold.passage)]
    place = next((n for n, one in enumerate(order) if folded(one) == folded(gold.sentence)), None)
    if place is not None and place + 1 < len(order) and (said := joined(gold.sentence, order[place + 1])):
        yield Made(said, "joined", True, gold.question)


def _altered(gold: _Gold, names: Sequence[str], others: Sequence[str], base: str) -> Iterator[Made]:
    for how, rule in FALSE.items():
        said = rule(gold.sentence, Material(f"{how} {gold.sentence}", gold.passage, names, others))
        if said and folded(said) not in folded(gold.passage):
            yield Made(said, how, False, gold.question, base)


def _golds(sets: Sequence[QuestionSet], texts: dict[str, str]) -> Iterator[_Gold]:
    seen: set[str] = set()
    for one in sets:
        for question in one.questions:
            for sentence in question.sentences:
                if folded(sentence) not in seen and len(words(sentence)) >= 5:
                    seen.add(folded(sentence))
                    yield _Gold(question, " ".join(sentence.split()), _around(sentence, question, texts))


def _around(sentence: str, question: Question, texts: dict[str, str]) -> str:
    """Find the paragraph of a sentence; its article where that is not to be told."""
    whole = "\n".join(texts[name] for name in question.articles)
    paragraphs = whole.split("\n")
    return next((p for p in paragraphs if folded(sentence) in folded(p)), whole)


def _answers(sets: Sequence[QuestionSet], texts: dict[str, str]) -> Iterator[_Gold]:
    """Go through the sentences of answers that people and models wrote, of two words less than five left out."""
    for one in sets:
        if one.name not in ("clapnq", "mtragun"):
            continue
        for question in one.questions:
            if not question.answerable or not question.answer:
                continue
            whole = "\n".join(texts[name] for name in question.articles)
            for span in sentences(question.answer):
                said = _LIST_MARK.sub("", question.answer[slice(*span)])
                if (
                    len(words(said)) >= 5
                    and not said.endswith(("?", ":"))
                    and folded(said.rstrip(".")) not in folded(whole)
                ):
                    yield _Gold(question, said, whole)


@dataclass(frozen=True, slots=True)
class Row:
    """Claims made in one way: how many were given each status."""

    name: str
    true: bool
    counts: Mapping[Status, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many claims there are."""
        return sum(self.counts.values())

    def share(self, status: Status) -> float:
        """Tell the share of claims that were given a status: 0 to 1."""
        return self.counts.get(status, 0) / self.n if self.n else 0.0

    @property
    def accuracy(self) -> float:
        """Tell the share judged right: true ones supported, false ones not."""
        return self.share("supported") if self.true else 1 - self.share("supported")


def check(index: Index, made: Sequence[Made]) -> list[Row]:
    """Check claims, each against what is found for its question, and count; sums come last."""
    ids = {Path(article.path or "").name: article.id for article in index.catalog.articles()}
    counts: dict[tuple[bool, str], dict[Status, int]] = {}
    by_question: dict[str, list[Made]] = {}
    judge = load_judge(index.embedding)
    for one in made:
        by_question.setdefault(one.question.key, []).append(one)
    for claims in track(list(by_question.values()), "claims", console=Console(stderr=True), transient=True):
        hits = _hits(index, claims[0].question, ids)
        checker = Checker(index, judge, hits)
        for one in claims:
            status = (_without(index, judge, one) if one.how == _ELSEWHERE else checker).claim(one.text).status
            for name in (one.name, "all of sentences" if one.base == "verbatim" else "all of paraphrases", "all"):
                row = counts.setdefault((one.true, name), dict.fromkeys(_STATUSES, 0))
                row[status] += 1
    rows = [Row(name, true, found) for (true, name), found in counts.items()]
    return sorted(rows, key=lambda row: (not row.true, row.name == "all", row.name.startswith("all"), row.name))


def _hits(index: Index, question: Question, ids: Mapping[str, str]) -> list[Hit]:
    # The answers of MTRAG-UN were written from the documents that come with the task.
    own = question.articles if not question.sentences else ()
    allowed = Filter(articles=tuple(ids[name] for name in own))
    return HybridRetriever(index, limit=_HITS, allowed=allowed).hits(read_query(index, question.text))


def _without(index: Index, judge: Judge, claim: Made) -> Checker:
    """Check a claim against the articles that do not have it."""
    lacking = (one.id for one in index.catalog.articles() if folded(claim.text) not in folded(one.text))
    return Checker(index, judge, (), Filter(articles=tuple(lacking)))


def show(rows: Sequence[Row], console: Console) -> None:
    """Print the table."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("claims", no_wrap=True)
    for name in ("n", "supported", "compared", "contradicted", "unsupported", "right"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        shares = [*(row.share(status) for status in _STATUSES), row.accuracy]
        name = f"{'true' if row.true else 'false'}: {row.name}"
        table.add_row(name, f"{row.n:,}", *(f"{100 * share:.1f}" for share in shares))
    console.print(table)


def as_dict(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Turn rows into what JSON can hold."""
    return [asdict(row) | {"n": row.n, "accuracy": round(row.accuracy, 4)} for row in rows]


def claims_of(index: Index, sets: Sequence[QuestionSet], half: Half) -> list[Made]:
    """Make the claims of a half of sets, of the questions whose articles are indexed: of two copies only one is."""
    texts = {Path(article.path or "").name: article.text for article in index.catalog.articles()}
    there = [replace(one, questions=[q for q in one.questions if texts.keys() >= set(q.articles)]) for one in sets]
    return [one for one in make(there, texts) if half in ("all", half_of(one.question))]
