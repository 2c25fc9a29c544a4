"""Gather a comparison: pairs of sentences on two sides that are about the same things."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from assistant.compose.gather import (
    ArticleSentence,
    Gathered,
    Section,
    mentions_any,
    sentences_of,
    significant_words,
    text_of,
    vectors_of,
)
from assistant.language.words import words
from assistant.question.understand import is_unknown_topic
from assistant.retrieve.search import search
from index.types import Filter, Hit

if TYPE_CHECKING:
    from assistant.question.request import Request
    from index.store.index import Index

MAX_PAIRS = 2
_BOTH = re.compile(
    r"\b(?:each(?:\s+(?:one\s+)?of\s+them)?|both(?:\s+of\s+them)?|they|the\s+two(?:\s+\w+)?)\b", re.IGNORECASE
)
# "Inflation in" of "inflation in Britain and the euro area" belongs to both sides.
_HEAD = re.compile(r"^(?:\w+\s+){1,3}(?:in|of|at|for|on|by)\s+", re.IGNORECASE)
_SEARCHED = 12
_CONSIDERED = 40
# Weights of a sentence that names its side within so many first words, and of the similarity of a pair.
_OPENING, _FIRST, _ALIKE = 0.2, 5, 0.5


def gather_comparison(index: "Index", request: "Request", allowed: Filter) -> Gathered | None:
    """Gather a comparison; None if the articles have nothing on one of the sides."""
    assert request.sides
    if any(is_unknown_topic(index, side) for side in request.sides):
        return None
    found: list[list[ArticleSentence]] = []
    hits: list[Hit] = []
    asked = [_asked(side, request) for side in request.sides]
    names = [mentions_any(significant_words(side)) for side in request.sides]
    for query, own, other in zip(asked, names, names[::-1], strict=True):
        of_side = search(index, query, limit=_SEARCHED, allowed=allowed)
        hits += of_side
        found.append(_about(of_side, own, other))
    if not all(found):
        return None
    wanted = index.embedding.encode(asked)
    vectors = [vectors_of(index, sentences) for sentences in found]
    opens = [np.asarray([_opens(sentence, own) for sentence in of]) for of, own in zip(found, names, strict=True)]
    near = [rows @ query + _OPENING * first for rows, query, first in zip(vectors, wanted, opens, strict=True)]
    # The similarity of each sentence to its side's question, and of the two to each other.
    worth = near[0][:, None] + near[1][None, :] + _ALIKE * (vectors[0] @ vectors[1].T)
    chosen: list[list[int]] = [[], []]
    for _ in range(MAX_PAIRS):
        first, second = (int(n) for n in np.unravel_index(worth.argmax(), worth.shape))
        if not np.isfinite(worth[first, second]):
            break
        chosen[0].append(first)
        chosen[1].append(second)
        worth[first, :], worth[:, second] = -np.inf, -np.inf
    sections = (
        Section(_labelled(side), tuple(sentences[n] for n in sorted(numbers)))
        for side, sentences, numbers in zip(request.sides, found, chosen, strict=True)
    )
    unique = {hit.passage.id: hit for hit in hits}
    return Gathered(tuple(sections), tuple(unique.values()))


def _asked(side: str, request: "Request") -> str:
    """Return the question about one side: "what did the Fed decide", "inflation in the euro area"."""
    assert request.sides
    if request.topic:
        named = _BOTH.sub(side, request.topic, count=1)
        return named if named != request.topic else f"{side} {request.topic}"
    head = _HEAD.match(request.sides[0])
    return f"{head[0]}{side}" if head and side != request.sides[0] else side


def _opens(sentence: ArticleSentence, names: Callable[[str], bool]) -> bool:
    """Say whether a sentence names a side among its first words, so that it is about it."""
    return names(" ".join(words(text_of(sentence))[:_FIRST]))


def _about(hits: list[Hit], names: Callable[[str], bool], other: Callable[[str], bool]) -> list[ArticleSentence]:
    """Return the sentences that mention one side, without those that mention both if any are left."""
    sentences = [sentence for sentence in sentences_of(hits) if names(text_of(sentence))]
    return ([sentence for sentence in sentences if not other(text_of(sentence))] or sentences)[:_CONSIDERED]


def _labelled(side: str) -> str:
    return side[:1].upper() + side[1:]
