"""What a loader reads from a file or page, and how that becomes an article; the fields that all kinds share."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from index.errors import EmptyArticle, LoadError
from index.load.dates import day_in
from index.load.encoding import LOST
from index.load.html import unescaped
from index.load.html_metadata import web_address
from index.load.page_marks import take_marks
from index.load.unexpected import failing_as_one
from index.text.clean import clean, plain
from index.text.language import language_of
from index.types import Article, article_id, content_hash

log = logging.getLogger(__name__)

_MAX_TAG = 60
_MAX_TAGS = 30
_MAX_TAG_DEPTH = 3
_NAME_PARTS = (("first", "given", "first_name", "given_name"), ("last", "family", "last_name", "family_name"))
_DATE_FORMATS = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%b. %d, %Y", "%Y/%m/%d", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a loader read, before cleaning; `paged` says that its text has page marks (`index.load.page_marks`)."""

    text: str
    title: str | None = None
    url: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    dated_by: str | None = None
    ocr_confidence: float | None = None
    language: str | None = None
    tags: object = None
    paged: bool = False
    subtitle: str | None = None
    section: str | None = None
    image: str | None = None


def article_of(source: object, draft: Draft, *, identity: str, name: str, path: str | None) -> Article:
    """Clean a draft and make it an article, known by `identity` and called `name` where nothing gives it a title.

    Its language is told by its text, or what is declared where the text is too short.

    Raises:
        EmptyArticle: nothing but page furniture was in it.
    """
    text, heading = clean(draft.text), clean_field(draft.title)
    text, pages = take_marks(text) if draft.paged else (text, ())
    if not text:
        raise EmptyArticle(f"{source} holds no article text; check that it is the article and not a shell around it")
    if lost := text.count(LOST):
        log.warning("%s is not all readable: %s stands in its text for what is lost, %d times", source, LOST, lost)
    opening, _, rest = text.partition("\n")
    if heading and rest.strip() and opening.strip() == heading:
        cut = text.index(rest.strip(), len(opening))
        text, pages = rest.strip(), tuple(max(0, begins - cut) for begins in pages)
    fields: dict[str, Any] = {
        "title": heading or name,
        "text": text,
        "url": clean_line(draft.url),
        "author": clean_field(draft.author),
        "publisher": clean_field(draft.publisher),
        "published": draft.published,
        "dated_by": draft.dated_by if draft.published else None,
        "ocr_confidence": draft.ocr_confidence,
        "language": language_of(text, draft.language),
        "tags": _tags(draft.tags),
        "pages": pages,
        "subtitle": clean_field(draft.subtitle),
        "section": clean_field(draft.section),
        "image": web_address(draft.image),
    }
    # Hashed as it was declared: a better detector must not make every article a changed one.
    hashed = content_hash(**{**fields, "language": clean_line(draft.language)})
    return Article(id=article_id(identity), path=path, content_hash=hashed, **fields)


def clean_line(text: str | None) -> str | None:
    """Make a one-line field plain; None when nothing is left of it."""
    return re.sub(r"\s+", " ", plain(text)).strip() or None if text else None


def clean_field(text: str | None) -> str | None:
    """Make a field of words plain, which may have been written for a page: "Tom &amp; Ann" is "Tom & Ann"."""
    return clean_line(unescaped(text)) if text else None


def first(fields: Mapping[str, object], *names: str) -> str | None:
    """Read the first of some fields that is given; a list becomes words between commas, an object its name."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, list):
            return ", ".join(said for item in value if (said := _called(item)))
        if value is not None and (said := _called(value)).strip():
            return said
    return None


def _called(value: object) -> str:
    """Name what stands in a field: an object by its name, "" where it has none."""
    if not isinstance(value, dict):
        return str(value)
    named = next((one for key in ("name", "title", "label") if isinstance(one := value.get(key), str)), None)
    parts = (value.get(key) for keys in _NAME_PARTS for key in keys)
    return named if named is not None else " ".join(one for one in parts if isinstance(one, str))


def _tags(value: object) -> tuple[str, ...]:
    """Read tags out of whatever a file gives: lists, lists of lists, words between commas; each is kept once."""
    found: dict[str, str] = {}

    def take(part: object, depth: int = 0) -> None:
        if isinstance(part, list | tuple):
            # YAML can name a list inside itself, many times over.
            for inner in part[:_MAX_TAGS] if depth < _MAX_TAG_DEPTH else ():
                take(inner, depth + 1)
        elif part is not None and not isinstance(part, dict):
            for word in re.split(r"[,;]", unescaped(str(part))):
                if tag := clean_field(word):
                    found.setdefault(tag.casefold(), tag[:_MAX_TAG])

    take(value)
    return tuple(found.values())[:_MAX_TAGS]


def as_date(source: object, value: object, text: str = "", declared: str | None = None) -> date | None:
    """Read a date as articles write it; None where there is none.

    The name of its month may be in the language of the article's `text`, or what is `declared`.

    Raises:
        LoadError: it is no date.
    """
    if value is None or isinstance(value, datetime):
        return value.date() if isinstance(value, datetime) else None
    if isinstance(value, date):
        return value
    written = str(value).strip()
    try:
        return datetime.fromisoformat(written).date()
    except ValueError:
        for pattern in _DATE_FORMATS:
            try:
                return datetime.strptime(written, pattern).date()
            except ValueError:
                continue
    if day := day_in(written) or day_in(written, language_of(text, declared)):
        return day
    raise LoadError(f"{source} gives the date {written!r}, which is none; write it as YYYY-MM-DD")


@dataclass(frozen=True, slots=True)
class Part:
    """One article of a file that holds several: a draft, or why it is none.

    `place` says where in the file it stands, "line 7"; `fragment` tells it from the others of the file and stays when
    one is put before it, None where that cannot be told; `name` is its title where nothing gives it one.
    """

    place: str
    fragment: str | None
    name: str
    draft: Draft | LoadError


def part_id(path: Path, fragment: str) -> str:
    """Name the article that a part of the file at `path` is."""
    return article_id(_of_part(path, fragment))


def article_of_part(path: Path, part: Part) -> Article:
    """Make an article of a part of the file at `path` (absolute).

    Raises:
        LoadError: the part is broken, or nothing is in it.
    """
    if isinstance(part.draft, LoadError):
        raise part.draft
    identity = _of_part(path, part.fragment or part.place)
    source = f"{path}, {part.place}"
    with failing_as_one(source):
        return article_of(source, part.draft, identity=identity, name=part.name, path=str(path))


def _of_part(path: Path, fragment: str) -> str:
    return f"{path}#{fragment}"
