"""A text as tokens of the embedding model: tokenised once, both for splitting it and for embedding its passages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Encoding

    TokenIds = NDArray[np.int32]

# Characters that are tokenised at once.
_CHUNK = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The tokens of a text, without special tokens.

    `ids` are their ids in the model's vocabulary, `starts` the offsets in the text at which they begin, in code points.
    """

    ids: "TokenIds"
    starts: "NDArray[np.int32]"

    def __len__(self) -> int:
        return len(self.ids)

    def counts(self, spans: Sequence[tuple[int, int]]) -> list[int]:
        """Count the tokens that begin in each span of the text."""
        bounds = np.searchsorted(self.starts, np.asarray(spans, dtype=np.int64).reshape(-1, 2))
        counts: list[int] = (bounds[:, 1] - bounds[:, 0]).tolist()
        return counts

    def part(self, start: int, end: int) -> "Tokens":
        """Return the tokens that begin in `text[start:end]`, with offsets relative to `start`."""
        first, last = np.searchsorted(self.starts, (start, end))
        return Tokens(self.ids[first:last], self.starts[first:last] - np.int32(start))


def tokenise_in_chunks(text: str, tokenise: Callable[[Sequence[str]], Sequence[Tokens]]) -> Tokens:
    """Tokenise a text of any length, a chunk of lines at a time: a whole book at once could exhaust the memory."""
    found: list[Tokens] = []
    start = 0
    while start < len(text) or not found:
        end = _chunk_end(text, start)
        (one,) = tokenise([text[start:end]])
        found.append(Tokens(one.ids, one.starts + np.int32(start)))
        start = end
    return Tokens(np.concatenate([one.ids for one in found]), np.concatenate([one.starts for one in found]))


def _chunk_end(text: str, start: int) -> int:
    """Return where a chunk ends: at the end of a line, else of a word, else at its full length."""
    limit = start + _CHUNK
    if len(text) <= limit:
        return len(text)
    return next((end + 1 for mark in "\n " if (end := text.rfind(mark, start, limit)) >= start), limit)


def tokens_of(encoding: "Encoding", text: str) -> Tokens:
    """Return the tokens of an encoding that was made without special tokens."""
    # Some tokenizers include the white space before a word in its first token.
    starts = [
        end - len(text[start:end].lstrip()) if text[start : start + 1].isspace() else start
        for start, end in encoding.offsets
    ]
    return Tokens(np.array(encoding.ids, dtype=np.int32), np.array(starts, dtype=np.int32))


def special_tokens(encoding: "Encoding") -> "tuple[TokenIds, TokenIds]":
    """Return the ids of the special tokens before and after a text, given the encoding of any text."""
    special, ids = encoding.special_tokens_mask, np.array(encoding.ids, dtype=np.int32)
    return ids[: special.index(0)], ids[len(special) - special[::-1].index(0) :]
