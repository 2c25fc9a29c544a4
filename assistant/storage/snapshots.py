"""Answers as they are kept on disk: with everything that was shown, so that nothing done to the index changes them.

The articles an answer rests on are kept beside it as they were, each version once, under `Snapshot.key`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from assistant.render.serialize import filter_fields
from assistant.types import Answer, Citation, Claim, Status
from index.types import EVERYTHING, Article, Copy, Filter, Hit, Passage

_FORMAT = 1
# What statuses were called before, and what they are now.
_STATUSES: dict[str, Status] = {"partly supported": "to be compared"}
_MOMENTS = ("first_seen", "updated")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of an article as plain data, and the key it is kept under."""

    key: str
    fields: dict[str, Any]


def key_of(article: Article) -> str:
    """Name one version of an article."""
    return f"{article.id}.{article.content_hash}"


def snapshots(answer: Answer) -> list[Snapshot]:
    """List the articles an answer cites or retrieved, each version once."""
    articles = [citation.article for citation in answer.citations] + [hit.article for hit in answer.hits]
    by_key = {key_of(article): article for article in articles}
    return [Snapshot(key, _plain(one)) for key, one in by_key.items()]


def article_of(fields: Mapping[str, Any]) -> Article:
    """Make an article of its snapshot again."""
    published = date.fromisoformat(fields["published"]) if fields["published"] else None
    lists = {name: tuple(fields.get(name, ())) for name in ("tags", "pages")}
    moments = {name: datetime.fromisoformat(fields[name]) for name in _MOMENTS if fields.get(name)}
    return Article(**{**fields, "published": published, **lists, **moments})


def _plain(article: Article) -> dict[str, Any]:
    fields = asdict(article)
    return fields | {name: fields[name].isoformat() for name in ("published", *_MOMENTS) if fields[name]}


def stored(answer: Answer) -> dict[str, Any]:
    """Turn an answer into plain data, its articles replaced by their keys."""
    return {
        "format": _FORMAT,
        "question": answer.question,
        "searched": answer.searched,
        "text": answer.text,
        "claims": [
            {
                "text": claim.text,
                "citations": [_place(citation) for citation in claim.citations],
                "status": claim.status,
                "denies": claim.denies,
                "confidence": claim.confidence,
                "missing": list(claim.missing),
                "answering": [list(span) for span in claim.answering],
            }
            for claim in answer.claims
        ],
        "citations": [_place(citation) for citation in answer.citations],
        "refused": answer.refused,
        "hits": [
            {**asdict(hit.passage), "article": key_of(hit.article), "score": hit.score, "found_by": hit.found_by}
            for hit in answer.hits
        ],
        "timings": dict(answer.timings),
        "written_by": answer.written_by,
        "stopped": answer.stopped,
        "note": answer.note,
        "filter": filter_fields(answer.allowed),
        "kind": answer.kind,
    }


def answer_of(data: Mapping[str, Any], articles: Mapping[str, Article]) -> Answer:
    """Make an answer of what `stored` gave; `articles` holds the versions it names, by key.

    Raises:
        KeyError, TypeError, ValueError: it is not what `stored` gave, or an article is missing.
    """
    _check_format(data)
    return Answer(
        question=data["question"],
        searched=data["searched"],
        text=data["text"],
        claims=tuple(
            Claim(
                text=claim["text"],
                citations=_citations(claim["citations"], articles),
                status=_STATUSES.get(claim["status"], claim["status"]),
                denies=claim["denies"],
                confidence=claim["confidence"],
                missing=tuple(claim["missing"]),
                # An older version knew none.
                answering=tuple((start, end) for start, end in claim.get("answering", ())),
            )
            for claim in data["claims"]
        ),
        citations=_citations(data["citations"], articles),
        refused=data["refused"],
        hits=tuple(
            Hit(
                Passage(hit["id"], hit["article_id"], hit["start"], hit["end"]),
                articles[hit["article"]],
                hit["score"],
                hit["found_by"],
            )
            for hit in data["hits"]
        ),
        timings=data["timings"],
        written_by=data["written_by"],
        stopped=data["stopped"],
        note=data["note"],
        allowed=_filter(data.get("filter")),
        kind=data.get("kind", "articles"),
    )


def keys_in(data: Mapping[str, Any]) -> set[str]:
    """Name the articles that a stored answer needs.

    Raises:
        KeyError, TypeError, ValueError: it is not what `stored` gave.
    """
    _check_format(data)
    return {place["article"] for place in (*data["citations"], *data["hits"])}


def _filter(fields: Mapping[str, Any] | None) -> Filter:
    if fields is None:  # As kept before answers told their filter.
        return EVERYTHING
    since, until = (date.fromisoformat(day) if day else None for day in (fields["since"], fields["until"]))
    return Filter(tuple(fields["publishers"]), since, until, tuple(fields["articles"]))


def _check_format(data: Mapping[str, Any]) -> None:
    if data["format"] != _FORMAT:
        raise ValueError(f"an answer of format {data['format']}")


def _place(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "article": key_of(citation.article),
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "also_in": [asdict(copy) for copy in citation.also_in],
    }


def _citations(places: Iterable[Mapping[str, Any]], articles: Mapping[str, Article]) -> tuple[Citation, ...]:
    return tuple(
        Citation(
            place["number"],
            articles[place["article"]],
            place["start"],
            place["end"],
            place["quote"],
            tuple(Copy(**copy) for copy in place.get("also_in", ())),
        )
        for place in places
    )
