"""What the reader reads: a question and a passage under its title, as one sequence of tokens.

    [CLS] question [SEP] title. publisher, day. passage [SEP]

The tokens are those of the embedding model. A line break of the passage is a token of its own (`LINE`), for it tells a
heading from the sentence below it, and one table row or list item from the next.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Numbers = NDArray[np.int32]

MAX_QUESTION = 48
"""How many tokens of a question are read; of a longer one its beginning and its end."""
MAX_HEADER = 32
"""How many tokens of title, publisher and day are read."""
MAX_PASSAGE = 192
"""How many tokens of a passage are read, line breaks included."""
CLS, SEP = 101, 102
"""The special tokens of BERT's English vocabulary."""
LINE = 1
"""A line break: the first token of that vocabulary that was left unused."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A text as tokens: their `ids`, and where each starts and ends in the text, in code points.

    A line break is empty: it starts and ends at the same place.
    """

    ids: "Numbers"
    starts: "Numbers"
    ends: "Numbers"


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """One passage as it is read for one question.

    `ids` are the tokens (length), `types` 0 for the question's and 1 for the rest, `first` says where the passage's
    begin; `passage` are these, with their places in its text.
    """

    ids: "Numbers"
    types: "Numbers"
    first: int
    passage: Encoded

    def __len__(self) -> int:
        return len(self.ids)


def header_of(title: str, publisher: str | None = None, published: date | None = None) -> str:
    """Put title, publisher and day of an article together, as they are read before its passages."""
    day = f"{published.day} {published:%B %Y}" if published else ""
    return ". ".join(filter(None, (title, ", ".join(filter(None, (publisher, day)))))) + "."


def encode(tokenizer: "Tokenizer", texts: "list[str]") -> list[Encoded]:
    """Cut texts into tokens, with a `LINE` for each run of line breaks between two of them."""
    found = []
    for text, encoding in zip(texts, tokenizer.encode_batch(texts, add_special_tokens=False), strict=True):
        ids = np.array(encoding.ids, dtype=np.int32)
        places = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)
        starts, ends = places[:, 0], places[:, 1]
        if "\n" in text and len(ids):
            breaks = np.flatnonzero(np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32) == ord("\n"))
            # Before which token each line break stands; those after the last one tell nothing.
            before = np.unique(np.searchsorted(starts, breaks, side="left"))
            before = before[(before > 0) & (before < len(ids))]
            at = starts[before]
            ids, starts, ends = (
                np.insert(values, before, new).astype(np.int32)
                for values, new in ((ids, LINE), (starts, at), (ends, at))
            )
        found.append(Encoded(ids, starts, ends))
    return found


def sequence(first: "Numbers", header: "Numbers", passage: Encoded, most: int = MAX_QUESTION) -> Sequence:
    """Put the tokens of a question (or a claim), of a header and of a passage together, each as far as it is read.

    Of the `first` text `most` tokens are read.
    """
    asked, before = first, header[:MAX_HEADER]
    if len(asked) > most:
        # What is asked stands at the end of a long question or at its beginning, mostly.
        asked = np.concatenate([asked[: most // 2], asked[-most // 2 :]])
    read = Encoded(passage.ids[:MAX_PASSAGE], passage.starts[:MAX_PASSAGE], passage.ends[:MAX_PASSAGE])
    ids = np.concatenate([[CLS], asked, [SEP], before, read.ids, [SEP]]).astype(np.int32)
    start = len(asked) + 2 + len(before)
    types = np.zeros(len(ids), dtype=np.int32)
    types[len(asked) + 2 :] = 1
    return Sequence(ids, types, start, read)
