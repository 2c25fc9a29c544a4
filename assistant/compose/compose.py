"""Compose a summary, comparison or timeline: gather its sentences and quote them."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.check.citations import citations_of, numbered, verify
from assistant.compose.gather import ArticleSentence, Gathered, Section
from assistant.language.context import SentenceCache, join_adjacent
from assistant.question.condense import condense
from assistant.question.request import Request, read_request
from assistant.read.evidence import Evidence
from assistant.read.find import Found
from assistant.render.text import spaced
from assistant.translatable import N_
from assistant.types import Answer, Citation, Claim, Turn
from index.text.sentences import Span
from index.types import Filter, Hit

if TYPE_CHECKING:
    from index.store.index import Index


def compose(
    index: "Index",
    question: str,
    asked: str,
    history: Sequence[Turn],
    allowed: Filter,
    sources: int,
    today: date,
) -> tuple[Answer, Found] | None:
    """Compose a summary, a comparison or a timeline, with its evidence; None if the message asks for none.

    `asked` is the question in the message `question`, `history` the turns before it, oldest first, `sources` the number
    of hits returned.

    Raises:
        BadFilter: the filter names a publisher or article that is not there.
    """
    began = time.perf_counter()
    publishers = index.statistics().publishers
    read = (read_request(condense(one, history), publishers, today) for one in (asked, question))
    # As typed too: spelling correction may have changed a word of the form.
    request = next(filter(None, read), None)
    gathered = gather(index, request, allowed, sources, today) if request else None
    if request is None or gathered is None:
        return None
    return composed_answer(question, request, gathered, allowed, began), as_found(question, gathered, allowed)


def gather(index: "Index", request: Request, allowed: Filter, sources: int, today: date) -> Gathered | None:
    """Gather the sentences for a request; None if there are none, and the message is a plain question.

    `sources` hits are kept, or all that contain gathered sentences if these are more; they come first.

    Raises:
        BadFilter: the filter names a publisher or article that is not there.
    """
    gathered = _gathered(index, request, index.catalog.resolve(allowed), today)
    if gathered is None:
        return None
    sentences = [sentence for section in gathered.sections for sentence in section.sentences]
    holding = [hit for hit in gathered.hits if any(_holds(hit, sentence) for sentence in sentences)]
    others = [hit for hit in gathered.hits if hit not in holding]
    return replace(gathered, hits=(*holding, *others[: max(0, sources - len(holding))]))


def _holds(hit: Hit, sentence: ArticleSentence) -> bool:
    article, (start, end) = sentence
    return hit.article.id == article.id and hit.passage.start <= start and end <= hit.passage.end


def _gathered(index: "Index", request: Request, allowed: Filter, today: date) -> Gathered | None:
    from assistant.compose.comparison import gather_comparison
    from assistant.compose.summary import gather_summary
    from assistant.compose.timeline import gather_timeline

    if request.kind == "summary":
        return gather_summary(index, request, allowed)
    if request.kind == "comparison":
        return gather_comparison(index, request, allowed)
    return gather_timeline(index, request, allowed, today)


def composed_answer(question: str, request: Request, gathered: Gathered, allowed: Filter, began: float) -> Answer:
    """Return gathered sentences as an answer of quotes; `began` is when gathering began (`time.perf_counter`)."""
    cache = SentenceCache()
    found = time.perf_counter()
    # A label has no citations to verify.
    claims = numbered(
        verify([claim])[0] if claim.citations else claim
        for section in gathered.sections
        for claim in _claims(section, cache)
    )
    whole = Answer(
        question=question,
        searched=question,
        text="",
        claims=tuple(claims),
        citations=citations_of(claims),
        refused=False,
        hits=gathered.hits,
        timings={"retrieve": _milliseconds(began, found), "answer": _milliseconds(found, time.perf_counter())},
        allowed=allowed,
        kind=request.kind,
    )
    return replace(whole, text="".join(space + claim.text for space, claim in spaced(whole)))


def as_found(question: str, gathered: Gathered, allowed: Filter) -> Found:
    """Return gathered sentences as the evidence for an LLM."""
    ranked = [Evidence(article, *span, 1.0) for section in gathered.sections for article, span in section.sentences]
    return Found(question, question, gathered.hits, tuple(ranked), 0.0, True, {}, allowed)


def _claims(section: Section, cache: SentenceCache) -> Iterator[Claim]:
    if section.label:
        yield Claim(N_("{label}:", label=section.label), (), "supported")
    shown: set[tuple[str, Span]] = set()
    for article, span in section.sentences:
        needed = [one for one in cache.with_context(article, span) if (article.id, one) not in shown]
        if not needed:
            continue
        shown |= {(article.id, one) for one in needed}
        spans = join_adjacent(article.text, needed)
        citations = tuple(Citation(0, article, *one, article.text[slice(*one)]) for one in spans)
        yield Claim("\n".join(citation.quote for citation in citations), citations, "supported")


def _milliseconds(began: float, ended: float) -> float:
    return round((ended - began) * 1000, 2)
