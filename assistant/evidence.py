"""From hits to the sentences that answer, each with a probability.

A sentence is described by a few features that a person can check (`FEATURES`), most of them late interaction of the
question with the sentence (see `assistant.query`). The pieces' vectors were made by the embedding model reading the
whole passage under its title, so "he" is read with the sentence before it. A logistic regression gives the probability
that a sentence answers; its weights stand in `evidence.json`, with where they come from.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.query import Matched, Query
from assistant.wanted import has_answer
from assistant.words import words
from index.article import Article, Hit
from index.pieces import IN_TITLE
from index.sentences import Span, sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.store import Index

    Matrix = NDArray[np.float64]
    Vector = NDArray[np.float32]

FEATURES = (
    "maxsim",  # late interaction with the sentence alone
    "maxsim in context",  # ... with the sentence, the one before it and the title
    "cosine",  # of question and sentence
    "lacks the kind",  # a kind of answer is wanted (a person, a date …), and nothing new of that kind is there
    "names another",  # the question names somebody, something or a number that is nowhere in the article
    "asking words",  # late interaction of the words that say how it is asked: "who" comes near a name
    "stands out",  # "maxsim" in standard deviations above that of all sentences looked at
)
_LONGEST_HEADING = 8
# Mean and spread of "maxsim" among the sentences that a question of the sets is matched with.
_TYPICAL_MAXSIM = 0.33
_TYPICAL_SPREAD = 0.105
_TYPICAL_SENTENCES = 10
# What a sentence loses, in log odds, for each unit that its hit is lifted less than the one lifted most.
_LIFT_WEIGHT = 0.5
_WEIGHTS = Path(__file__).with_name("evidence.json")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of an article, `article.text[start:end]`, and the probability (0 to 1) that it answers."""

    article: Article
    start: int
    end: int
    probability: float

    @property
    def text(self) -> str:
        """The sentence."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression over `FEATURES`, and the probability from which a sentence counts as an answer."""

    features: tuple[float, ...]
    intercept: float
    threshold: float

    @classmethod
    def read(cls, file: Path = _WEIGHTS) -> "Weights":
        """Read weights from a file made by `benchmarks/train_evidence.py`."""
        stored = json.loads(file.read_text(encoding="utf-8"))
        return cls(tuple(stored["weights"][name] for name in FEATURES), stored["intercept"], stored["threshold"])

    def log_odds(self, rows: "Matrix") -> "Matrix":
        """Turn feature rows (sentences x features) into log odds."""
        odds: Matrix = rows @ np.asarray(self.features) + self.intercept
        return odds

    def probabilities(self, rows: "Matrix") -> "Matrix":
        """Turn feature rows (sentences x features) into probabilities."""
        return _probabilities(self.log_odds(rows))


class Ranker:
    """Ranks the sentences of hits by the probability that they answer. Safe to share between threads."""

    def __init__(self, index: "Index", weights: Weights) -> None:
        self._index = index
        self._weights = weights

    def rank(self, query: Query, hits: Sequence[Hit], lifts: Sequence[float] | None = None) -> list[Evidence]:
        """Rank the sentences of hits, most probable first.

        `lifts` says what else speaks for each hit, in standard scores: that its article is of the date or publisher
        the question names (`assistant.hints`), or a reranker's opinion. A sentence of a hit that is lifted less than
        another is thought less likely to answer.
        """
        candidates, rows = self.features(query, hits)
        if not candidates:
            return []
        lifted = dict(zip((hit.passage.id for hit in hits), lifts or [0.0] * len(hits), strict=True))
        behind = max(lifted.values()) - np.array([lifted[hit.passage.id] for hit, _ in candidates])
        odds = self._weights.log_odds(rows) - _LIFT_WEIGHT * behind
        found = _probabilities(odds).tolist()
        ranked = [Evidence(hit.article, *span, p) for (hit, span), p in zip(candidates, found, strict=True)]
        return sorted(ranked, key=lambda e: (-e.probability, e.article.id, e.start))

    def features(self, query: Query, hits: Sequence[Hit]) -> "tuple[list[tuple[Hit, Span]], Matrix]":
        """Describe the sentences of hits: `(hit, span)` of each, and a row of `FEATURES` for each."""
        candidates: list[tuple[Hit, Span]] = []
        described: list[list[float]] = []
        for hit, passage in zip(hits, query.matched(self._index, hits), strict=True):
            for span, features in _describe(query, hit, passage):
                candidates.append((hit, span))
                described.append(features)
        rows = np.asarray(described, dtype=np.float64).reshape(-1, len(FEATURES) - 1)
        return candidates, np.column_stack([rows, stands_out(rows[:, 0])])


