"""The word pieces of a passage as vectors, packed small enough to be kept.

The embedding model gives a vector for each word piece on its way to the passage's own. Kept, they let a question be
matched word by word without running the model over passages again. Each vector is turned by a fixed random rotation,
which spreads it evenly over its dimensions, and each dimension is rounded to one of sixteen levels; one factor for
each vector keeps its product with any other unbiased (RaBitQ: Gao & Long, SIGMOD 2024, and its extension to several
bits, Gao et al., SIGMOD 2025).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

IN_TITLE = -1
"""Where a piece starts that belongs to the title and not to the passage."""

_LEVELS = 16
# What is taken from a level, so that they lie about zero.
_MIDDLE = _LEVELS / 2 - 0.5
# The largest number of a vector lies this much inside the last level, so that rounding takes none beyond it.
_INSIDE = 1 - 2**-20
_SEED = 20_260_101
# Pieces that are unpacked at once.
_ROWS = 256
_SHARED = 4 * 65_536
_HEADER = np.dtype("<u2")


@dataclass(frozen=True, slots=True)
class Pieces:
    """The word pieces of one passage and of the title before it, packed.

    `starts` says where each piece begins in the passage, in code points (`IN_TITLE` for the title's); `codes` and
    `factors` are their vectors, of `dimension` numbers each, which `vectors` unpacks.
    """

    starts: "NDArray[np.int32]"
    codes: "NDArray[np.uint8]"
    factors: "NDArray[np.float32]"
    dimension: int

    def vectors(self, first: int = 0, last: int | None = None) -> "Vectors":
        """Unpack the vectors from one piece to another; their products with `rotate`d ones are cosines."""
        return _unpacked(self.codes[first:last], self.dimension) * self.factors[first:last, None]

    def stretches(self, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Tell from which piece to which (not included) each span of the passage goes, in code points.

        Pieces stand in reading order, the title's first, so those of a span are a stretch of them; the title's are
        that of the span (`IN_TITLE`, 0).
        """
        bounds = np.searchsorted(self.starts, [place for span in spans for place in span]).tolist()
        return list(zip(bounds[::2], bounds[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class Batch:
    """The pieces of several passages, one after the other; `bounds` says where each passage begins and the last ends.

    One product with all of them takes a fraction of the time of one for each.
    """

    whole: Pieces
    bounds: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def slices(self) -> list[slice]:
        """Tell where the pieces of each passage are."""
        return [slice(*pair) for pair in pairwise(self.bounds)]

    def __iter__(self) -> Iterator[Pieces]:
        one = self.whole
        return (
            Pieces(one.starts[place], one.codes[place], one.factors[place], one.dimension) for place in self.slices()
        )

    def matches(self, turned: "Vectors") -> "Vectors":
        """Tell the cosines of `rotate`d vectors (any number x dimension) with all pieces: vectors x pieces."""
        codes, factors, dimension = self.whole.codes, self.whole.factors, self.whole.dimension
        high, low = _halves(np.pad(turned, ((0, 0), (0, dimension % 2))))
        # A byte is 16 times its high level and its low one, so the two need not be taken apart: one is enough.
        sides: Vectors = np.hstack([high / _LEVELS, low - high / _LEVELS])
        found = np.empty((len(codes), len(turned)), dtype=np.float32)
        both = np.empty((_ROWS, sides.shape[1]), dtype=np.float32)
        # Some at a time: unpacked, all of them together would not stay in a core's cache.
        for start in range(0, len(codes), _ROWS):
            part = codes[start : start + _ROWS]
            rows = both[: len(part)]
            rows[:, : part.shape[1]] = part
            rows[:, part.shape[1] :] = part & (_LEVELS - 1)
            found[start : start + _ROWS] = _multiply(rows, sides)
        found -= _MIDDLE * turned.sum(axis=1)
        found *= factors[:, None]
        return found.T


def rotate(vectors: "Vectors") -> "Vectors":
    """Turn vectors (any number x dimension) as those of `Pieces` are turned."""
    return _multiply(rotation(vectors.shape[-1]), vectors).T


def _multiply(rows: "Vectors", few: "Vectors") -> "Vectors":
    """Tell the products of rows with a few vectors (rows x vectors), on this core alone.

    OpenBLAS, which numpy multiplies with, shares a product of more than `_SHARED` steps among threads, and those look
    out for the next one for many milliseconds, on a core that others need.
    """
    at_once = max(1, _SHARED // max(1, few.size))
    found = np.empty((len(rows), len(few)), dtype=np.float32)
    whole = len(rows) // at_once * at_once
    shape = (whole // at_once, at_once, -1)
    if found[:whole].size:
        np.matmul(rows[:whole].reshape(shape), few.T, out=found[:whole].reshape(shape))
    np.matmul(rows[whole:], few.T, out=found[whole:])
    return found


def pack(starts: "Sequence[int] | NDArray[np.int32]", turned: "Vectors") -> bytes:
    """Pack pieces: `rotate`d vectors (pieces x dimension), and where each begins (`IN_TITLE` or 0 to 65,534)."""
    count, dimension = turned.shape
    most = np.maximum(turned.max(axis=1, initial=1e-9), -turned.min(axis=1, initial=-1e-9))
    levels = turned * (_INSIDE * _LEVELS / 2 / most)[:, None]
    levels += _LEVELS / 2
    # None is below zero, so this rounds down.
    codes = levels.astype(np.uint8, order="C")
    levels[:] = codes
    products = np.einsum("ij,ij->i", levels, turned) - _MIDDLE * np.einsum("ij->i", turned)
    lengths = np.sqrt(np.einsum("ij,ij->i", turned, turned))
    factors = lengths / np.maximum(products, 1e-9 * lengths)
    if dimension % 2:
        codes = np.pad(codes, ((0, 0), (0, 1)))
    header = np.array([count, dimension], dtype=_HEADER)
    places = np.asarray(starts, dtype=np.int64).astype(_HEADER)  # IN_TITLE wraps round to the largest number
    # As one number, the first of two levels is its low byte; it becomes the high half of the byte that stays.
    pairs = codes.view(_HEADER)
    packed = (pairs << 4 | pairs >> 8).astype(np.uint8)
    return b"".join((header.tobytes(), places.tobytes(), factors.astype("<f4").tobytes(), packed.tobytes()))


def unpack(packed: Sequence[bytes]) -> Batch:
    """Unpack what `pack` made, all of one dimension.

    Raises:
        ValueError: the bytes are cut short or not ours.
    """
    heads = [np.frombuffer(data, _HEADER, 2).astype(int) for data in packed]
    dimensions = {int(dimension) for _, dimension in heads}
    if len(dimensions) > 1:
        raise ValueError("word pieces of two models are mixed")
    width = (max(dimensions, default=0) + 1) // 2
    counts = [int(count) for count, _ in heads]
    if any(len(data) != 4 + (6 + width) * count for data, count in zip(packed, counts, strict=True)):
        raise ValueError("word pieces are cut short")
    parts = list(zip(packed, counts, strict=True))
    places = _joined([np.frombuffer(data, _HEADER, count, 4) for data, count in parts], _HEADER)
    factors = _joined([np.frombuffer(data, "<f4", count, 4 + 2 * count) for data, count in parts], np.dtype("<f4"))
    codes = _joined([np.frombuffer(data, np.uint8, offset=4 + 6 * count) for data, count in parts], np.dtype(np.uint8))
    codes = codes.reshape(len(factors), width)
    starts = places.astype(np.int32)
    starts[places == np.iinfo(_HEADER).max] = IN_TITLE
    whole = Pieces(starts, codes, factors.astype(np.float32), max(dimensions, default=0))
    return Batch(whole, tuple(accumulate(counts, initial=0)))


def _unpacked(codes: "NDArray[np.uint8]", dimension: int) -> "Vectors":
    """Unpack the levels of vectors, before their factors: pieces x dimension."""
    levels = np.empty((len(codes), 2 * codes.shape[1]), dtype=np.float32)
    high, low = _halves(levels)
    high[:], low[:] = codes >> 4, codes & (_LEVELS - 1)
    levels -= _MIDDLE
    return levels[:, :dimension]


def _halves(levels: "Vectors") -> "tuple[Vectors, Vectors]":
    """Tell what stands in the high and the low halves of bytes: two numbers side by side share one."""
    return levels[:, 0::2], levels[:, 1::2]


def _joined(parts: "Sequence[NDArray[Any]]", kind: "np.dtype[Any]") -> "NDArray[Any]":
    return np.concatenate([np.zeros(0, kind), *parts])


@lru_cache(maxsize=4)
def rotation(dimension: int) -> "Vectors":
    """Make the rotation of a dimension, the same on every machine: the Q of a random matrix, its signs settled.

    A vector is turned by `rotation @ vector`, and turned back by `vector @ rotation`.

    A row for each number of what is turned. Bytes hold a dimension of the first half and one of the second, so those
    come one after the other.
    """
    matrix = np.random.default_rng(_SEED).standard_normal((dimension, dimension))
    q, r = np.linalg.qr(matrix)
    turned = q * np.sign(np.diag(r))
    half = (dimension + 1) // 2
    order = [place for first in range(half) for place in (first, first + half) if place < dimension]
    return np.ascontiguousarray(turned.T[order], dtype=np.float32)
