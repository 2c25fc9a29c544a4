"""The trained reader on OpenVINO: which tokens of a passage answer a question, and whether any do.

Its layers were trained from those of all-MiniLM-L6-v2 and stand in `reader.safetensors`; its embeddings are that
model's own, which is in a package. `training/README.md` says on what it was trained, under which licences, and how.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.errors import ReaderUnusable
from assistant.read.pairs import Pairs
from assistant.read.sequence import MAX_QUESTION, Encoded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embed.openvino import OpenVinoBackend

    Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("reader.safetensors")
ABOUT = Path(__file__).with_name("reader.json")
VERSION = 1
"""What `ABOUT` says the weights are made for: raise it when a sequence or a head changes."""

MAX_ABSENT = 2
"""How many words of a question that no article has count."""

_HEADS = ("span", "rel")


@dataclass(frozen=True, slots=True)
class Calibration:
    """From a sentence's score to the probability that it answers, and when to refuse.

    The log odds are a weighted sum of the reader's score and of the retriever's score of its passage, which knows what
    the reader does not see: the dates and publishers named, and how near the other passages come (Platt, "Probabilistic
    Outputs for Support Vector Machines", 1999). Each telling word of the question that no article has takes off what
    `absent` says. A question whose best sentence has less than `threshold` is refused.
    """

    score: float
    retrieved: float
    shift: float
    threshold: float
    absent: float = 0.0

    def probability(self, score: float, retrieved: float, absent: float = 0) -> float:
        """Turn the reader's score of a sentence, and the retriever's of its passage, into a probability: 0 to 1.

        `absent` is how many telling words of the question no article has; from `MAX_ABSENT` on, more say no more.
        """
        odds = self.score * score + self.retrieved * retrieved + self.absent * min(absent, MAX_ABSENT) + self.shift
        return float(1 / (1 + np.exp(-np.clip(odds, -50, 50))))


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What the reader makes of one passage: each token's score as the answer's start and end, and the passage's own.

    The log odds of an answer from token s to token e, against "no passage answers", are `whole + starts[s] + ends[e]`.
    `places` says where the tokens stand in the passage.
    """

    places: Encoded
    starts: "Floats"
    ends: "Floats"
    whole: float


class Reader:
    """Reads passages for a question. Safe to share between threads; its weights are loaded when it is made.

    `embeddings` are those of all-MiniLM-L6-v2. With `half`, it computes in bfloat16.

    Raises:
        ReaderUnusable: the weights are missing, damaged or of another version.
    """

    def __init__(self, embeddings: "OpenVinoBackend", *, half: bool = False, folder: Path | None = None) -> None:
        file = (folder or WEIGHTS.parent) / WEIGHTS.name
        # Starts and ends of each token, and the whole of the first.
        self._pairs = Pairs(embeddings, file, VERSION, _HEADS, Calibration, ReaderUnusable, half=half)
        self.calibration = self._pairs.calibration

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> Iterator[Scores]:
        """Read passages, each a header (`assistant.read.sequence.header_of`) and a text; yields them in their order."""
        _, computed = self._pairs.compute(question, passages, MAX_QUESTION)
        for one, states in computed:
            tokens = states[one.first : one.first + len(one.passage.ids)]
            yield Scores(one.passage, tokens[:, 0].copy(), tokens[:, 1].copy(), float(states[0, 2]))
