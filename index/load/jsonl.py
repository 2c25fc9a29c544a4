"""Exports as JSON lines: each line an object, each object an article, read one at a time.

What its fields are called is known for the common names; other names are given: `{"title": "headline"}`.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from index.errors import LoadError, UnknownType
from index.load.encoding import decode
from index.load.formats import MAX_LINE
from index.load.html import unescaped
from index.load.parsed import Draft, Part, as_date, first
from index.load.unexpected import failing_as_one

Names = Mapping[str, str]
"""What an export calls its fields, by what they are called here: `{"text": "body_text"}`."""
Read = Callable[[object, str], Draft]

_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "guid"),
    "title": ("title", "headline"),
    "text": ("text", "body", "content"),
    "html": ("html", "content_html"),
    "url": ("url", "link", "canonical"),
    "author": ("author", "authors", "byline"),
    "publisher": ("publisher", "site", "source_name"),
    "published": ("published", "date"),
    "language": ("language", "lang"),
    "tags": ("tags", "keywords", "categories"),
}
_LINES_LOOKED_AT = 20
_NAME = 80
_SECONDS = 1e11  # Larger numbers are a time in milliseconds.
_MARKUP = re.compile(
    r"\s*<(?:!doctype|html|head|body|article|section|div|p|h[1-6]|ul|ol|table|figure|blockquote)\b", re.I
)
_AS_IT_IS = ("id", "url", "text", "html")


def names_of(given: Sequence[str]) -> dict[str, str]:
    """Read names given as `title=headline`.

    Raises:
        LoadError: that is not how one is written, or articles have no such field.
    """
    names = {}
    for one in given:
        field, equals, name = (part.strip() for part in one.partition("="))
        if not equals or not name or field not in _NAMES:
            raise LoadError(f"--map {one!r} is none: write FIELD=NAME, with a field of {', '.join(_NAMES)}")
        names[field] = name
    return names


def lines(path: Path, names: Names, *, read_html: Read, read_text: Read) -> Iterator[Part]:
    """Read the articles of the export at `path`, one at a time.

    `read_html` and `read_text` make a draft of markup, and of text that has no title.

    Raises:
        UnknownType: none of the first lines has a text, and nobody said what it is called.
        LoadError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            _look(path, file, names)
            file.seek(0)
            titles: Counter[str] = Counter()
            for number, line in _lines(file):
                place = f"line {number}"
                if line is None:
                    most = f"{MAX_LINE // 1024**2} MB"
                    yield _broken(f"{path}, {place} is longer than {most}; an article is a line by itself", place)
                elif line.strip():
                    yield _part_or_reason(path, place, line, names, titles, read_html, read_text)
    except OSError as error:
        raise LoadError(f"{path} cannot be read ({error.strerror}); check its permissions") from error


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield lines with their numbers, from 1; None for one that is too long."""
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if len(line) <= MAX_LINE:
            yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE)
        yield number, None


def _look(path: Path, file: BinaryIO, names: Names) -> None:
    """Make sure that this is an export of articles: JSON lines are used for much else."""
    if names:
        return
    objects = [_object(line) for _, line in islice(_lines(file), _LINES_LOOKED_AT) if line and line.strip()]
    found = [one for one in objects if isinstance(one, dict)]
    if found and not any(_text(one, names) for one in found):
        known = ", ".join((*_NAMES["text"], *_NAMES["html"]))
        raise UnknownType(f"{path}: no line has an article in {known}; say which field has it: --map text=FIELD")


def _object(line: bytes) -> dict[str, Any] | str:
    """Read a line; returns why it is no object where it is none."""
    try:
        found = json.loads(decode("it", line))
    except LoadError:
        return "is not text but binary data; correct or remove it"
    except json.JSONDecodeError as error:
        return f"is not JSON ({error.msg} at character {error.colno}); correct or remove it"
    except (ValueError, RecursionError):
        return "is not JSON that can be read (too deep, or a number too long); correct or remove it"
    return found if isinstance(found, dict) else "is JSON, but no object with fields; correct or remove it"


def _part_or_reason(
    path: Path, place: str, line: bytes, names: Names, titles: "Counter[str]", read_html: Read, read_text: Read
) -> Part:
    try:
        with failing_as_one(f"{path}, {place}"):
            return _part(path, place, line, names, titles, read_html, read_text)
    except LoadError as error:
        return Part(place, None, place, error)


def _part(
    path: Path, place: str, line: bytes, names: Names, titles: "Counter[str]", read_html: Read, read_text: Read
) -> Part:
    where = path.with_name(f"{path.name}, {place}")
    fields = _object(line)
    if isinstance(fields, str):
        return _broken(f"{where} {fields}", place)
    known_by, title, url = (_one(fields, names, name) for name in ("id", "title", "url"))
    text = _text(fields, names)
    excerpt = text[:_NAME].partition("\n")[0].rpartition(" ")[0]
    name = (url or "").rstrip("/").rpartition("/")[2] or excerpt or place
    fragment = known_by or url or _hash(title or text or place, titles)
    try:
        with failing_as_one(where):
            draft = _draft(where, fields, names, text, read_html, read_text)
    except LoadError as error:
        return Part(place, fragment, name, error)
    return Part(place, fragment, name, replace(draft, title=title or draft.title, url=url or draft.url))


def _hash(words: str, seen: "Counter[str]") -> str:
    """Hash what an article without id and address is known by; the second of a name gets a number."""
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    seen[digest] += 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def _draft(where: object, fields: dict[str, Any], names: Names, text: str, read_html: Read, read_text: Read) -> Draft:
    if not text:
        wanted = " or ".join(names.get(name, name) for name in ("text", "html"))
        raise LoadError(f"{where} has no {wanted}; give it one or remove it")
    marked_up = _MARKUP.match(text) or not _one(fields, names, "text")
    if marked_up:
        draft = read_html(where, text)
    else:
        if unescaped(text) != text:
            text = "\n\n".join(map(unescaped, re.split(r"\n\s*\n", text)))
        draft = Draft(text) if _one(fields, names, "title") else read_text(where, text)
    language = _one(fields, names, "language") or draft.language
    published = _date(where, _value(fields, names, "published"), draft.text, language)
    return replace(
        draft,
        author=_one(fields, names, "author") or draft.author,
        publisher=_one(fields, names, "publisher") or draft.publisher,
        published=published or draft.published,
        dated_by="export" if published else draft.dated_by,
        language=language,
        tags=[_at(fields, name) for name in _called("tags", names)],
    )


def _broken(reason: str, place: str) -> Part:
    return Part(place, None, place, LoadError(reason))


def _text(fields: dict[str, Any], names: Names) -> str:
    return _one(fields, names, "text") or _one(fields, names, "html") or ""


def _called(field: str, names: Names) -> tuple[str, ...]:
    return (names[field],) if field in names else _NAMES[field]


def _one(fields: dict[str, Any], names: Names, field: str) -> str | None:
    found = first({name: _at(fields, name) for name in _called(field, names)}, *_called(field, names))
    return unescaped(found) if found and field not in _AS_IT_IS else found


def _value(fields: dict[str, Any], names: Names, field: str) -> Any:
    return next((found for name in _called(field, names) if (found := _at(fields, name)) not in (None, "")), None)


def _at(fields: dict[str, Any], name: str) -> Any:
    """Read a field; `content.body` is a field within a field, where none is called that."""
    if name in fields or "." not in name:
        return fields.get(name)
    outer, _, inner = name.partition(".")
    within = fields.get(outer)
    return _at(within, inner) if isinstance(within, dict) else None


def _date(where: object, value: Any, text: str, language: str | None) -> date | None:
    """Read a date: as articles write it, as mail does, or as seconds or milliseconds since 1970."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000 if value > _SECONDS else value, UTC).date()
        except (ValueError, OverflowError, OSError):
            pass
    try:
        return as_date(where, value, text, language)
    except LoadError:
        try:
            return parsedate_to_datetime(str(value)).date()
        except (ValueError, OverflowError):
            pass
        raise
