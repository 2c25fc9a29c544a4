"""Half the bits where that is faster: bfloat16 on processors that multiply it, float32 on all others.

Which is faster is measured on the texts at hand, for the name of a processor does not tell it, nor what else it does.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embed.tokens import Numbers, Tokens

    Floats = NDArray[np.float32]

MIN_COSINE = 0.999
"""How near to those of float32 the vectors have to be."""

_GAIN = 1.2
# One that takes so much longer does not come to be the faster one.
_HOPELESS = 3.0
# Passes of each, the soonest of which counts: whatever else runs for a moment makes one longer.
_MIN_PASSES, _MAX_PASSES = 2, 6


class Reader(Protocol):
    """What reads texts; see `index.embed.openvino.QuickReader`."""

    half: bool
    dimension: int
    most_tokens: int
    vocabulary: int

    def halved(self) -> "Reader":
        """Return one of the same weights that computes with half the bits."""

    def tokenise(self, texts: Sequence[str]) -> "list[Tokens]":
        """Take texts apart into tokens."""

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Embed texts."""

    def read(self, texts: "Sequence[Numbers]") -> "Iterator[tuple[int, Floats]]":
        """Read texts on all cores and yield, in any order, a text's number and its vector."""

    def states(self, texts: "Sequence[Numbers]") -> "Iterator[tuple[int, Floats, Floats]]":
        """Do as `read` does, and yield the vectors of a text's tokens as well."""

    def begin(self, text: "Numbers") -> "Callable[[], Floats]":
        """Begin to read a text; what is returned is called once for its vector."""


Pass = Callable[[Reader, "Sequence[Numbers]"], "tuple[float, Floats]"]
"""Has a reader read texts: the seconds it took, and their vectors (texts x dimension)."""


def rows_of(reader: Reader, texts: "Sequence[Numbers]") -> "Floats":
    """Have a reader read one or more texts, and return their vectors in order (texts x dimension)."""
    rows = dict(reader.read(texts))
    return np.stack([rows[number] for number in range(len(texts))])


def run(reader: Reader, texts: "Sequence[Numbers]") -> "tuple[float, Floats]":
    """Have a reader read texts, as a `Pass`."""
    began = time.perf_counter()
    rows = rows_of(reader, texts)
    return time.perf_counter() - began, rows


def faster(whole: Reader, half: Reader, texts: "Sequence[Numbers]", run: Pass = run) -> Reader:
    """Return `half`, which has fewer bits, where it is faster and its vectors are as good as the same; else `whole`."""
    with ThreadPoolExecutor(2) as threads:
        # Side by side, for the first pass of each sets things up, mostly on one core; what it takes tells nothing.
        first, second = (threads.submit(run, reader, texts) for reader in (whole, half))
        wanted, rounded = first.result()[1], second.result()[1]
    lengths = np.linalg.norm(wanted, axis=1) * np.linalg.norm(rounded, axis=1)
    if not (np.einsum("ij,ij->i", wanted, rounded) >= MIN_COSINE * lengths).all():
        return whole
    whole_time = half_time = math.inf
    for number in range(1, _MAX_PASSES + 1):
        whole_time = min(whole_time, run(whole, texts)[0])
        half_time = min(half_time, run(half, texts)[0])
        if half_time > _HOPELESS * whole_time:
            return whole
        if number >= _MIN_PASSES and half_time * _GAIN < whole_time:
            return half
    return whole
