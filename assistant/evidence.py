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

from assistant.wanted import has_answer, wanted
from assistant.words import Stems, content_words, words
from index.article import Article, Hit
from index.sentences import Span, sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embed import TokenVectors
    from index.store import Index

    Matrix = NDArray[np.float64]

FEATURES = (
    "maxsim",  # late interaction with the sentence alone
    "maxsim in context",  # ... with the sentence, the one before it and the title
    "worst match",  # of the question's rare words, how well the worst one is matched in context
    "cosine",  # of question and sentence
    "coverage",  # rarity-weighted share of the question's words that stand in the sentence
    "coverage in context",  # ... in the sentence, the one before it or the title
    "has the kind",  # a kind of answer is wanted, and something new of that kind is there
    "lacks the kind",  # a kind of answer is wanted, and nothing new of that kind is there
    "passage rank",  # 1 for the first passage, 1/2 for the second, ...
    "fragment",  # a heading or a label, no sentence
    "length",  # of the sentence: its words, on a log scale
)
_PASSAGES = 6
_STOP_WORD_WEIGHT = 0.1
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

    def rank(self, question: str, hits: Sequence[Hit]) -> list[Evidence]:
        """Rank the sentences of the best hits, most probable first; hits come best first."""
        candidates, rows = self.features(question, hits)
        if not candidates:
            return []
        found = self._weights.probabilities(rows).tolist()
        ranked = [Evidence(a, *span, p) for (a, span), p in zip(candidates, found, strict=True)]
        return sorted(ranked, key=lambda e: (-e.probability, e.article.id, e.start))

    def features(self, question: str, hits: Sequence[Hit]) -> "tuple[list[tuple[Article, Span]], Matrix]":
        """Describe the sentences of the best hits: `(article, span)` of each, and a row of `FEATURES` for each."""
        hits = hits[:_PASSAGES]
        texts = [f"{hit.article.title}\n{hit.text}" for hit in hits]
        pooled, (asked, *read) = self._index.embedding.encode_tokens([question, *texts])
        query = _Query(question, asked, pooled[0], self._rarities(question))
        candidates: list[tuple[Article, Span]] = []
        rows: list[list[float]] = []
        for rank, (hit, tokens) in enumerate(zip(hits, read, strict=True)):
            for span, features in _describe(query, hit, tokens, rank):
                candidates.append((hit.article, span))
                rows.append(features)
        return candidates, np.asarray(rows, dtype=np.float64).reshape(-1, len(FEATURES))

    def _rarities(self, question: str) -> dict[str, float]:
        """Weigh each content word of the question by its inverse document frequency, the rarest one 1."""
        _, total = self._index.catalog.count()
        found = {word: self._index.catalog.passages_with(word) for word in content_words(question)}
        weights = {word: math.log(1 + (total - n + 0.5) / (n + 0.5)) for word, n in found.items()}
        most = max(weights.values(), default=1.0) or 1.0
        return {word: weight / most for word, weight in weights.items()}


class _Query:
    """A question, ready to be matched with many sentences."""

    def __init__(
        self, question: str, tokens: "TokenVectors", vector: "NDArray[np.float32]", rarities: Mapping[str, float]
    ) -> None:
        self.text = question
        self.kind = wanted(question)
        self.vector = vector
        self.vectors = tokens.vectors
        self.stems = Stems()
        by_stem = dict(zip(self.stems.of(list(rarities)), rarities.values(), strict=True))
        self.rarities = by_stem
        self.weights = self._piece_weights(question, tokens, rarities)
        self.rare = self.weights >= 0.5

    @staticmethod
    def _piece_weights(question: str, tokens: "TokenVectors", rarities: Mapping[str, float]) -> "NDArray[np.float32]":
        """Give each word piece its word's rarity, shared among the word's pieces."""
        weights = np.full(len(tokens.words), _STOP_WORD_WEIGHT, dtype=np.float32)
        lowered = question.lower()
        for word, rarity in rarities.items():
            at = lowered.find(word)
            pieces = [i for i, start in enumerate(tokens.starts) if at <= start < at + len(word)]
            weights[pieces] = max(rarity, _STOP_WORD_WEIGHT)
        return weights

    def matches(self, vectors: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """Find, for each word piece of the question, its best cosine among `vectors`."""
        if not len(vectors) or not len(self.vectors):
            return np.zeros(len(self.weights), dtype=np.float32)
        best: NDArray[np.float32] = (self.vectors @ vectors.T).max(axis=1)
        return best

    def mean(self, matches: "NDArray[np.float32]") -> float:
        """Average matches, each weighted by its word's rarity."""
        return float((matches * self.weights).sum() / max(self.weights.sum(), 1e-9))

    def coverage(self, text: str) -> float:
        """Tell which share of the question's content words, weighted by rarity, stands in `text`."""
        there = set(self.stems.of(words(text)))
        return sum(weight for stem, weight in self.rarities.items() if stem in there) / (
            sum(self.rarities.values()) or 1.0
        )


def _describe(query: _Query, hit: Hit, tokens: "TokenVectors", rank: int) -> list[tuple[Span, list[float]]]:
    """Describe each sentence of one passage."""
    article, passage = hit.article, hit.passage
    shift = passage.start - len(article.title) - 1
    starts = np.asarray(tokens.starts) + shift
    in_title = np.asarray(tokens.starts) < len(article.title)
    described = []
    before: Span | None = None
    for start, end in sentences(article.text[passage.start : passage.end]):
        span = (passage.start + start, passage.start + end)
        own = (starts >= span[0]) & (starts < span[1]) & ~in_title
        near = own | in_title
        context = f"{article.title} {article.text[span[0] : span[1]]}"
        if before:
            near |= (starts >= before[0]) & (starts < before[1]) & ~in_title
            context += f" {article.text[before[0] : before[1]]}"
        if own.any():
            described.append((span, _row(query, article.text[span[0] : span[1]], context, tokens, own, near, rank)))
        before = span
    return described


def _row(
    query: _Query,
    sentence: str,
    context: str,
    tokens: "TokenVectors",
    own: "NDArray[np.bool_]",
    near: "NDArray[np.bool_]",
    rank: int,
) -> list[float]:
    alone, in_context = query.matches(tokens.vectors[own]), query.matches(tokens.vectors[near])
    mean = tokens.vectors[own].mean(axis=0)
    kind_there = has_answer(query.kind, query.text, sentence)
    asks = query.kind != "other"
    length = len(words(sentence))
    return [
        query.mean(alone),
        query.mean(in_context),
        float(in_context[query.rare].min()) if query.rare.any() else 0.0,
        float(mean @ query.vector / max(float(np.linalg.norm(mean)), 1e-9)),
        query.coverage(sentence),
        query.coverage(context),
        float(asks and kind_there),
        float(asks and not kind_there),
        1.0 / (1 + rank),
        float(sentence[-1:] not in ".!?…\"'”’。！？)" or length < 3),
        math.log1p(length),
    ]
