"""Lines as they stand on printed pages, to paragraphs."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import inf

_EDGE = 2  # Lines at the top and at the bottom of a page that may be repeated on others.
_REPEATED = 3  # On so many pages, or on all of fewer.
_MAX_HEADER = 100
_SAME_SIZE = 1.15
_APART = 1.4  # A gap so much wider than between lines of a paragraph ends it.
_HEADING = 1.15
_MAX_TITLE = 200
_FEW = 2  # Lines that tell nothing yet of how far they go.
_NARROW = 25  # characters, wide ones twice
_MIN_COLUMN_SHARE = 0.75  # Lines that all end sooner than that are short on purpose, as those of an address.
_STOP = re.compile(r"""[.!?:…。！？]["'”’»)\]]*$""")
_UNFINISHED = re.compile(r"""[\w,;–—)\]"'”’]$""")
_BULLET = re.compile(r"(?:[-*•‣◦▪●■–—]\s|\(?\d{1,3}[.)]\s|[a-z]\)\s)")
_PAGE_NUMBER = re.compile(
    r"\W*(?:page|seite|página|s\.|p\.)?\s*(\d{1,4})(?:\s*(?:/|of|von|de|sur)\s*\d{1,4})?\W*", re.IGNORECASE
)
_SPLIT_WORD = re.compile(r"([^\W\d_]+)[-‐]$")
_REST_OF_WORD = re.compile(r"([^\W\d_]+)")
_WORDS = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line on a page, from 1: its words, where it stands (points, from the lower left), and how large its type is.

    `height` is that of the page.
    """

    text: str
    page: int
    left: float
    right: float
    top: float
    bottom: float
    size: float
    height: float


def body_lines(lines: Sequence[Line]) -> list[Line]:
    """Leave out page numbers, and headers and footers that are repeated from page to page."""
    pages = {number: list(on_page) for number, on_page in groupby(lines, lambda line: line.page)}
    edges = [line for on_page in pages.values() for line in _edges(on_page)]
    repeated = Counter(_likeness(line) for line in edges)
    shifts = Counter(number - line.page for line in edges for number in _numbers(line))
    shift, agreeing = shifts.most_common(1)[0] if shifts else (0, 0)
    enough = min(_REPEATED, max(2, len(pages)))

    def furniture(line: Line) -> bool:
        numbers = _numbers(line)
        if _PAGE_NUMBER.fullmatch(line.text) and line.page in numbers:
            return True
        return repeated[_likeness(line)] >= enough or (agreeing >= enough and line.page + shift in numbers)

    dropped = {id(line) for line in edges if furniture(line)}
    return [line for line in lines if id(line) not in dropped]


def _edges(on_page: Sequence[Line]) -> list[Line]:
    by_height = sorted(on_page, key=lambda line: -line.top)
    return [*by_height[:_EDGE], *by_height[_EDGE:][-_EDGE:]]


def _likeness(line: Line) -> tuple[str, int]:
    """Give what a header has in common with those of other pages: its words, its numbers apart, and its size.

    Numbers alone are no words: they are a row of a table.
    """
    words = re.sub(r"\d+", "#", line.text.casefold())
    return words if any(map(str.isalpha, words)) else line.text, round(line.size)


def _numbers(line: Line) -> set[int]:
    """Read what may be a page's number: a line by itself, or at either end of a header."""
    if found := _PAGE_NUMBER.fullmatch(line.text):
        return {int(found[1])}
    ends = re.findall(r"^(\d{1,4})\s|\s(\d{1,4})$", line.text) if len(line.text) <= _MAX_HEADER else []
    return {int(one or other) for one, other in ends}


def title_of(lines: Sequence[Line]) -> str | None:
    """Find the heading on the first page: the lines in the largest type, else a first line that stands by itself."""
    on_page = [line for line in lines if line.page == lines[0].page]
    largest = max(line.size for line in on_page)
    if largest >= _HEADING * _usual_size(lines):
        begins = next(place for place, line in enumerate(on_page) if line.size == largest)
        heading = []
        for line in on_page[begins:]:
            if not _same_size(line, on_page[begins]):
                break
            heading.append(line.text)
        title = " ".join(heading)
        if len(title) <= _MAX_TITLE and sum(letter.isalpha() for letter in title) > 1:
            return title
    first, *others = on_page
    alone = others and not _goes_on(first, others[0], _usual_pitch(lines), _right_edges(on_page)[id(first)])
    return first.text if alone and not _STOP.search(first.text) and len(first.text) <= _MAX_HEADER else None


