"""A text in the tokens of the embedding model: made once, for the text to be split and its passages to be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding

    Numbers = NDArray[np.int32]

# Characters that are taken apart together.
_STRETCH = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The tokens of a text, without special ones.

    `ids` are their numbers in the model's vocabulary, `starts` says where each begins in the text, in code points.
    """

    ids: "Numbers"
    starts: "Numbers"

    def __len__(self) -> int:
        return len(self.ids)

    def counts(self, spans: Sequence[tuple[int, int]]) -> list[int]:
        """Count the tokens that begin in each span of the text."""
        bounds = np.searchsorted(self.starts, np.asarray(spans, dtype=np.int64).reshape(-1, 2))
        counts: list[int] = (bounds[:, 1] - bounds[:, 0]).tolist()
        return counts

    def part(self, start: int, end: int) -> "Tokens":
        """Return those that begin from `start` on and before `end`, and count where from `start`."""
        first, last = np.searchsorted(self.starts, (start, end))
        return Tokens(self.ids[first:last], self.starts[first:last] - np.int32(start))


def tokens_in(text: str, tokenise: Callable[[Sequence[str]], Sequence[Tokens]]) -> Tokens:
    """Take a text of any length apart, a stretch of lines after the other, for a book at once would fill the memory."""
    found: list[Tokens] = []
    start = 0
    while start < len(text) or not found:
        end = _stretch(text, start)
        (one,) = tokenise([text[start:end]])
        found.append(Tokens(one.ids, one.starts + np.int32(start)))
        start = end
    return Tokens(np.concatenate([one.ids for one in found]), np.concatenate([one.starts for one in found]))


def _stretch(text: str, start: int) -> int:
    """Tell where a stretch ends: with a line, else with a word, where there is one."""
    most = start + _STRETCH
    if len(text) <= most:
        return len(text)
    return next((end + 1 for mark in "\n " if (end := text.rfind(mark, start, most)) >= start), most)


def tokens_of(encoding: "Encoding", text: str) -> Tokens:
    """Take from an encoding, made without special tokens, what is needed of it."""
    # Some tokenizers count the white space before a word to its first token.
    starts = [
        end - len(text[start:end].lstrip()) if text[start : start + 1].isspace() else start
        for start, end in encoding.offsets
    ]
    return Tokens(np.array(encoding.ids, dtype=np.int32), np.array(starts, dtype=np.int32))


def around(encoding: "Encoding") -> "tuple[Numbers, Numbers]":
    """Tell which special tokens stand before a text and after it, from the encoding of one."""
    special, ids = encoding.special_tokens_mask, np.array(encoding.ids, dtype=np.int32)
    return ids[: special.index(0)], ids[len(special) - special[::-1].index(0) :]
