"""From hits to the sentences that answer, each with a probability.

The words of a question are matched with those of a sentence by late interaction (MaxSim; Khattab & Zaharia, "ColBERT",
2020): each word piece of the question takes its nearest piece of the sentence, weighted by how rare its word is in
the index. The pieces' vectors come from the embedding model reading the whole passage under its title, so "he" is
read with the sentence before it. A logistic regression over this and a few other features that a person can check
(`FEATURES`) gives the probability that a sentence answers; its weights stand in `evidence.json`, with where they
come from.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.wanted import Kind, has_answer, wanted
from assistant.words import Stems, content_words, word_spans, words
from index.article import Article, Hit
from index.sentences import Span, sentences
from index.writer import embedded_title

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embed import TokenVectors
    from index.store import Index

    Matrix = NDArray[np.float64]
    Vector = NDArray[np.float32]

FEATURES = (
    "maxsim",  # late interaction with the sentence alone
    "maxsim in context",  # ... with the sentence, the one before it and the title
    "cosine",  # of question and sentence
    "coverage",  # rarity-weighted share of the question's words that stand in the sentence
    "lacks the kind",  # a kind of answer is wanted (a person, a date …), and nothing new of that kind is there
)
_PASSAGES = 6
_STOP_WORD_WEIGHT = 0.1
# From how many passages on the index itself says more about how rare a word is than the language does.
_TELLING_PASSAGES = 200
_LONGEST_HEADING = 8
# What a word of an earlier question weighs beside one of the question asked.
_EARLIER_WORD_WEIGHT = 0.3
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

    def probabilities(self, rows: "Matrix") -> "Matrix":
        """Turn feature rows (sentences x features) into probabilities."""
        scores: Matrix = 1.0 / (1.0 + np.exp(-(rows @ np.asarray(self.features) + self.intercept)))
        return scores


class Ranker:
    """Ranks the sentences of hits by the probability that they answer. Safe to share between threads."""

    def __init__(self, index: "Index", weights: Weights) -> None:
        self._index = index
        self._weights = weights

    def rank(self, question: str, hits: Sequence[Hit], asked: str | None = None) -> list[Evidence]:
        """Rank the sentences of the best hits, most probable first; hits come best first.

        `asked` is what was really asked, where `question` puts an earlier one before it: the earlier one's words say
        what it is about, and have been answered.
        """
        candidates, rows = self.features(question, hits, asked)
        if not candidates:
            return []
        found = self._weights.probabilities(rows).tolist()
        ranked = [Evidence(a, *span, p) for (a, span), p in zip(candidates, found, strict=True)]
        return sorted(ranked, key=lambda e: (-e.probability, e.article.id, e.start))

    def features(
        self, question: str, hits: Sequence[Hit], asked: str | None = None
    ) -> "tuple[list[tuple[Article, Span]], Matrix]":
        """Describe the sentences of the best hits: `(article, span)` of each, and a row of `FEATURES` for each."""
        hits = hits[:_PASSAGES]
        texts = [f"{embedded_title(hit.article)}\n{hit.text}" for hit in hits]
        rarities = self._rarities(question, content_words(asked or question))
        vectors, (tokens, *read) = self._index.embedding.encode_tokens([question, *texts])
        query = _Query(question, wanted(asked or question), tokens, vectors[0], rarities)
        candidates: list[tuple[Article, Span]] = []
        rows: list[list[float]] = []
        for hit, passage_tokens in zip(hits, read, strict=True):
            for span, features in _describe(query, hit, passage_tokens):
                candidates.append((hit.article, span))
                rows.append(features)
        return candidates, np.asarray(rows, dtype=np.float64).reshape(-1, len(FEATURES))

    def _rarities(self, question: str, asked: Sequence[str]) -> dict[str, float]:
        """Weigh each content word of the question by how rare it is, from 0 to 1.

        That is its inverse document frequency, shrunk towards its rarity in the language where the index is small:
        in a single article on sanctions, "sanctions" is everywhere, and still what the question is about. Words that
        are not among those `asked` weigh less.
        """
        _, total = self._index.catalog.count()
        found = content_words(question)
        most = math.log(1 + (total + 0.5) / 0.5)
        weights = {}
        for word, known in zip(found, self._index.embedding.rarities(found), strict=True):
            holding = min(total, self._index.catalog.passages_with(word))
            here = math.log(1 + (total - holding + 0.5) / (holding + 0.5)) / most
            weight = (total * here + _TELLING_PASSAGES * known) / (total + _TELLING_PASSAGES)
            weights[word] = weight if word in asked else weight * _EARLIER_WORD_WEIGHT
        return weights


class _Query:
    """A question, ready to be matched with many sentences."""

    def __init__(
        self, question: str, kind: Kind, tokens: "TokenVectors", vector: "Vector", rarities: Mapping[str, float]
    ) -> None:
        self.text = question
        self.kind = kind
        self.vector = vector
        self.vectors = tokens.vectors
        self.stems = Stems()
        by_stem = dict(zip(self.stems.of(list(rarities)), rarities.values(), strict=True))
        self.rarities = by_stem
        self.weights = self._piece_weights(question, tokens, rarities)

    @staticmethod
    def _piece_weights(question: str, tokens: "TokenVectors", rarities: Mapping[str, float]) -> "Vector":
        """Give each word piece its word's rarity, shared among the word's pieces."""
        weights = np.full(len(tokens.words), _STOP_WORD_WEIGHT, dtype=np.float32)
        starts = np.asarray(tokens.starts)
        for word, start, end in word_spans(question):
            pieces = (starts >= start) & (starts < end)
            if word in rarities and pieces.any():
                weights[pieces] = max(rarities[word], _STOP_WORD_WEIGHT) / math.sqrt(pieces.sum())
        return weights

    def matches(self, vectors: "Vector") -> "Vector":
        """Find, for each word piece of the question, its best cosine among `vectors`."""
        if not len(vectors) or not len(self.vectors):
            return np.zeros(len(self.weights), dtype=np.float32)
        best: Vector = (self.vectors @ vectors.T).max(axis=1)
        return best

    def mean(self, matches: "Vector") -> float:
        """Average matches, each weighted by its word's rarity."""
        return float((matches * self.weights).sum() / max(self.weights.sum(), 1e-9))

    def coverage(self, text: str) -> float:
        """Tell which share of the question's content words, weighted by rarity, stands in `text`."""
        there = set(self.stems.of(words(text)))
        return sum(weight for stem, weight in self.rarities.items() if stem in there) / (
            sum(self.rarities.values()) or 1.0
        )


