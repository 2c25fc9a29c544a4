"""Near-duplicates: the Jaccard similarity of two texts' shingles (three-word sequences), and MinHash keys to find them.

The chance that the MinHash sketches of two texts (Broder, 1997) agree at one position equals the texts' similarity. A
key is made of five positions, so texts at 0.8 share one of the twenty keys in 9,996 of 10,000 cases, texts at 0.3 in 5
of 100. Texts that share a key are only candidates: their similarity is then computed in full.
"""

import re
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

MIN_SIMILARITY = 0.8
"""The similarity from which two texts are near-duplicates, such as copies of one report, lightly edited."""

# Shorter texts resemble each other by chance.
MIN_SHINGLES = 20
_SHINGLE_WORDS = 3
_KEYS, _POSITIONS = 20, 5
_CHUNK = 4_096
# Keys are stored, so the factors must stay the same: numpy promises never to change a bit generator's raw output.
_FACTORS = np.random.PCG64(7).random_raw(_KEYS * _POSITIONS + _SHINGLE_WORDS + _POSITIONS) | np.uint64(1)
_SKETCH_FACTORS, _SHINGLE_FACTORS, _KEY_FACTORS = np.split(
    _FACTORS, [_KEYS * _POSITIONS, _KEYS * _POSITIONS + _SHINGLE_WORDS]
)


def shingles(text: str) -> "Hashes":
    """Return the hashes of a text's shingles, sorted and without repeats; case and punctuation are ignored."""
    words = [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in re.findall(r"\w+", text.casefold())]
    hashes = np.array(words, dtype=np.uint64)
    count = max(0, len(words) - _SHINGLE_WORDS + 1)
    terms = (hashes[word : word + count] * _SHINGLE_FACTORS[word] for word in range(_SHINGLE_WORDS))
    mixed = sum(terms, np.zeros(count, np.uint64))
    return np.unique(mixed ^ (mixed >> np.uint64(29)))


def minhash_keys(found: "Hashes") -> list[int]:
    """Return the keys that near-duplicates of a text share, given its shingles; [] if it is too short to compare."""
    if found.size < MIN_SHINGLES:
        return []
    sketch = np.full(_SKETCH_FACTORS.size, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, found.size, _CHUNK):
        permuted = found[start : start + _CHUNK, None] * _SKETCH_FACTORS[None, :]
        sketch = np.minimum(sketch, (permuted ^ (permuted >> np.uint64(31))).min(axis=0))
    bands = sketch.reshape(_KEYS, _POSITIONS) * _KEY_FACTORS
    mixed = np.bitwise_xor.reduce(bands ^ (bands >> np.uint64(33)), axis=1) * _SKETCH_FACTORS[:_KEYS]
    # SQLite's integers are signed.
    return [int(key) for key in mixed.astype(np.int64)]


def similarity(one: "Hashes", other: "Hashes") -> float:
    """Return the Jaccard similarity of two texts' shingles, 0 to 1."""
    both = np.intersect1d(one, other, assume_unique=True).size
    return both / (one.size + other.size - both) if both else 0.0


def containment(part: "Hashes", whole: "Hashes") -> float:
    """Return the share of the shingles of `part` that `whole` has as well, 0 to 1."""
    return np.intersect1d(part, whole, assume_unique=True).size / part.size if part.size else 0.0
