"""What every way out shows alike: excerpts, dates, labels, an answer as text with marks, the passages nearest to it.

All is English. What the page shows too can be had in its language: `_` translates a text then.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date
from itertools import pairwise

from assistant.language.lexicon import MONTHS
from assistant.types import Answer, Citation, Claim, Status
from index.load.page_marks import pages_of
from index.types import Article, Copy, Filter, Hit

Translate = Callable[[str], str]
EXCERPT = 240
NEAREST = 3
DISPUTED = "Disputed:"
"""The words before a sentence that denies or disputes the claim before it."""
CUT_OFF = "cut off"
"""Stands among what is missing of a claim (`Claim.missing`) whose end the LLM did not come to write."""
UNCHECKED = "not checked: in another language than the articles"
"""Stands alone there for a claim that could not be compared with the articles."""
DOUBTS: dict[Status, str] = {
    "to be compared": "to be compared",
    "contradicted": "contradicted by the articles",
    "unsupported": "not supported by the articles",
}
"""How each status but "supported" is told."""
# What `marked` adds to the words of an answer. Text in square brackets that is no number was the answer's own.
_DOUBT = rf"(?:{'|'.join(DOUBTS.values())})(?:; cut off)?(?:; not found: [^()]*)?"
_ADDED = re.compile(rf"[ ](?:\[\d+\])+|[ ]\((?:{UNCHECKED}|{_DOUBT})\)|(?:(?<=\s)|^){DISPUTED}[ ]")
# An item of a list, a row of a table: each stands on a line of its own, as does what has a line above it.
_ON_ITS_LINE = re.compile(r"(?:- |\d{1,2}\. |\| )|[^\n]*\n")
_REMARK = re.compile(r"\n\n\([^\n]*\)\Z")


def excerpt(text: str, limit: int = EXCERPT) -> str:
    """Shorten a text to at most `limit` characters, at a space where there is one, and say so with an ellipsis."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    head = flat[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space > limit // 2 else head).rstrip(" .,;:–—-") + "…"


def readable(day: date) -> str:
    """Write a date out, whatever the locale of the machine: 24 October 2025."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def filtered(allowed: Filter) -> str:
    """Say which articles a question was asked of: "River Desk, from 5 March 2024, 2 chosen articles"; "" for all."""
    dates = {"from": allowed.since, "to": allowed.until}
    count = len(allowed.articles)
    chosen = "1 chosen article" if count == 1 else f"{count} chosen articles"
    parts = [*allowed.publishers, *(f"{word} {readable(day)}" for word, day in dates.items() if day)]
    return ", ".join([*parts, *([chosen] if count else [])])


def nearest(answer: Answer) -> list[tuple[int, Hit]]:
    """Return the passages to show beside a refusal, best first, with their place in `answer.hits`."""
    return list(enumerate(answer.hits[:NEAREST]))


def share(answer: Answer) -> float | None:
    """Tell how probable it is that an answer's best sentence answers, 0 to 0.99; None where nothing tells."""
    found = [claim.confidence for claim in answer.claims if claim.confidence is not None]
    return min(max(found), 0.99) if found else None


def confidence(answer: Answer, _: Translate = str) -> str | None:
    """Say in words how probable it is that an answer's best sentence answers; None where nothing tells."""
    found = share(answer)
    return None if found is None else _("Confidence {share}").format(share=f"{found:.0%}")


def status(claim: Claim, _: Translate = str) -> str | None:
    """Say in words how far a claim is supported, and what it says that its articles do not; None when all is well."""
    if claim.status == "supported":
        return None
    if UNCHECKED in claim.missing:
        return _("not checked: in another language than the articles")
    doubt = _(DOUBTS[claim.status])
    missing = [word for word in claim.missing if word != CUT_OFF]
    parts = (
        doubt,
        _("cut off") if CUT_OFF in claim.missing else None,
        _("not found: {words}").format(words=", ".join(missing)) if missing else None,
    )
    return "; ".join(filter(None, parts))


def marks(claim: Claim) -> str:
    """Return the marks of a claim's citations: "[1][2]", or "" where it has none."""
    return "".join(f"[{citation.number}]" for citation in claim.citations)


def worded(claim: Claim) -> list[tuple[str, bool]]:
    """Cut a claim's text into stretches, each with whether it is one of those that answer the question."""
    bounds = [0, *(place for span in claim.answering for place in span), len(claim.text)]
    stretches = (claim.text[start:end] for start, end in pairwise(bounds))
    return [(text, number % 2 == 1) for number, text in enumerate(stretches) if text]


