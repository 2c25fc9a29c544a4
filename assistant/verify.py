"""Every quote is checked against its article before an answer is shown, whatever produced the answer."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from assistant.values import Citation, Claim, Status
from index.sentences import sentences


def verify(claims: Iterable[Claim]) -> list[Claim]:
    """Check claims: drop broken citations, number the rest, and set each claim's status.

    A citation stays only when `article.text[start:end] == quote`, character for character, and the quote is not
    empty. Citations are numbered from 1 in order of appearance; the same quote has the same number everywhere.
    A claim is "supported" when every sentence of it stands verbatim in its quotes, "partly supported" when some
    do, "unsupported" when none does.
    """
    numbers: dict[tuple[str, int, int], int] = {}
    return [_checked(claim, numbers) for claim in claims]


def _checked(claim: Claim, numbers: dict[tuple[str, int, int], int]) -> Claim:
    citations = []
    for citation in claim.citations:
        if holds(citation):
            place = (citation.article.id, citation.start, citation.end)
            number = numbers.setdefault(place, len(numbers) + 1)
            citations.append(Citation(number, citation.article, citation.start, citation.end, citation.quote))
    return replace(claim, citations=tuple(dict.fromkeys(citations)), status=_status(claim.text, citations))


def holds(citation: Citation) -> bool:
    """Say whether a quote is exactly what stands in its article at its offsets."""
    text = citation.article.text
    inside = 0 <= citation.start < citation.end <= len(text)
    return inside and text[citation.start : citation.end] == citation.quote


def _status(text: str, citations: Iterable[Citation]) -> Status:
    quotes = [_folded(citation.quote) for citation in citations]
    found = [any(_folded(sentence) in quote for quote in quotes) for sentence in _sentences(text)]
    if found and all(found):
        return "supported"
    return "partly supported" if any(found) else "unsupported"


def _sentences(text: str) -> Iterator[str]:
    return (text[start:end] for start, end in sentences(text))


def _folded(text: str) -> str:
    return " ".join(text.split())
