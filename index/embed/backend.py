"""The interface of embedding backends, and the choice of precision: bfloat16 where it is faster, else float32.

The speed is measured on the texts at hand: it depends on the processor and on what else it is doing.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embed.tokens import TokenIds, Tokens

    Floats = NDArray[np.float32]

MIN_COSINE = 0.999
"""The lowest cosine between a text's bfloat16 and float32 vectors that is accepted."""

_MIN_SPEEDUP = 1.2
# bfloat16 that is this much slower in one round is not measured again.
_MAX_SLOWDOWN = 3.0
# Timed rounds per backend. The fastest counts, because other programs can slow single rounds down.
_MIN_ROUNDS, _MAX_ROUNDS = 2, 6


class Backend(Protocol):
    """What runs the embedding model; see `index.embed.openvino.OpenVinoBackend`."""

    bfloat16: bool
    dimension: int
    max_tokens: int
    vocabulary: int

    def in_bfloat16(self) -> "Backend":
        """Return a backend with the same weights that computes in bfloat16."""

    def tokenise(self, texts: Sequence[str]) -> "list[Tokens]":
        """Split texts into tokens."""

    def encode(self, texts: Sequence[str]) -> "Floats":
        """Embed texts."""

    def encode_ids(self, texts: "Sequence[TokenIds]") -> "Iterator[tuple[int, Floats]]":
        """Embed texts given as token ids, on all cores; yields each text's number and vector, in any order."""

    def encode_with_states(self, texts: "Sequence[TokenIds]") -> "Iterator[tuple[int, Floats, Floats]]":
        """Embed as `encode_ids` does, and yield the vectors of each text's tokens as well."""

    def start(self, text: "TokenIds") -> "Callable[[], Floats]":
        """Start to embed a text; call the returned function once to get its vector."""


TimedEncode = Callable[[Backend, "Sequence[TokenIds]"], "tuple[float, Floats]"]
"""Embeds texts with a backend; returns the seconds it took and the vectors (texts x dimension)."""


def encode_in_order(backend: Backend, texts: "Sequence[TokenIds]") -> "Floats":
    """Embed one or more texts given as token ids; returns their vectors in order (texts x dimension)."""
    rows = dict(backend.encode_ids(texts))
    return np.stack([rows[number] for number in range(len(texts))])


def timed_encode(backend: Backend, texts: "Sequence[TokenIds]") -> "tuple[float, Floats]":
    """Embed texts and measure the time; see `TimedEncode`."""
    began = time.perf_counter()
    rows = encode_in_order(backend, texts)
    return time.perf_counter() - began, rows


def choose_precision(
    float32: Backend, bfloat16: Backend, texts: "Sequence[TokenIds]", encode: TimedEncode = timed_encode
) -> Backend:
    """Return the bfloat16 backend if it is faster and its vectors match float32's, else the float32 one."""
    with ThreadPoolExecutor(2) as threads:
        # The first round is not timed. It is mostly set-up on one core, so both backends run theirs at the same time.
        first, second = (threads.submit(encode, backend, texts) for backend in (float32, bfloat16))
        exact, rounded = first.result()[1], second.result()[1]
    lengths = np.linalg.norm(exact, axis=1) * np.linalg.norm(rounded, axis=1)
    if not (np.einsum("ij,ij->i", exact, rounded) >= MIN_COSINE * lengths).all():
        return float32
    float32_time = bfloat16_time = math.inf
    for number in range(1, _MAX_ROUNDS + 1):
        float32_time = min(float32_time, encode(float32, texts)[0])
        bfloat16_time = min(bfloat16_time, encode(bfloat16, texts)[0])
        if bfloat16_time > _MAX_SLOWDOWN * float32_time:
            return float32
        if number >= _MIN_ROUNDS and bfloat16_time * _MIN_SPEEDUP < float32_time:
            return bfloat16
    return float32
