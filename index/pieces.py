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
_SEED = 20_260_101
_HEADER = np.dtype("<u2")


@dataclass(frozen=True, slots=True)
class Pieces:
    """The word pieces of one passage and of the title before it.

    `starts` says where each piece begins in the passage, in code points (`IN_TITLE` for the title's); `vectors` are
    their rotated vectors (pieces x dimension), whose products with `rotate`d vectors are cosines.
    """

    starts: "NDArray[np.int32]"
    vectors: "Vectors"

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

    starts: "NDArray[np.int32]"
    vectors: "Vectors"
    bounds: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def slices(self) -> list[slice]:
        """Tell where the pieces of each passage are."""
        return [slice(*pair) for pair in pairwise(self.bounds)]

    def __iter__(self) -> Iterator[Pieces]:
        return (Pieces(self.starts[place], self.vectors[place]) for place in self.slices())


def rotate(vectors: "Vectors") -> "Vectors":
    """Turn vectors (any number x dimension) as those of `Pieces` are turned."""
    # Imports LlamaIndex, which a catalog that is only listed can do without.
    from index.embed import multiply

    return multiply(vectors, _rotation(vectors.shape[-1]))


def pack(starts: Sequence[int], vectors: "Vectors") -> bytes:
    """Pack pieces: vectors of length 1 (pieces x dimension), and where each begins (`IN_TITLE` or 0 to 65,534)."""
    count, dimension = vectors.shape
    turned = rotate(vectors)
    scale = np.abs(turned).max(axis=1, keepdims=True, initial=1e-9) / (_LEVELS / 2)
    codes = np.clip(np.floor(turned / scale), -_LEVELS / 2, _LEVELS / 2 - 1)
    levels = codes + 0.5
    factors = 1.0 / np.maximum((levels * turned).sum(axis=1), 1e-9)
    nibbles = (codes + _LEVELS / 2).astype(np.uint8)
    if dimension % 2:
        nibbles = np.pad(nibbles, ((0, 0), (0, 1)))
    header = np.array([count, dimension], dtype=_HEADER)
    places = np.asarray(starts, dtype=np.int64).astype(_HEADER)  # IN_TITLE wraps round to the largest number
    half = nibbles.shape[1] // 2
    packed = nibbles[:, :half] << 4 | nibbles[:, half:]
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
    whole = [(data, count) for data, count in zip(packed, counts, strict=True)]
    places = _joined([np.frombuffer(data, _HEADER, count, 4) for data, count in whole], _HEADER)
    factors = _joined([np.frombuffer(data, "<f4", count, 4 + 2 * count) for data, count in whole], np.dtype("<f4"))
    codes = _joined([np.frombuffer(data, np.uint8, offset=4 + 6 * count) for data, count in whole], np.dtype(np.uint8))
    codes = codes.reshape(len(factors), width)
    vectors = np.empty((len(factors), 2 * width), dtype=np.float32)
    np.right_shift(codes, 4, out=vectors[:, :width], casting="unsafe")
    np.bitwise_and(codes, 15, out=vectors[:, width:], casting="unsafe")
    vectors -= _LEVELS / 2 - 0.5
    vectors *= factors[:, None]
    vectors = vectors[:, : max(dimensions, default=0)]
    starts = places.astype(np.int32)
    starts[places == np.iinfo(_HEADER).max] = IN_TITLE
    return Batch(starts, vectors, tuple(accumulate(counts, initial=0)))


def _joined(parts: "Sequence[NDArray[Any]]", kind: "np.dtype[Any]") -> "NDArray[Any]":
    return np.concatenate([np.zeros(0, kind), *parts])


@lru_cache(maxsize=4)
def _rotation(dimension: int) -> "Vectors":
    """Make the rotation of a dimension, the same on every machine: the Q of a random matrix, its signs settled."""
    matrix = np.random.default_rng(_SEED).standard_normal((dimension, dimension))
    q, r = np.linalg.qr(matrix)
    return (q * np.sign(np.diag(r))).astype(np.float32)
