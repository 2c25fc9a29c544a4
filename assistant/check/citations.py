"""Every quote is checked against its article before an answer is shown, whatever produced the answer."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.types import Citation, Claim, Status
from index.text.sentences import sentences


def verify(claims: Iterable[Claim], *, verbatim: bool = True) -> list[Claim]:
    """Check claims: drop broken citations, number the rest, and set each claim's status.

    A citation stays only when `article.text[start:end] == quote`, character for character, and the quote is not
    empty. Citations are numbered from 1 in order of appearance; the same quote has the same number everywhere.
    A claim is "supported" when every sentence of it stands verbatim in its quotes, "to be compared" with them when
    some do, "unsupported" when none does.

    Without `verbatim` the claims are sentences that somebody else wrote, and their status is what `assistant.check`
    found: it stays, and is lowered where a citation it rests on is dropped.
    """
    return numbered(_checked(claim, verbatim=verbatim) for claim in claims)


def numbered(claims: Iterable[Claim]) -> list[Claim]:
    """Give citations their numbers, from 1 in order of appearance; the same quote has the same number everywhere."""
    numbers: dict[tuple[str, int, int], int] = {}
    found = []
    for claim in claims:
        places = [(one.article.id, one.start, one.end) for one in claim.citations]
        own = [
            replace(one, number=numbers.setdefault(place, len(numbers) + 1))
            for one, place in zip(claim.citations, places, strict=True)
        ]
        found.append(replace(claim, citations=tuple(dict.fromkeys(own))))
    return found


def citations_of(claims: Iterable[Claim]) -> tuple[Citation, ...]:
    """List the citations of claims that are `numbered`, each once, by number."""
    numbered = {citation.number: citation for claim in claims for citation in claim.citations}
    return tuple(numbered[number] for number in sorted(numbered))


def _checked(claim: Claim, *, verbatim: bool) -> Claim:
    citations = tuple(citation for citation in claim.citations if holds(citation))
    status = _status(claim.text, citations) if verbatim else _lowered(claim, len(citations))
    return replace(claim, citations=citations, status=status)


def holds(citation: Citation) -> bool:
    """Say whether a quote is exactly what stands in its article at its offsets."""
    text = citation.article.text
    inside = 0 <= citation.start < citation.end <= len(text)
    return inside and text[citation.start : citation.end] == citation.quote


def _lowered(claim: Claim, kept: int) -> Status:
    """Tell what is left of a claim's status when so many of its citations are."""
    if not kept:
        return "unsupported"
    return claim.status if kept == len(claim.citations) else "to be compared"


def _status(text: str, citations: Sequence[Citation]) -> Status:
    quotes = [_folded(citation.quote) for citation in citations]
    language = citations[0].article.language if citations else None
    found = [any(_folded(text[start:end]) in quote for quote in quotes) for start, end in sentences(text, language)]
    if found and all(found):
        return "supported"
    return "to be compared" if any(found) else "unsupported"


def _folded(text: str) -> str:
    return " ".join(text.split())
