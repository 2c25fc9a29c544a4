"""Mails as files (.eml), newsletters above all: who sent what and when, and all the words that its reader is shown."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from index.errors import EmptyArticle, LoadError
from index.load.dates import day_in, sane_day
from index.load.encoding import decode
from index.load.html import canonical_link, parse
from index.load.html_document import block_text
from index.load.html_metadata import PageMetadata, page_metadata, web_address
from index.load.parsed import Draft
from index.text.clean import clean

if TYPE_CHECKING:
    from email.message import EmailMessage

_FORWARDED = re.compile(r"(?:(?:fwd?|re|wg|aw|tr|rv)\s*:\s*)+", re.IGNORECASE)
# What newsletters have above and below their articles.
_FURNITURE = re.compile(
    r"""unsubscribe | (?:view|read|open)\s.{0,30}\b(?:browser|online|app)\b
      | (?:manage|update)\s.{0,30}\b(?:preferences|subscription)
      | you(?:\s+are|['’]re)?\s+(?:are\s+)?receiv(?:ing|ed)\s+this
      | forwarded\s+this | forward\s+to\s+a\s+friend | privacy\s+policy
      | abmelden | abbestellen | im\s+browser | se\s+désabonner | désinscri
      | darse\s+de\s+baja | cancelar\s.{0,20}suscripción
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Mails are laid out in tables; as tables, each paragraph would be a cell.
_TABLES = re.compile(r"<(/?)(?:table|tbody|thead|tfoot|tr|td|th)\b[^<>]*>", re.IGNORECASE)
# Lines of "format=flowed" that go on: all that end in a space, but for that before a signature.
_FLOWED = re.compile(r"(?<!^--) \r?\n(?=[^\s>])", re.MULTILINE)
_MAX_FURNITURE = 200
_ABOVE, _BELOW = 3, 6  # lines
_MAX_DEPTH = 20
# An HTML part with so few of the words of the plain part beside it is a picture of them.
_MIN_SHARE = 0.5
_ADDRESS = re.compile(r"\S+://\S+")
_NOTHING = PageMetadata()
# Days as programs write them that know nothing of mail.
_ISO = re.compile(r"\s*\d{4}-\d{2}-\d{2}(?!\d)")
# Kinds of text that are for programs.
_FOR_PROGRAMS = ("text/calendar", "text/css", "text/csv", "text/javascript", "text/vcard", "text/x-amp-html")


@dataclass(frozen=True, slots=True)
class _Words:
    """What a part of a mail says: its text, a block a paragraph, and what its HTML says of itself."""

    text: str
    said: PageMetadata = _NOTHING
    url: str | None = None


def load_mail(source: object, data: bytes, read_text: Callable[[object, str], Draft]) -> Draft:
    """Read a mail; `read_text` makes a draft of text without markup, whose title may be in it.

    Raises:
        EmptyArticle: there is nothing to read in it.
        LoadError: it is no mail.
    """
    from email import message_from_bytes, policy

    message = message_from_bytes(data, policy=policy.default)
    if not any(_header(message, name) for name in ("From", "Subject", "Date")):
        raise LoadError(f"{source} is no mail: it has no sender, subject or date; give it its right ending")
    parts = [words for words in _words(source, message, 0) if words.text.strip()]
    if not parts:
        raise EmptyArticle(f"{source} is a mail without text; remove it")
    text = "\n\n".join(_without_furniture(words.text) for words in parts)
    title = _FORWARDED.sub("", _header(message, "Subject"), count=1).strip() or None
    draft = Draft(text, title=title) if title else read_text(source, text)
    said, sent = parts[0].said, _day(message)
    return replace(
        draft,
        url=_header(message, "Archived-At").strip(" <>") or parts[0].url,
        author=said.author,
        publisher=_sender(message),
        published=sent or said.published,
        dated_by="mail" if sent else said.dated_by,
        language=_header(message, "Content-Language").partition(",")[0] or said.language,
    )


def _words(source: object, part: "EmailMessage", depth: int) -> Iterator[_Words]:
    """Yield the words of a part and of those within it, in order; of alternatives, those of one."""
    kind = part.get_content_type()
    inner: Any = part.get_payload() if part.is_multipart() and depth < _MAX_DEPTH else []
    if kind == "multipart/alternative":
        offered = [list(_words(source, one, depth + 1)) for one in inner]
        yield from _fullest(offered)
    elif kind == "message/rfc822":
        for one in inner:
            text = "\n\n".join(words.text for words in _words(source, one, depth + 1))
            yield _Words("\n\n".join(filter(None, (_heading(one), text))))
    elif part.is_multipart():
        for one in inner:
            yield from _words(source, one, depth + 1)
    elif _is_text(kind) and part.get_content_disposition() != "attachment":
        yield _read(source, part, marked_up="html" in kind)


def _is_text(kind: str) -> bool:
    """Say whether a part of this kind is text to be read; one that should hold parts, and has none, is."""
    text = kind.startswith(("text/", "multipart/")) or kind == "application/xhtml+xml"
    return text and kind not in _FOR_PROGRAMS


def _fullest(offered: list[list[_Words]]) -> list[_Words]:
    """Choose the last of several ways to say the same, as mail programs do, unless it says but a part of it."""
    lengths = [sum(len(_ADDRESS.sub("", words.text).split()) for words in way) for way in offered]
    enough = (way for way, length in zip(offered, lengths, strict=True) if length >= _MIN_SHARE * max(lengths))
    return [*enough][-1] if any(lengths) else []


def _read(source: object, part: "EmailMessage", *, marked_up: bool) -> _Words:
    payload: Any = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        return _Words("")
    text = decode(source, payload, part.get_content_charset(), marked_up=marked_up)
    if not marked_up:
        return _Words(clean(_FLOWED.sub(" ", text) if part.get_param("format") == "flowed" else text))
    root = parse(text)
    said = page_metadata(root) if root is not None else _NOTHING
    return _Words(block_text(_TABLES.sub(r"<\1div>", text))[1], said, web_address(canonical_link(text)))


def _without_furniture(text: str) -> str:
    """Take out the lines that every newsletter has above and below its article."""
    lines = [line for line in text.split("\n\n") if line.strip()]
    edges = {*range(_ABOVE), *range(len(lines) - _BELOW, len(lines))}
    kept = [line for number, line in enumerate(lines) if number not in edges or not _is_furniture(line)]
    return "\n\n".join(kept)


def _is_furniture(line: str) -> bool:
    return len(line) <= _MAX_FURNITURE and _FURNITURE.search(line) is not None


def _heading(message: "EmailMessage") -> str:
    """Say what stands above a mail within a mail: its subject, and who sent it when."""
    day = _day(message)
    sent = ", ".join(filter(None, (_sender(message), day.isoformat() if day else None)))
    return "\n\n".join(filter(None, (_header(message, "Subject").strip(), sent)))


def _header(message: "EmailMessage", name: str) -> str:
    """Read a header; as it is written where it is not as it has to be, "" where there is none."""
    return str(_parsed(message, name) or "") or _written(message, name)


def _written(message: "EmailMessage", name: str) -> str:
    return next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")


def _parsed(message: "EmailMessage", name: str) -> Any:
    """Read a header as Python's library does, which raises many things over those that are broken; None then."""
    try:
        return message[name]
    except Exception:
        return None


def _sender(message: "EmailMessage") -> str | None:
    """Name who sent a mail: by name, else by the domain."""
    addresses = getattr(_parsed(message, "From"), "addresses", ())
    if not addresses:
        return _header(message, "From") or None
    return addresses[0].display_name or addresses[0].domain or None


def _day(message: "EmailMessage") -> date | None:
    """Read the day a mail was sent, where it was; None where it does not say, or no day can be what it says."""
    said = _written(message, "Date")
    sent = getattr(_parsed(message, "Date"), "datetime", None)
    # Python's library makes years of numbers that are none.
    day = sent.date() if sent and re.search(rf"[A-Za-z][\s-]+(?:{sent.year}|{sent.year % 100:02})\b", said) else None
    return sane_day(day) or (day_in(said) if _ISO.match(said) else None)
