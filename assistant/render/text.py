"""Text that all outputs share: excerpts, dates, labels, answers with marks, nearest passages.

It is English; for other languages, functions take `_`, which translates a text.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import pairwise

from assistant.language.lexicon import MONTHS
from assistant.render.i18n import Translate, languages, translator
from assistant.translatable import Translatable
from assistant.types import Answer, Citation, Claim, Status
from index.load.page_marks import pages_of
from index.types import Article, Copy, Filter, Hit

EXCERPT = 240
NEAREST = 3
DISPUTED = "Disputed:"
"""The label of a claim that denies or disputes the one before it."""
CUT_OFF = "cut off"
"""In `Claim.missing`: the LLM did not finish the claim."""
UNCHECKED = "not checked: in another language than the articles"
"""In `Claim.missing`, alone: the claim was not checked."""
DOUBTS: dict[Status, str] = {
    "to be compared": "to be compared",
    "contradicted": "contradicted by the articles",
    "unsupported": "not supported by the articles",
}
"""The text of each status but "supported"."""
# List items and table rows are on a line of their own, as are claims with a line above them.
_ON_ITS_LINE = re.compile(r"(?:- |\d{1,2}\. |\| )|[^\n]*\n")
_REMARK = re.compile(r"\n\n\([^\n]*\)\Z")


def excerpt(text: str, limit: int = EXCERPT) -> str:
    """Return a text shortened to at most `limit` characters, preferably at a space, with an ellipsis."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    head = flat[: limit - 1]
    space = head.rfind(" ")
    return (head[:space] if space > limit // 2 else head).rstrip(" .,;:–—-") + "…"


def readable(day: date) -> str:
    """Return a date in English, whatever the locale: 24 October 2025. It can be translated."""
    return Translatable(f"{day.day} {MONTHS[day.month - 1]} {day.year}", "{day}", {"day": day})


def filter_text(allowed: Filter) -> str:
    """Return a filter in words: "River Desk, from 5 March 2024, 2 chosen articles"; "" for no filter."""
    dates = {"from": allowed.since, "to": allowed.until}
    count = len(allowed.articles)
    chosen = "1 chosen article" if count == 1 else f"{count} chosen articles"
    parts = [*allowed.publishers, *(f"{word} {readable(day)}" for word, day in dates.items() if day)]
    return ", ".join([*parts, *([chosen] if count else [])])


def nearest(answer: Answer) -> list[tuple[int, Hit]]:
    """Return the passages to show with a refusal, best first, with their index in `answer.hits`."""
    return list(enumerate(answer.hits[:NEAREST]))


def share(answer: Answer) -> float | None:
    """Return the probability (0 to 0.99) that an answer's best sentence answers; None if unknown."""
    found = [claim.confidence for claim in answer.claims if claim.confidence is not None]
    return min(max(found), 0.99) if found else None


def confidence(answer: Answer, _: Translate = str) -> str | None:
    """Return the confidence that an answer's best sentence answers, in words; None if unknown."""
    found = share(answer)
    return None if found is None else _("Confidence {share}").format(share=f"{found:.0%}")


def status(claim: Claim, _: Translate = str) -> str | None:
    """Return a claim's status in words, with what the articles lack; None if it is supported."""
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
    """Return the marks of a claim's citations: "[1][2]", or ""."""
    return "".join(f"[{citation.number}]" for citation in claim.citations)


def answering_parts(claim: Claim) -> list[tuple[str, bool]]:
    """Split a claim's text into parts, each with whether it has the answering words."""
    bounds = [0, *(place for span in claim.answering for place in span), len(claim.text)]
    stretches = (claim.text[start:end] for start, end in pairwise(bounds))
    return [(text, number % 2 == 1) for number, text in enumerate(stretches) if text]


def separator(answer: Answer, before: str | None, text: str) -> str:
    """Return the separator of two claims, by their texts; `before` is None for the first.

    List items and table rows of an LLM are on lines of their own, and a paragraph after them begins a new line.
    """
    if before is None:
        return ""
    if not answer.written_by:
        return _line_or_space(answer)
    listed = _ON_ITS_LINE.match(before.rpartition("\n")[2])
    return "\n" if listed or _ON_ITS_LINE.match(text) else " "


def spaced(answer: Answer) -> list[tuple[str, Claim]]:
    """Return the claims of an answer, each with the separator before it."""
    befores = [None, *(claim.text for claim in answer.claims)]
    return [
        (separator(answer, before, claim.text), claim) for before, claim in zip(befores, answer.claims, strict=False)
    ]


def before_draft(answer: Answer) -> str:
    """Return the separator before the words of the unfinished sentence."""
    return separator(answer, answer.claims[-1].text if answer.claims else None, answer.draft)


def claim_text(claim: Claim, _: Translate = str) -> str:
    """Return a claim as text: the label of a denial, its words, marks and status."""
    doubt = status(claim, _)
    parts = (_(DISPUTED) if claim.denies else "", claim.text, marks(claim), f"({doubt})" if doubt else "")
    return " ".join(part for part in parts if part)


def _line_or_space(answer: Answer) -> str:
    """Return the separator of claims made of quotes: a line end in lists, comparisons and timelines."""
    return "\n" if answer.kind in ("collection", "comparison", "timeline") else " "


def marked(answer: Answer, _: Translate = str) -> str:
    """Return an answer as text with marks, followed by its note and why it was stopped."""
    claims = "".join(space + claim_text(claim, _) for space, claim in spaced(answer)) or answer.text
    return claims + afterword(answer, _)


def afterword(answer: Answer, _: Translate = str) -> str:
    """Return what `marked` adds below the claims, or ""."""
    return "".join(f"\n\n({line})" for line in _endings(answer, _))


def unmarked(text: str) -> str:
    """Return a text without what `marked` adds to an answer, in whatever language."""
    while (bare := _REMARK.sub("", text)) != text:
        text = bare
    return _added().sub("", text)


@cache
def _added() -> re.Pattern[str]:
    """Return a pattern of what `marked` adds to claims. Other text in square brackets is the answer's own."""
    statuses, labels = [], []
    for language in languages():
        _ = translator(language.code)
        doubts, cut_off, unchecked, label = (
            "|".join(re.escape(_(one)) for one in ones)
            for ones in (DOUBTS.values(), [CUT_OFF], [UNCHECKED], [DISPUTED])
        )
        missing = re.escape(_("not found: {words}")).replace(re.escape("{words}"), "[^()]*")
        statuses.append(rf"{unchecked}|(?:{doubts})(?:; {cut_off})?(?:; {missing})?")
        labels.append(label)
    return re.compile(rf"[ ](?:\[\d+\])+|[ ]\((?:{'|'.join(statuses)})\)|(?:(?<=\s)|^)(?:{'|'.join(labels)})[ ]")


def pages(article: Article, start: int, end: int, _: Translate = str) -> str | None:
    """Return the pages of a span of an article: "page 3", "pages 3–4"; None if it has no pages."""
    found = pages_of(article.pages, start, end)
    if found is None:
        return None
    first, last = found
    return (
        _("page {number}").format(number=first)
        if first == last
        else _("pages {first}–{last}").format(first=first, last=last)
    )


def source(article: Article, _: Translate = str) -> str:
    """Return an article's title and source, in one line."""
    published = _(readable(article.published)) if article.published else None
    details = ", ".join(part for part in (article.publisher, article.author, published) if part)
    origin = article.url or article.path
    return article.title + (f" — {details}" if details else "") + (f" ({origin})" if origin else "")


def also_in(citations: Iterable[Citation]) -> list[str]:
    """Return where else the citations of an article occur: by publisher or, if that is the same, by file or URL."""
    found = (_place(citation.article, copy) for citation in citations for copy in citation.also_in)
    return list(dict.fromkeys(found))


def _place(article: Article, copy: Copy) -> str:
    if copy.publisher and copy.publisher != article.publisher:
        return copy.publisher
    if copy.path:
        return re.split(r"[/\\]", copy.path)[-1]
    return re.sub(r"^https?://|/$", "", copy.url or "") or copy.title


def citation_source(citation: Citation, _: Translate = str) -> str:
    """Return a citation's article, source, pages and other occurrences, in one line."""
    page, others = pages(citation.article, citation.start, citation.end, _), ", ".join(also_in([citation]))
    where = ", ".join(filter(None, (source(citation.article, _), page)))
    return "; ".join(filter(None, (where, _("also in: {places}").format(places=others) if others else None)))


def remarks(answer: Answer, _: Translate = str) -> list[str]:
    """Return the remarks below an answer: its note, why it was stopped, and who wrote it."""
    written = _("Written by {name}; every sentence is checked").format(name=answer.written_by)
    return [*_endings(answer, _), *([written] if answer.written_by else [])]


def _endings(answer: Answer, _: Translate = str) -> list[str]:
    note = _(answer.note) if answer.note else None
    stopped = _("Stopped before the end: {reason}").format(reason=_(answer.stopped)) if answer.stopped else None
    return [line for line in (note, stopped) if line]
