"""Where the pages of an article begin, kept through cleaning by marks in its text."""

import re
from bisect import bisect_right
from collections.abc import Sequence

# Of the characters that Unicode leaves to private use; a loader that sets marks takes them out of the text first.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(rf"{_OPEN}(\d+){_CLOSE}")
_SIGNS = str.maketrans("", "", _OPEN + _CLOSE)


def unmarked(text: str) -> str:
    """Take out of a text what could be read as a mark."""
    return text.translate(_SIGNS)


def mark(number: int) -> str:
    """Return the mark that page `number`, from 1, begins here."""
    return f"{_OPEN}{number}{_CLOSE}"


def take_marks(text: str) -> tuple[str, tuple[int, ...]]:
    """Take the marks out of a text; returns it, and the offset at which each page begins, page 1 first.

    A page whose mark is lost, or that is empty, begins where the next one does.
    """
    parts: list[str] = []
    begins: dict[int, int] = {}
    last = length = 0
    for found in _MARK.finditer(text):
        parts.append(text[last : found.start()])
        length += len(parts[-1])
        last = found.end()
        begins[int(found[1])] = length
    bare = "".join([*parts, text[last:]])
    pages = [len(bare)] * max(begins, default=0)
    following = len(bare)
    for number in range(len(pages), 0, -1):
        following = pages[number - 1] = begins.get(number, following)
    return bare, tuple(pages)


def pages_of(pages: Sequence[int], start: int, end: int) -> tuple[int, int] | None:
    """Tell the first and the last page of a run of text; None where there are no pages."""
    if not pages:
        return None
    first, last = (max(1, bisect_right(pages, offset)) for offset in (start, max(start, end - 1)))
    return first, last
