"""What the articles say of two sides, chosen so that the sentences speak of the same things."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from assistant.compose.gather import Gathered, Part, Place, naming, sentences_of, telling, text_of, vectors_of
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
# "Inflation in" of "inflation in Britain and the euro area" is of both.
_HEAD = re.compile(r"^(?:\w+\s+){1,3}(?:in|of|at|for|on|by)\s+", re.IGNORECASE)
_SEARCHED = 12
_CONSIDERED = 40
# What it counts that a sentence opens on its side, within so many words, and that the two are alike.
_OPENING, _FIRST, _ALIKE = 0.2, 5, 0.5


def gather_comparison(index: "Index", request: "Request", allowed: Filter) -> Gathered | None:
    """Gather a comparison; None where the articles have nothing on one of the sides."""
    assert request.sides
    if any(is_unknown_topic(index, side) for side in request.sides):
        return None
    found: list[list[Place]] = []
    hits: list[Hit] = []
    asked = [_asked(side, request) for side in request.sides]
    names = [naming(telling(side)) for side in request.sides]
    for query, own, other in zip(asked, names, names[::-1], strict=True):
        of_side = search(index, query, limit=_SEARCHED, allowed=allowed)
        hits += of_side
        found.append(_about(of_side, own, other))
    if not all(found):
        return None
    wanted = index.embedding.encode(asked)
    vectors = [vectors_of(index, places) for places in found]
    opens = [np.asarray([_opens(place, own) for place in of]) for of, own in zip(found, names, strict=True)]
    near = [rows @ query + _OPENING * first for rows, query, first in zip(vectors, wanted, opens, strict=True)]
    # How near each is to what is asked of its side, and how near the two are to each other.
    worth = near[0][:, None] + near[1][None, :] + _ALIKE * (vectors[0] @ vectors[1].T)
    chosen: list[list[int]] = [[], []]
    for _ in range(MAX_PAIRS):
        first, second = (int(n) for n in np.unravel_index(worth.argmax(), worth.shape))
        if not np.isfinite(worth[first, second]):
            break
        chosen[0].append(first)
        chosen[1].append(second)
        worth[first, :], worth[:, second] = -np.inf, -np.inf
    parts = (
        Part(_labelled(side), tuple(places[n] for n in sorted(numbers)))
        for side, places, numbers in zip(request.sides, found, chosen, strict=True)
    )
    unique = {hit.passage.id: hit for hit in hits}
    return Gathered(tuple(parts), tuple(unique.values()))


def _asked(side: str, request: "Request") -> str:
    """Put in words what is asked of a side: "what did the Fed decide", "inflation in the euro area"."""
    assert request.sides
    if request.topic:
        named = _BOTH.sub(side, request.topic, count=1)
        return named if named != request.topic else f"{side} {request.topic}"
    head = _HEAD.match(request.sides[0])
    return f"{head[0]}{side}" if head and side != request.sides[0] else side


def _opens(place: Place, names: Callable[[str], bool]) -> bool:
    """Say whether a sentence names a side among its first words: then it is about it, and does not only mention it."""
    return names(" ".join(words(text_of(place))[:_FIRST]))


def _about(hits: list[Hit], names: Callable[[str], bool], other: Callable[[str], bool]) -> list[Place]:
    """Return the sentences that speak of a side, those first that do not speak of the other one as well."""
    places = [place for place in sentences_of(hits) if names(text_of(place))]
    return ([place for place in places if not other(text_of(place))] or places)[:_CONSIDERED]


def _labelled(side: str) -> str:
    return side[:1].upper() + side[1:]
