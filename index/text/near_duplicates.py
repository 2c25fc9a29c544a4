"""How alike two texts are: the share of their runs of three words that both have (Jaccard), and how to find such pairs.

A text's sketch (MinHash: Broder, 1997) agrees with another's in each place as probably as the texts are alike. Its
places are taken five at a time, as keys: texts at 0.8 share one of the twenty keys in 9,996 of 10,000 cases, texts at
0.3 in 5 of 100. What shares a key is compared in full, so a sketch decides nothing by itself.
"""

import re
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

ALIKE = 0.8
"""From which share on two texts are nearly the same: copies of one report, lightly edited."""

# Shorter texts are alike by chance.
MIN_RUNS = 20
_RUN = 3
_KEYS, _PLACES = 20, 5
_AT_ONCE = 4_096
# Raw output of a bit generator, which numpy promises never to change: keys are kept from one version to the next.
_FACTORS = np.random.PCG64(7).random_raw(_KEYS * _PLACES + _RUN + _PLACES) | np.uint64(1)
_OF_SKETCH, _OF_RUN, _OF_KEY = np.split(_FACTORS, [_KEYS * _PLACES, _KEYS * _PLACES + _RUN])


def runs(text: str) -> "Hashes":
    """Hash each run of three words of a text, capitals and signs aside; sorted, each once."""
    words = [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in re.findall(r"\w+", text.casefold())]
    hashes = np.array(words, dtype=np.uint64)
    count = max(0, len(words) - _RUN + 1)
    mixed = sum((hashes[place : place + count] * _OF_RUN[place] for place in range(_RUN)), np.zeros(count, np.uint64))
    return np.unique(mixed ^ (mixed >> np.uint64(29)))


def keys(found: "Hashes") -> list[int]:
    """Turn the runs of a text into the keys it is looked up by; [] for a text too short to be told from others."""
    if found.size < MIN_RUNS:
        return []
    sketch = np.full(_OF_SKETCH.size, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, found.size, _AT_ONCE):
        turned = found[start : start + _AT_ONCE, None] * _OF_SKETCH[None, :]
        sketch = np.minimum(sketch, (turned ^ (turned >> np.uint64(31))).min(axis=0))
    bands = sketch.reshape(_KEYS, _PLACES) * _OF_KEY
    mixed = np.bitwise_xor.reduce(bands ^ (bands >> np.uint64(33)), axis=1) * _OF_SKETCH[:_KEYS]
    # SQLite's integers have a sign.
    return [int(key) for key in mixed.astype(np.int64)]


def likeness(one: "Hashes", other: "Hashes") -> float:
    """Tell which share of the runs of two texts both have, 0 to 1."""
    both = np.intersect1d(one, other, assume_unique=True).size
    return both / (one.size + other.size - both) if both else 0.0


def held(part: "Hashes", whole: "Hashes") -> float:
    """Tell which share of a part's runs a text has, 0 to 1."""
    return np.intersect1d(part, whole, assume_unique=True).size / part.size if part.size else 0.0
