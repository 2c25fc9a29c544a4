"""What a judge of claims takes and gives: the trained checker (`assistant.check.model`), or one that a user names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assistant.read.sequence import Encoded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MIN_FALSE = 0.5
"""From which probability on a token of a claim counts as false."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a claim is called supported, and contradicted: scores of `Judgement`, 0 to 1."""

    supported: float
    contradicted: float


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What one stretch of an article makes of a claim: probabilities that it bears it out, and that it contradicts it.

    `false` is the probability of each token of the claim that the stretch does not bear it out; `places` are these
    tokens, with where they stand in the claim. Both are empty where a judge judges the whole alone.
    """

    supported: float
    contradicted: float
    false: "Floats"
    places: Encoded

    @property
    def score(self) -> float:
        """How sure it is that every part of the claim is borne out, 0 to 1."""
        return self.supported * float(1 - self.false.max(initial=0))

    def doubted(self, claim: str) -> list[str]:
        """Return the words of a claim that are not borne out, those that follow one another together."""
        found: list[list[int]] = []
        for n in np.flatnonzero(self.false >= MIN_FALSE).tolist():
            start, end = int(self.places.starts[n]), int(self.places.ends[n])
            if found and not claim[found[-1][1] : start].strip():
                found[-1][1] = end
            else:
                found.append([start, end])
        return [claim[start:end] for start, end in found]


def of_the_whole(supported: float, contradicted: float) -> Judgement:
    """Return a judgement of a claim as a whole, which says nothing of its words."""
    nowhere = Encoded(*(np.zeros(0, np.int32) for _ in range(3)))
    return Judgement(supported, contradicted, np.zeros(0, np.float32), nowhere)


NOT_JUDGED = of_the_whole(0.0, 0.0)
"""Nothing is known: not that it is borne out, nor that it is not."""


class Judge(Protocol):
    """Compares claims with stretches of articles. Safe to share between threads."""

    @property
    def thresholds(self) -> Thresholds:
        """From where on its judgements count."""

    def judge(self, claim: str, stretches: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Compare a claim with stretches, each a header (`assistant.read.sequence.header_of`) and a text."""
