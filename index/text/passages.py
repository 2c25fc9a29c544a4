"""Split an article's text into passages that cover it without gaps or overlaps.

A passage is a run of whole sentences that fits the embedding model's window together with the article's title. A
sentence too long for one passage is cut at white space, or inside a word if there is none.
"""

import unicodedata
from collections.abc import Callable, Sequence

from index.text.sentences import Span, sentences
from index.types import Article, Passage, passage_id

CountTokens = Callable[[Sequence[Span]], Sequence[int]]
"""Counts, for each span of the article's text, the tokens of the embedding model that begin in it."""

MAX_PASSAGE_TOKENS = 128
"""Chunk size in tokens: the longest passage, if the model's window is large enough."""

# A word of any length may be a single unknown token, so characters are limited as well.
_MAX_CHARACTERS = 4_000
_ZERO_WIDTH_JOINER = "\u200d"


def split(article: Article, count: CountTokens, *, max_tokens: int = MAX_PASSAGE_TOKENS) -> list[Passage]:
    """Split an article into passages: `"".join(text[p.start:p.end] for p in passages) == article.text`.

    An empty text has no passages.
    """
    spans = _spans(article, count, max_tokens)
    return [Passage(passage_id(article, n), article.id, start, end) for n, (start, end) in enumerate(spans)]


def _spans(article: Article, count: CountTokens, max_tokens: int) -> list[Span]:
    text = article.text
    if not text:
        return []
    starts = [start for start, _ in sentences(text, article.language)] or [0]
    starts[0] = 0
    units = list(zip(starts, [*starts[1:], len(text)], strict=True))
    sized = list(zip(units, count(units), strict=True))
    parts = [part for unit, size in sized for part in _cut_to_fit(text, unit, size, count, max_tokens)]
    return _merge(parts, max_tokens)


def _cut_to_fit(text: str, unit: Span, size: int, count: CountTokens, max_tokens: int) -> list[tuple[Span, int]]:
    """Cut a sentence into halves until each part fits; returns the parts with their tokens."""
    start, end = unit
    if (size <= max_tokens and end - start <= _MAX_CHARACTERS) or end - start < 2:
        return [(unit, size)]
    middle = _middle(text, start, end)
    halves = [(start, middle), (middle, end)]
    sizes = count(halves)
    parts = zip(halves, sizes, strict=True)
    return [part for half, tokens in parts for part in _cut_to_fit(text, half, tokens, count, max_tokens)]


def _middle(text: str, start: int, end: int) -> int:
    """Return where to cut: after the white space nearest the middle, else between two visible characters."""
    middle = (start + end) // 2
    for distance in range((end - start) // 2):
        for at in (middle - distance, middle + distance):
            if start < at < end and text[at - 1].isspace() and not text[at].isspace():
                return at
    whole = (
        at
        for at in (*range(middle, start, -1), *range(middle + 1, end))
        if not _is_one_character(text[at - 1], text[at])
    )
    return next(whole, middle)


def _is_one_character(left: str, right: str) -> bool:
    """Say whether two code points belong to one visible character: combining marks, joined or flag emoji."""
    regional = "\U0001f1e6" <= left <= "\U0001f1ff" and "\U0001f1e6" <= right <= "\U0001f1ff"
    modifier = "\U0001f3fb" <= right <= "\U0001f3ff"
    joiner = _ZERO_WIDTH_JOINER in (left, right)
    return joiner or regional or modifier or unicodedata.category(right) in ("Mn", "Mc", "Me")


def _merge(parts: Sequence[tuple[Span, int]], max_tokens: int) -> list[Span]:
    """Merge neighbours into passages of about equal size, none above `max_tokens`."""
    total = sum(size for _, size in parts)
    target = total / max(1, -(-total // max_tokens))
    spans: list[Span] = []
    filled = 0
    for (start, end), size in parts:
        full = filled >= target or filled + size > max_tokens or (spans and end - spans[-1][0] > _MAX_CHARACTERS)
        if not spans or full:
            spans.append((start, end))
            filled = size
        else:
            spans[-1] = (spans[-1][0], end)
            filled += size
    return spans