def _describe(query: _Query, hit: Hit, tokens: "TokenVectors") -> list[tuple[Span, list[float]]]:
    """Describe each sentence of one passage; `tokens` are the pieces of its title and its own."""
    article, passage = hit.article, hit.passage
    places = np.asarray(tokens.starts) - len(embedded_title(article)) - 1
    in_title = places < 0
    places += passage.start
    described = []
    before: Span | None = None
    for start, end in sentences(hit.text):
        span = (passage.start + start, passage.start + end)
        own = ~in_title & (places >= span[0]) & (places < span[1])
        near = own | in_title
        if before:
            near |= ~in_title & (places >= before[0]) & (places < before[1])
        sentence = article.text[span[0] : span[1]]
        if own.any() and not is_heading(sentence):
            described.append((span, _row(query, sentence, tokens.vectors[own], tokens.vectors[near])))
        before = span
    return described


def is_heading(sentence: str) -> bool:
    """Say whether a line is a heading or a label: short, no stop at its end, no table row."""
    return sentence[-1] not in ".!?…\"'”’)。！？" and "|" not in sentence and len(words(sentence)) <= _LONGEST_HEADING


def _row(query: _Query, sentence: str, own: "Vector", near: "Vector") -> list[float]:
    """Compute the `FEATURES` of one sentence."""
    mean = own.mean(axis=0)
    lacks = query.kind != "other" and not has_answer(query.kind, query.text, sentence)
    return [
        query.mean(query.matches(own)),
        query.mean(query.matches(near)),
        float(mean @ query.vector / max(float(np.linalg.norm(mean)), 1e-9)),
        query.coverage(sentence),
        float(lacks),
    ]
