"""Serialise values as plain data, in the one form used by `--json`, the API and exports.

JSON has the fields of a value's dataclass, so that each field is declared once. `members_of` has the exceptions: other
names or order, omissions and replacements. `assistant.web.api.schema` makes the API schema from the same members.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from functools import cache, partial
from operator import attrgetter
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from assistant.types import Answer, Citation, Claim
from index.load.page_marks import pages_of
from index.types import Article, Copy, Hit


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a JSON object: its name, type and description, and how to read it from the value."""

    name: str
    type: Any
    meaning: str
    read: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a claim, and where they stand in its text, in code points; the end is not included."""

    text: str
    start: int
    end: int


def as_dict(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain data; offsets are code points into the article's text."""
    return _object(answer)


def article_fields(article: Article) -> dict[str, Any]:
    """Return an article's fields, without its text, as plain data."""
    return _object(article)


def copy_fields(copy: Copy) -> dict[str, Any]:
    """Return a copy of an article as plain data."""
    return _object(copy)


@cache
def members_of(kind: type) -> tuple[Member, ...]:
    """Return the JSON members of a dataclass, in order."""
    members = _declared(kind)
    first = ""
    if kind is Answer:
        first = "question searched text refused"
        del members["draft"]
        members["allowed"] = replace(members["allowed"], name="filter")
    elif kind is Claim:
        first = "text status denies confidence missing answering"
        told = "The words that answer the question; none where an LLM wrote the claim."
        members["answering"] = Member("answers", tuple[Words, ...], told, _words)
        members["citations"] = Member(
            "citations", tuple[int, ...], "The numbers of the citations it rests on.", _numbers
        )
    elif kind is Citation:
        number, article = members.pop("number"), members.pop("article")
        return (number, *_of_article(article, "start", "end"), *members.values())
    elif kind is Hit:
        article = members.pop("article")
        del members["passage"]
        members["score"] = replace(members["score"], read=lambda hit: round(hit.score, 4))
        return (
            Member("passage", str, "Its id.", attrgetter("passage.id")),
            *_of_article(article, "passage.start", "passage.end"),
            Member("start", int, "", attrgetter("passage.start")),
            Member("end", int, "", attrgetter("passage.end")),
            Member("text", str, "", attrgetter("text")),
            *members.values(),
        )
    elif kind is Article:
        first = "id title subtitle author publisher published dated_by ocr_confidence language section tags image"
        for name in ("text", "content_hash", "pages"):
            del members[name]
        members["id"] = replace(members["id"], name="article", meaning="The article's id.")
    elif kind is Copy:
        first = "id title publisher url"
        members["id"] = replace(members["id"], name="article", meaning="Its id.")
    return tuple(members[name] for name in dict.fromkeys([*first.split(), *members]))


def _declared(kind: type) -> dict[str, Member]:
    """Return a member for each field of a dataclass, by name."""
    hints = get_type_hints(kind, include_extras=True)
    found = {}
    for name in (field.name for field in fields(kind)):
        type_, meaning = get_args(hints[name])[:2] if get_origin(hints[name]) is Annotated else (hints[name], "")
        found[name] = Member(name, type_, meaning, attrgetter(name))
    return found


def _of_article(article: Member, start: str, end: str) -> Iterable[Member]:
    """Yield the members of a value's article, to be merged into the value's own, and its pages in the article."""
    for member in members_of(Article):
        yield replace(member, read=partial(_through, article.read, member.read))
    place = attrgetter(start, end)
    told = "The pages of the article it stands on, from 1; none where it has no pages."
    yield Member("pages", tuple[int, ...], told, lambda value: _pages(article.read(value), *place(value)))


def _through(outer: Callable[[Any], Any], inner: Callable[[Any], Any], value: Any) -> Any:
    return inner(outer(value))


def _words(claim: Claim) -> list[Words]:
    return [Words(claim.text[start:end], start, end) for start, end in claim.answering]


def _numbers(claim: Claim) -> list[int]:
    return [citation.number for citation in claim.citations]


def _pages(article: Article, start: int, end: int) -> list[int]:
    found = pages_of(article.pages, start, end)
    return list(range(found[0], found[1] + 1)) if found else []


def _object(value: Any) -> dict[str, Any]:
    members = members_of(type(value))  # type: ignore[arg-type]  # To mypy, not every class is hashable.
    return {member.name: _plain(member.read(value)) for member in members}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return _object(value)
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
