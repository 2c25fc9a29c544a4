"""The trained reader on OpenVINO: scores which tokens of a passage answer a question, and whether any do.

There are two. The layers of the English one were fine-tuned from all-MiniLM-L6-v2 and are in `reader.safetensors`,
those of the multilingual one from multilingual-e5-small, in `multilingual.safetensors`; the lower half of its layers is
that model's own. The embeddings of both are their models', from packages. `training/README.md` describes the training
data, licences and procedure.
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
MULTILINGUAL_WEIGHTS = Path(__file__).with_name("multilingual.safetensors")
VERSION = 1
"""The version of the weights, as in the JSON file beside them: raise it when the sequence format or a head changes."""

MAX_ABSENT = 2
"""Most absent words of a question that count."""

_HEADS = ("span", "rel")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a sentence's score into the probability that it answers; `threshold` decides on refusal.

    The log odds are a weighted sum of the reader's score and the retriever's score of the passage, which adds what the
    reader does not see: named dates and publishers, and how well the other passages match (Platt, "Probabilistic
    Outputs for Support Vector Machines", 1999). `absent` is the weight of each distinctive word of the question that no
    article has. A question whose best sentence is below `threshold` is refused.
    """

    score: float
    retrieved: float
    shift: float
    threshold: float
    absent: float = 0.0

    def probability(self, score: float, retrieved: float, absent: float = 0) -> float:
        """Return a probability (0 to 1) from the reader's score of a sentence and the retriever's of its passage.

        `absent` is how many distinctive words of the question no article has; at most `MAX_ABSENT` count.
        """
        odds = self.score * score + self.retrieved * retrieved + self.absent * min(absent, MAX_ABSENT) + self.shift
        return float(1 / (1 + np.exp(-np.clip(odds, -50, 50))))


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The reader's scores of one passage: of each token as start and end of the answer, and of the passage itself.

    The log odds of an answer from token s to token e, against "no passage answers", are `whole + starts[s] + ends[e]`.
    `places` are the passage's tokens with their offsets.
    """

    places: Encoded
    starts: "Floats"
    ends: "Floats"
    whole: float


class Reader:
    """Reads passages for a question. Thread-safe; the constructor loads the weights.

    `embeddings` are those of the model whose layers were trained, `file` are the weights. `half` computes in bfloat16.

    Raises:
        ReaderUnusable: the weights are missing, damaged or of another version.
    """

    def __init__(self, embeddings: "OpenVinoBackend", *, half: bool = False, file: Path = WEIGHTS) -> None:
        # For each token the scores as start and end, and for the first that of the whole passage.
        self._pairs = Pairs(embeddings, file, VERSION, _HEADS, Calibration, ReaderUnusable, half=half)
        self.calibration = self._pairs.calibration

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> Iterator[Scores]:
        """Yield the scores of passages, each a header (`assistant.read.sequence.header_of`) and a text, in order."""
        _, computed = self._pairs.compute(question, passages, MAX_QUESTION)
        for one, states in computed:
            tokens = states[one.first : one.first + len(one.passage.ids)]
            yield Scores(one.passage, tokens[:, 0].copy(), tokens[:, 1].copy(), float(states[0, 2]))
