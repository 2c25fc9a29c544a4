"""An answer as plain data: the one shape that `--json`, and whatever else leaves the process, writes."""

from datetime import datetime
from typing import Any

from assistant.types import Answer, Citation, Claim
from index.load.page_marks import pages_of
from index.types import Article, Copy, Filter, Hit


def as_dict(answer: Answer) -> dict[str, Any]:
    """Turn an answer into what JSON can hold; offsets are code points into the article's text."""
    return {
        "question": answer.question,
        "searched": answer.searched,
        "text": answer.text,
        "refused": answer.refused,
        "claims": [
            {
                "text": claim.text,
                "status": claim.status,
                "denies": claim.denies,
                "confidence": claim.confidence,
                "missing": list(claim.missing),
                "answers": answering_fields(claim),
                "citations": [citation.number for citation in claim.citations],
            }
            for claim in answer.claims
        ],
        "citations": [_citation(citation) for citation in answer.citations],
        "hits": [_hit(hit) for hit in answer.hits],
        "timings": dict(answer.timings),
        "written_by": answer.written_by,
        "stopped": answer.stopped,
        "note": answer.note,
        "filter": filter_fields(answer.allowed),
        "kind": answer.kind,
    }


def answering_fields(claim: Claim) -> list[dict[str, Any]]:
    """Turn the words of a claim that answer, and where they stand in its text, into what JSON can hold."""
    return [{"text": claim.text[start:end], "start": start, "end": end} for start, end in claim.answering]


def filter_fields(allowed: Filter) -> dict[str, Any]:
    """Turn a filter into what JSON can hold."""
    return {
        "publishers": list(allowed.publishers),
        "since": allowed.since.isoformat() if allowed.since else None,
        "until": allowed.until.isoformat() if allowed.until else None,
        "articles": list(allowed.articles),
    }


def article_fields(article: Article) -> dict[str, Any]:
    """Turn what is known of an article, its text left out, into what JSON can hold."""
    return {
        "article": article.id,
        "title": article.title,
        "subtitle": article.subtitle,
        "author": article.author,
        "publisher": article.publisher,
        "published": article.published.isoformat() if article.published else None,
        "dated_by": article.dated_by,
        "ocr_confidence": article.ocr_confidence,
        "language": article.language,
        "section": article.section,
        "tags": list(article.tags),
        "image": article.image,
        "url": article.url,
        "path": article.path,
        "first_seen": _moment(article.first_seen),
        "updated": _moment(article.updated),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def copy_fields(copy: Copy) -> dict[str, Any]:
    """Turn where an article stands as well into what JSON can hold."""
    return {"article": copy.id, "title": copy.title, "publisher": copy.publisher, "url": copy.url, "path": copy.path}


def _citation(citation: Citation) -> dict[str, Any]:
    place = {"start": citation.start, "end": citation.end, "quote": citation.quote}
    page = {"pages": _pages(citation.article, citation.start, citation.end)}
    also_in = [copy_fields(copy) for copy in citation.also_in]
    return {"number": citation.number, **article_fields(citation.article), **page, **place, "also_in": also_in}


def _hit(hit: Hit) -> dict[str, Any]:
    place = {"start": hit.passage.start, "end": hit.passage.end, "text": hit.text}
    page = {"pages": _pages(hit.article, hit.passage.start, hit.passage.end)}
    found = {"score": round(hit.score, 4), "found_by": hit.found_by}
    return {"passage": hit.passage.id, **article_fields(hit.article), **page, **place, **found}


def _pages(article: Article, start: int, end: int) -> list[int]:
    found = pages_of(article.pages, start, end)
    return list(range(found[0], found[1] + 1)) if found else []
