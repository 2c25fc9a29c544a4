"""Where a claim follows a quote word for word, and what it has changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.worded import Worded

# A claim follows its quote word for word where so many words on both sides of a change are the same.
_LEAST_ANCHOR = 2
_LONGEST_CHANGE = 8


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of a claim, `words[first:last]`, in the place of a stretch of its quote, `words[start:end]`.

    `anchored` counts the words right before and behind it that are the same.
    """

    first: int
    last: int
    start: int
    end: int
    anchored: int


def changes(claim: Worded, quote: Worded) -> Iterator[Change]:
    """Find what is changed where a claim follows a quote word for word."""
    here, there = ([word.stem for word in sentence.words] for sentence in (claim, quote))
    steps = SequenceMatcher(None, here, there, autojunk=False).get_opcodes()
    for n, (step, first, last, start, end) in enumerate(steps):
        if step != "replace" or last - first > _LONGEST_CHANGE or end - start > _LONGEST_CHANGE:
            continue
        before = steps[n - 1][2] - steps[n - 1][1] if n else _LEAST_ANCHOR
        behind = steps[n + 1][2] - steps[n + 1][1] if n + 1 < len(steps) else _LEAST_ANCHOR
        if min(before, behind) >= 1 and before + behind >= 2 * _LEAST_ANCHOR:
            yield Change(first, last, start, end, before + behind)