def gap(answer: Answer, before: str | None, text: str) -> str:
    """Return what stands between two claims of an answer, by their texts; `before` is None where nothing does.

    Items of lists and rows of tables that an LLM writes have lines of their own, and a paragraph after them begins one.
    """
    if before is None:
        return ""
    if not answer.written_by:
        return between(answer)
    listed = _ON_ITS_LINE.match(before.rpartition("\n")[2])
    return "\n" if listed or _ON_ITS_LINE.match(text) else " "


def spaced(answer: Answer) -> list[tuple[str, Claim]]:
    """Return the claims of an answer, each with what stands before it."""
    befores = [None, *(claim.text for claim in answer.claims)]
    return [(gap(answer, before, claim.text), claim) for before, claim in zip(befores, answer.claims, strict=False)]


def before_draft(answer: Answer) -> str:
    """Return what stands before the words that are still being written."""
    return gap(answer, answer.claims[-1].text if answer.claims else None, answer.draft)


def said(claim: Claim) -> str:
    """Write a claim as text: a label where it denies, its words, its marks, and how far it is not supported."""
    doubt = status(claim)
    parts = (DISPUTED if claim.denies else "", claim.text, marks(claim), f"({doubt})" if doubt else "")
    return " ".join(part for part in parts if part)


def between(answer: Answer) -> str:
    """Return what stands between the claims of an answer: listed articles have a line each."""
    return "\n" if answer.kind in ("collection", "comparison", "timeline") else " "


def marked(answer: Answer) -> str:
    """Write an answer as text with marks, and below it why it ended early or what else there is to know."""
    claims = "".join(space + said(claim) for space, claim in spaced(answer)) or answer.text
    return claims + afterword(answer)


def afterword(answer: Answer) -> str:
    """Return what `marked` puts below the claims; "" where there is nothing to say."""
    return "".join(f"\n\n({line})" for line in _endings(answer))


def unmarked(text: str) -> str:
    """Take out of a text what `marked` has added to an answer's words."""
    while (bare := _REMARK.sub("", text)) != text:
        text = bare
    return _ADDED.sub("", text)


def pages(article: Article, start: int, end: int, _: Translate = str) -> str | None:
    """Say on which pages of its article a run of text stands: "page 3", "pages 3–4"; None where there are no pages."""
    found = pages_of(article.pages, start, end)
    if found is None:
        return None
    first, last = found
    return (
        _("page {number}").format(number=first)
        if first == last
        else _("pages {first}–{last}").format(first=first, last=last)
    )


def source(article: Article) -> str:
    """Name an article and where it comes from, in one line."""
    published = readable(article.published) if article.published else None
    details = ", ".join(part for part in (article.publisher, article.author, published) if part)
    origin = article.url or article.path
    return article.title + (f" — {details}" if details else "") + (f" ({origin})" if origin else "")


def also_in(citations: Iterable[Citation]) -> list[str]:
    """Name where else citations of one article stand: by publisher, or by file or address where that is the same."""
    found = (_place(citation.article, copy) for citation in citations for copy in citation.also_in)
    return list(dict.fromkeys(found))


def _place(article: Article, copy: Copy) -> str:
    if copy.publisher and copy.publisher != article.publisher:
        return copy.publisher
    if copy.path:
        return re.split(r"[/\\]", copy.path)[-1]
    return re.sub(r"^https?://|/$", "", copy.url or "") or copy.title


def sourced(citation: Citation) -> str:
    """Name the article of a citation, where it comes from, the page, and where its words stand too, in one line."""
    page, others = pages(citation.article, citation.start, citation.end), ", ".join(also_in([citation]))
    return ", ".join(filter(None, (source(citation.article), page))) + (f"; also in: {others}" if others else "")


def remarks(answer: Answer, _: Translate = str) -> list[str]:
    """Say who wrote an answer, why it ended early, and what else there is to know; [] when it is made of quotes."""
    written = _("Written by {name}; every sentence is checked").format(name=answer.written_by)
    return [*_endings(answer, _), *([written] if answer.written_by else [])]


def _endings(answer: Answer, _: Translate = str) -> list[str]:
    note = _(answer.note) if answer.note else None
    stopped = _("Stopped before the end: {reason}").format(reason=_(answer.stopped)) if answer.stopped else None
    return [line for line in (note, stopped) if line]