def _probabilities(log_odds: "Matrix") -> "Matrix":
    found: Matrix = 1.0 / (1.0 + np.exp(-log_odds))
    return found


def by_evidence(hits: Sequence[Hit], ranked: Sequence[Evidence]) -> list[Hit]:
    """Order hits by their best sentence, whose probability becomes their score; those without one come last, with 0."""
    best: dict[str, float] = {}
    for evidence in ranked:
        for hit in hits:
            inside = hit.passage.start <= evidence.start < hit.passage.end
            if inside and hit.article.id == evidence.article.id:
                best.setdefault(hit.passage.id, evidence.probability)
    scored = [replace(hit, score=best.get(hit.passage.id, 0.0)) for hit in hits]
    return sorted(scored, key=lambda hit: -hit.score)


def stands_out(scores: "Matrix") -> "Matrix":
    """Tell how far each score stands above the others, in standard deviations.

    Where there are few sentences none can be far above: their mean and spread are shrunk towards typical ones, as if
    `_TYPICAL_SENTENCES` more had been looked at.
    """
    count = len(scores) + _TYPICAL_SENTENCES
    mean = (scores.sum() + _TYPICAL_SENTENCES * _TYPICAL_MAXSIM) / count
    apart = ((scores - mean) ** 2).sum()
    apart += _TYPICAL_SENTENCES * (_TYPICAL_SPREAD**2 + (_TYPICAL_MAXSIM - mean) ** 2)
    found: Matrix = (scores - mean) / np.sqrt(apart / count)
    return found


def _describe(query: Query, hit: Hit, passage: Matched) -> list[tuple[Span, list[float]]]:
    """Describe each sentence of one passage by all features but the last, which takes all sentences to know."""
    another = float(query.names_another(hit.article))
    described = []
    found = sentences(hit.text)
    (_, body), *stretches = passage.pieces.stretches([(IN_TITLE, 0), *found])
    in_title = _best(passage.matches[:, :body])
    before = in_title
    for (start, end), (first, last) in zip(found, stretches, strict=True):
        sentence = hit.text[start:end]
        best = _best(passage.matches[:, first:last])
        if first < last and not is_heading(sentence):
            near = np.maximum(np.maximum(best, before), in_title)
            mean = passage.pieces.vectors(first, last).mean(axis=0)
            span = (hit.passage.start + start, hit.passage.start + end)
            described.append((span, _row(query, sentence, best, near, mean, another)))
        before = best
    return described


def _best(matches: "Vector") -> "Vector":
    """Find the best match of each word piece of the question; less than any cosine where there is nothing to match."""
    best: Vector = matches.max(axis=1, initial=-2.0)
    return best


def is_heading(sentence: str) -> bool:
    """Say whether a line is a heading or a label: short, no stop at its end, no table row."""
    return sentence[-1] not in ".!?…\"'”’)。！？" and "|" not in sentence and len(words(sentence)) <= _LONGEST_HEADING


def _row(query: Query, sentence: str, best: "Vector", near: "Vector", mean: "Vector", another: float) -> list[float]:
    """Compute the features of one sentence from its best matches, alone and in context, and the mean of its pieces."""
    lacks = query.kind != "other" and not has_answer(query.kind, query.text, sentence)
    return [
        query.mean(best),
        query.mean(near),
        query.cosine(mean),
        float(lacks),
        another,
        query.asking(best),
    ]
