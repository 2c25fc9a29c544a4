"""How much of a claim a set of sentences covers, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from assistant.worded import Worded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]
    Flags = NDArray[np.bool_]

_LEAST_CLAUSE = 3
_CLAUSES = re.compile(
    r"\s*(?:;|,\s+(?:and|but|while|whereas|which|who|so|although|though|as)\b|\s+(?:while|whereas|but)\s)\s*"
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of each word of a claim each candidate covers.

    `places` are those of the words that carry meaning, `weights` how much of the claim each is, `covers` how much of
    it each candidate covers, 0 to 1 (candidates x words), and `has` whether it has the word itself.
    """

    places: tuple[int, ...]
    weights: "Vector"
    covers: "Vector"
    has: "Flags"

    def of(self, chosen: Sequence[int]) -> float:
        """Tell how much of the claim a set of candidates covers: 0 to 1."""
        return float(self.covers[list(chosen)].max(axis=0, initial=0.0) @ self.weights)

    def with_each(self, chosen: Sequence[int]) -> "Vector":
        """Tell how much a set of candidates covers with each candidate added to it."""
        together: Vector = np.maximum(self.covers, self.covers[list(chosen)].max(axis=0, initial=0.0)) @ self.weights
        return together

    def near(self, one: int) -> dict[int, float]:
        """Tell how much of each word of a claim, by its place, one candidate covers."""
        return dict(zip(self.places, self.covers[one].tolist(), strict=True))

    def part(self, columns: Sequence[int], first: int) -> "Coverage":
        """Take some of the words, their places counted from `first`."""
        weights = self.weights[columns]
        places = tuple(self.places[k] - first for k in columns)
        return Coverage(places, weights / weights.sum(), self.covers[:, columns], self.has[:, columns])


def clauses(claim: Worded, coverage: Coverage) -> Iterator[tuple[str, Coverage]]:
    """Cut a claim into clauses of some words each, with how they are covered; places count from the clause's start."""
    bounds = [0, *(match.end() for match in _CLAUSES.finditer(claim.text)), len(claim.text)]
    for start, end in pairwise(bounds):
        columns = [k for k, n in enumerate(coverage.places) if start <= claim.words[n].start < end]
        if len(columns) >= _LEAST_CLAUSE:
            first = next(n for n, word in enumerate(claim.words) if word.start >= start)
            yield claim.text[start:end], coverage.part(columns, first)
