"""Compare a claim with its quotes: which words of each the other lacks."""

from collections.abc import Iterator

from assistant.language.words import STOP_WORDS, Stems, word_spans
from assistant.types import Citation, Claim
from index.text.sentences import Span

Parts = list[tuple[str, bool]]
"""A text in parts, each with whether the other text lacks it."""
# Stop words that change the meaning of a sentence.
_SIGNIFICANT = frozenset("not no nor never may might could should would only all some most more before after".split())


def side_by_side(claim: Claim) -> tuple[Parts, list[tuple[Citation, Parts]]] | None:
    """Split a claim's text and each of its quotes into parts, with whether the other side lacks them.

    None if there is nothing to compare: the claim is supported, or has no citations.
    """
    if claim.status == "supported" or not claim.citations:
        return None
    stems = Stems()
    quotes = [citation.quote for citation in claim.citations]
    said, told = _stems(claim.text, stems), frozenset[str]().union(*(_stems(quote, stems) for quote in quotes))
    cut = [(one, _parts(one.quote, said, stems)) for one in claim.citations]
    return _parts(claim.text, told, stems), cut


def _significant(text: str) -> Iterator[tuple[str, Span]]:
    for word, start, end in word_spans(text):
        if word not in STOP_WORDS or word in _SIGNIFICANT or word.endswith(("n't", "n’t")):
            yield word, (start, end)


def _stems(text: str, stems: Stems) -> frozenset[str]:
    return frozenset(stems.of([word for word, _ in _significant(text)]))


def _parts(text: str, others: frozenset[str], stems: Stems) -> Parts:
    found = list(_significant(text))
    lacking = [
        span for (_, span), stem in zip(found, stems.of([word for word, _ in found]), strict=True) if stem not in others
    ]
    parts: Parts = []
    last = 0
    for start, end in lacking:
        # Pairs of characters overlap.
        parts += [(text[last:start], False), (text[max(last, start) : end], True)]
        last = end
    parts.append((text[last:], False))
    return [part for part in parts if part[0]]
