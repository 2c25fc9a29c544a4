"""The reader's input: a question, and a passage under its header, as one sequence of tokens.

    [CLS] question [SEP] title. publisher, day. passage [SEP]

The tokens are those of the embedding model, whose own special tokens stand for [CLS] and [SEP]. A line break of the
passage is a token of its own (`LINE`): it separates a heading from the sentence below it, and table rows and list items
from each other.
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
"""Most tokens of a question; of a longer one its beginning and end are read."""
MAX_HEADER = 32
"""Most tokens of title, publisher and day."""
MAX_PASSAGE = 192
"""Most tokens of a passage, line breaks included."""
Marks = tuple[int, int]
"""The special tokens that stand for [CLS] and [SEP]."""
MARKS = CLS, SEP = 101, 102
"""The special tokens of BERT's English vocabulary."""
LINE = 1
"""The token of a line break: the first unused one of that vocabulary, and the padding of the multilingual one."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A text as tokens: their `ids`, and their `starts` and `ends` in the text, in code points.

    A line break is empty: its start equals its end.
    """

    ids: "Numbers"
    starts: "Numbers"
    ends: "Numbers"


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A question and a passage as one input.

    `ids` are the tokens (length), `types` 0 for the question's and 1 for the rest; `first` is the index of the
    passage's first token, and `passage` its tokens with their offsets.
    """

    ids: "Numbers"
    types: "Numbers"
    first: int
    passage: Encoded

    def __len__(self) -> int:
        return len(self.ids)


def header_of(title: str, publisher: str | None = None, published: date | None = None) -> str:
    """Return the header that is read before an article's passages: title, publisher and day."""
    day = f"{published.day} {published:%B %Y}" if published else ""
    return ". ".join(filter(None, (title, ", ".join(filter(None, (publisher, day)))))) + "."


def encode(tokenizer: "Tokenizer", texts: "list[str]") -> list[Encoded]:
    """Return texts as tokens, with one `LINE` for each run of line breaks between two tokens."""
    found = []
    for text, encoding in zip(texts, tokenizer.encode_batch(texts, add_special_tokens=False), strict=True):
        ids = np.array(encoding.ids, dtype=np.int32)
        places = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)
        starts, ends = places[:, 0], places[:, 1]
        if "\n" in text and len(ids):
            breaks = np.flatnonzero(np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32) == ord("\n"))
            # The token that follows each line break; line breaks at the end of a text are ignored.
            before = np.unique(np.searchsorted(starts, breaks, side="left"))
            before = before[(before > 0) & (before < len(ids))]
            at = starts[before]
            ids, starts, ends = (
                np.insert(values, before, new).astype(np.int32)
                for values, new in ((ids, LINE), (starts, at), (ends, at))
            )
        found.append(Encoded(ids, starts, ends))
    return found


def sequence(
    first: "Numbers", header: "Numbers", passage: Encoded, most: int = MAX_QUESTION, marks: Marks = MARKS
) -> Sequence:
    """Join the tokens of a question (or a claim), a header and a passage, each truncated.

    At most `most` tokens of `first`, the question, are read. `marks` are the vocabulary's special tokens.
    """
    begin, between = marks
    asked, before = first, header[:MAX_HEADER]
    if len(asked) > most:
        # A long question mostly asks at its beginning or its end.
        asked = np.concatenate([asked[: most // 2], asked[-most // 2 :]])
    read = Encoded(passage.ids[:MAX_PASSAGE], passage.starts[:MAX_PASSAGE], passage.ends[:MAX_PASSAGE])
    ids = np.concatenate([[begin], asked, [between], before, read.ids, [between]]).astype(np.int32)
    start = len(asked) + 2 + len(before)
    types = np.zeros(len(ids), dtype=np.int32)
    types[len(asked) + 2 :] = 1
    return Sequence(ids, types, start, read)
