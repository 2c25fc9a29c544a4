"""Turn the reader's scores of passages into ranked sentences, each with a probability and its answering words.

A sentence's score is that of its best answer: a span of at most `MAX_ANSWER` tokens inside it. All passages are scored
against "no passage answers", so scores compare across the passages of a question, however many were read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.language.context import CELL
from assistant.read.sequence import header_of
from index.text.sentences import Span, sentences
from index.types import Article, Hit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.read.model import Calibration, Reader, Scores

    Floats = NDArray[np.float32]

MAX_ANSWER = 24
"""Longest answer span, in tokens."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of an article, `article.text[start:end]`, and the probability (0 to 1) that it answers.

    `answer` is the span of the answering words in the article's text, inside the sentence.
    """

    article: Article
    start: int
    end: int
    probability: float
    answer: Span | None = None

    @property
    def text(self) -> str:
        """The sentence."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Scored:
    """A sentence of a hit as scored by the reader: its span in the article, and that of its answering words.

    `score` is their log odds against "no passage answers"; `hit` is the index of its hit.
    """

    hit: int
    span: Span
    answer: Span
    score: float


def read(reader: "Reader", question: str, hits: Sequence[Hit], first: int = 0) -> list[Scored]:
    """Read hits for a question and return their scored sentences in order; hits are numbered from `first`."""
    passages = [(header_of(hit.article.title, hit.article.publisher, hit.article.published), hit.text) for hit in hits]
    found: list[Scored] = []
    for number, (hit, scores) in enumerate(zip(hits, reader.read(question, passages), strict=True)):
        found += _scored(hit, first + number, scores)
    return found


def ranked(
    scored: Sequence[Scored],
    hits: Sequence[Hit],
    retrieved: Sequence[float],
    calibration: "Calibration",
    absent: int = 0,
) -> list[Evidence]:
    """Turn scored sentences into evidence, most probable first.

    `retrieved` has the retriever's score of each hit; `absent` is how many distinctive words of the question no article
    has.
    """
    best: dict[tuple[str, Span], Evidence] = {}
    for one in scored:
        article = hits[one.hit].article
        probability = calibration.probability(one.score, retrieved[one.hit], absent)
        key = article.id, one.span
        if key not in best or best[key].probability < probability:
            best[key] = Evidence(article, *one.span, probability, one.answer)
    return sorted(best.values(), key=lambda e: (-e.probability, e.article.id, e.start))


def by_evidence(hits: Sequence[Hit], found: Sequence[Evidence]) -> list[Hit]:
    """Return hits ordered by the probability of their best sentence, which becomes their score; 0 without one."""
    best: dict[str, float] = {}
    for evidence in found:
        for hit in hits:
            inside = hit.passage.start <= evidence.start < hit.passage.end
            if inside and hit.article.id == evidence.article.id:
                best.setdefault(hit.passage.id, evidence.probability)
    scored = [replace(hit, score=best.get(hit.passage.id, 0.0)) for hit in hits]
    return sorted(scored, key=lambda hit: -hit.score)


def _scored(hit: Hit, number: int, scores: "Scores") -> list[Scored]:
    found = []
    base, places = hit.passage.start, scores.places
    for start, end in units(hit.text, hit.article.language):
        # A question is never an answer.
        if hit.text[start:end].rstrip("\"'”’») ").endswith(("?", "？", "؟")):
            continue
        # Empty tokens (line breaks, or cut off by the passage's end) start no answer.
        first, last = np.searchsorted(places.starts, (start, end))
        inside = np.flatnonzero(places.ends[first:last] > places.starts[first:last]) + first
        if not len(inside):
            continue
        a, b, score = _best(scores.starts[inside], scores.ends[inside])
        answer = base + int(places.starts[inside[a]]), base + int(min(places.ends[inside[b]], end))
        found.append(Scored(number, (base + start, base + end), answer, scores.whole + score))
    return found


def units(text: str, language: str | None = None) -> list[Span]:
    """Return the spans that may be quoted: sentences, and whole table rows; `language` is that of the article."""
    found: list[Span] = []
    for start, end in sentences(text, language):
        line = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        if CELL in text[line:line_end]:
            start, end = line, line + len(text[line:line_end].rstrip())
        if not found or found[-1] != (start, end):
            found.append((start, end))
    return found


def _best(starts: "Floats", ends: "Floats") -> tuple[int, int, float]:
    """Return the best answer span: its first and last token, and the sum of their scores."""
    count = len(starts)
    sums = starts[:, None] + ends[None, :]
    rows, columns = np.indices((count, count), sparse=True)
    sums[(columns < rows) | (columns - rows >= MAX_ANSWER)] = -np.inf
    place = int(np.argmax(sums))
    return place // count, place % count, float(sums.flat[place])
