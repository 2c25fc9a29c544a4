"""A text in the word pieces of the embedding model: made once, for the text to be split and its passages to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.pieces import IN_TITLE

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding

    Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The word pieces of a text, without special ones.

    `ids` are their numbers in the model's vocabulary, `starts` says where each begins in the text, in code points.
    """

    ids: "Numbers"
    starts: "Numbers"

    def __len__(self) -> int:
        return len(self.ids)

    def counts(self, spans: Sequence[tuple[int, int]]) -> list[int]:
        """Count the pieces that begin in each span of the text."""
        bounds = np.searchsorted(self.starts, np.asarray(spans, dtype=np.int64).reshape(-1, 2))
        counts: list[int] = (bounds[:, 1] - bounds[:, 0]).tolist()
        return counts

    def part(self, start: int, end: int) -> "Tokens":
        """Return those that begin from `start` on and before `end`, and count where from `start`."""
        first, last = np.searchsorted(self.starts, (start, end))
        return Tokens(self.ids[first:last], self.starts[first:last] - np.int32(start))

    def after(self, title: "Tokens") -> "Tokens":
        """Return a title's pieces, which begin nowhere in this text (`IN_TITLE`), and then these."""
        before = np.full(len(title), IN_TITLE, dtype=np.int32)
        return Tokens(np.concatenate([title.ids, self.ids]), np.concatenate([before, self.starts]))


def tokens_of(encoding: "Encoding", text: str) -> Tokens:
    """Take from an encoding, made without special tokens, what is needed of it."""
    # Some tokenizers count the white space before a word to its first piece.
    starts = [
        end - len(text[start:end].lstrip()) if text[start : start + 1].isspace() else start
        for start, end in encoding.offsets
    ]
    return Tokens(np.array(encoding.ids, dtype=np.int32), np.array(starts, dtype=np.int32))


def around(encoding: "Encoding") -> "tuple[Numbers, Numbers]":
    """Tell which special tokens stand before a text and after it, from the encoding of one."""
    special, ids = encoding.special_tokens_mask, np.array(encoding.ids, dtype=np.int32)
    return ids[: special.index(0)], ids[len(special) - special[::-1].index(0) :]
