"""An article's text to passages that tile it.

Passages are runs of whole sentences, small enough for the embedding model to read them to the end together with
the title they are embedded with. A sentence that is too long on its own is cut at white space, or inside a word
where there is none.
"""

import unicodedata
from collections.abc import Callable, Sequence

from index.text.sentences import Span, sentences
from index.types import Article, Passage, passage_id

CountTokens = Callable[[Sequence[Span]], Sequence[int]]
"""Spans of the article's text to how many of the embedding model's word pieces begin in each."""

PASSAGE_TOKENS = 128
"""How many word pieces a passage holds at most, where the model can read as many."""

# A word of any length may be one unknown word piece: bound the characters too.
_MAX_CHARACTERS = 4_000
_ZERO_WIDTH_JOINER = "\u200d"


def split(article: Article, count: CountTokens, *, most_tokens: int = PASSAGE_TOKENS) -> list[Passage]:
    """Split an article into passages: `"".join(text[p.start:p.end] for p in passages) == article.text`.

    `count` measures spans of it in word pieces. A text without a single character has no passages.
    """
    spans = _tile(article.text, count, most_tokens)
    return [Passage(passage_id(article, n), article.id, start, end) for n, (start, end) in enumerate(spans)]


def _tile(text: str, count: CountTokens, most: int) -> list[Span]:
    if not text:
        return []
    starts = [start for start, _ in sentences(text)] or [0]
    starts[0] = 0
    units = list(zip(starts, [*starts[1:], len(text)], strict=True))
    sized = list(zip(units, count(units), strict=True))
    pieces = [piece for unit, size in sized for piece in _fit(text, unit, size, count, most)]
    return _pack(pieces, most)


def _fit(text: str, unit: Span, size: int, count: CountTokens, most: int) -> list[tuple[Span, int]]:
    """Cut one sentence in halves until each fits."""
    start, end = unit
    if (size <= most and end - start <= _MAX_CHARACTERS) or end - start < 2:
        return [(unit, size)]
    middle = _cut(text, start, end)
    halves = [(start, middle), (middle, end)]
    sizes = count(halves)
    return [piece for half, n in zip(halves, sizes, strict=True) for piece in _fit(text, half, n, count, most)]


def _cut(text: str, start: int, end: int) -> int:
    """Pick where to halve: after the white space nearest the middle, else between two whole characters."""
    middle = (start + end) // 2
    for distance in range((end - start) // 2):
        for at in (middle - distance, middle + distance):
            if start < at < end and text[at - 1].isspace() and not text[at].isspace():
                return at
    whole = (at for at in (*range(middle, start, -1), *range(middle + 1, end)) if not _joins(text[at - 1], text[at]))
    return next(whole, middle)


def _joins(left: str, right: str) -> bool:
    """Say whether two code points belong to one visible character (marks, joined or flag emoji)."""
    regional = "\U0001f1e6" <= left <= "\U0001f1ff" and "\U0001f1e6" <= right <= "\U0001f1ff"
    modifier = "\U0001f3fb" <= right <= "\U0001f3ff"
    joiner = _ZERO_WIDTH_JOINER in (left, right)
    return joiner or regional or modifier or unicodedata.category(right) in ("Mn", "Mc", "Me")


def _pack(pieces: Sequence[tuple[Span, int]], most: int) -> list[Span]:
    """Join neighbours into passages of about equal size, none above `most`."""
    total = sum(size for _, size in pieces)
    target = total / max(1, -(-total // most))
    spans: list[Span] = []
    filled = 0
    for (start, end), size in pieces:
        full = filled >= target or filled + size > most or (spans and end - spans[-1][0] > _MAX_CHARACTERS)
        if not spans or full:
            spans.append((start, end))
            filled = size
        else:
            spans[-1] = (spans[-1][0], end)
            filled += size
    return spans