def _usual_size(lines: Sequence[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0]


def join(lines: Sequence[Line], mark: Callable[[int], str]) -> str:
    """Put lines together to paragraphs, with the hyphens at their ends mended; `mark` marks where a page begins."""
    words = Counter(word.casefold() for line in lines for word in _WORDS.findall(line.text))
    pitch = _usual_pitch(lines)
    edges = _right_edges(lines)
    parts: list[str] = []
    before: Line | None = None
    for line in lines:
        sign = mark(line.page) if before is None or line.page != before.page else ""
        if before is None:
            parts.append(sign + line.text)
        elif _goes_on(before, line, pitch, edges[id(before)]):
            parts += _mended(parts, before.text, sign, line.text, words)
        else:
            parts.append(f"\n\n{sign}{line.text}")
        before = line
    return "".join(parts)


def _mended(parts: list[str], before: str, sign: str, after: str, words: "Counter[str]") -> Iterator[str]:
    """Yield what follows a line within its paragraph; a word that was split at its end is put together in `parts`."""
    head, rest = _SPLIT_WORD.search(before), _REST_OF_WORD.match(after)
    if not head or not rest:
        yield f"{'' if _runs_on(before[-1]) and _runs_on(after[0]) else ' '}{sign}{after}"
        return
    whole, hyphened = f"{head[1]}{rest[1]}".casefold(), f"{head[1]}-{rest[1]}".casefold()
    if words[whole] or not (words[hyphened] or not rest[1][0].islower()):
        parts[-1] = parts[-1][:-1]
    yield f"{sign}{after}"


def _goes_on(before: Line, line: Line, pitch: float, right_edge: float) -> bool:
    """Say whether a line goes on with the paragraph of the line before it."""
    if not _same_size(before, line) or _BULLET.match(line.text):
        return False
    gap = before.top - line.top
    if gap > _APART * pitch * line.size:
        return False
    if _SPLIT_WORD.search(before.text) and line.text[0].islower():
        return True
    # A line was broken here if the next word had no room any more; ragged lines may end sooner within a sentence.
    first = line.text[0] if _runs_on(line.text[0]) else f"{line.text.split(' ', 1)[0]} "
    room = right_edge - before.right
    needed = (line.right - line.left) / _columns(line.text) * _columns(first)
    within = right_edge < inf and line.text[0].islower() and _UNFINISHED.search(before.text)
    if needed < room and not within:
        return False
    if gap <= 0:  # The top of another column or page: paragraphs end at line ends there, too.
        return not _STOP.search(before.text)
    indented = line.left - before.left > line.size and not _BULLET.match(before.text)
    return not (indented and _STOP.search(before.text))


def _same_size(one: Line, other: Line) -> bool:
    return max(one.size, other.size) <= _SAME_SIZE * min(one.size, other.size)


def _usual_pitch(lines: Sequence[Line]) -> float:
    """Give the distance between two lines of a paragraph, in sizes of their type."""
    pairs = pairwise(lines)
    found = [
        (one.top - two.top) / two.size
        for one, two in pairs
        if one.page == two.page and _same_size(one, two) and 0 < one.top - two.top < 3 * two.size
    ]
    # Not the median: where paragraphs are short, most gaps are those between them.
    return sorted(found)[len(found) // 4] if found else _APART


def _right_edges(lines: Sequence[Line]) -> dict[int, float]:
    """Give, for each line, how far the lines around it go; lines as short as a table's rows have room for more.

    Those around it are the lines it stands close to, as in a quotation that is set in, where they are about as wide
    as the column; else all of the column.
    """
    edges: dict[int, float] = {}
    pitch = _usual_pitch(lines)
    for _, on_page in groupby(lines, lambda line: line.page):
        column = list(on_page)
        blocks = _blocks(column, pitch)
        for line in column:
            near = [one for one in column if _is_beside(one, line)]
            if sum(_columns(one.text) for one in near) < _NARROW * len(near):
                edges[id(line)] = inf
                continue
            edge = max(one.right for one in near)
            close = max(one.right for one in blocks[id(line)] if _is_beside(one, line))
            wide = close - line.left >= _MIN_COLUMN_SHARE * (edge - line.left)
            edges[id(line)] = close if wide and len(blocks[id(line)]) > _FEW else edge
    return edges


def _is_beside(one: Line, line: Line) -> bool:
    return abs(one.left - line.left) < 3 * line.size and _same_size(one, line)


def _blocks(on_page: Sequence[Line], pitch: float) -> dict[int, list[Line]]:
    """Give, for each line of a page, the lines that stand close together with it."""
    blocks: dict[int, list[Line]] = {}
    block: list[Line] = []
    for line in on_page:
        gap = block[-1].top - line.top if block else 0.0
        if block and not (0 < gap <= _APART * pitch * line.size and _same_size(block[-1], line)):
            block = []
        block.append(line)
        blocks[id(line)] = block
    return blocks


def _columns(text: str) -> int:
    """Count the characters of a line; those of Chinese, Japanese and Korean are twice as wide."""
    return len(text) + sum(unicodedata.east_asian_width(one) in "WF" for one in text if one > "\u1100")


def _runs_on(character: str) -> bool:
    """Say whether a character is of a script that sets no spaces between words: Chinese and Japanese."""
    wide = unicodedata.east_asian_width(character) in "WF"
    return wide and not unicodedata.name(character, "").startswith("HANGUL")
