"""Mails as files (.eml), newsletters above all: who sent what and when, and the part to read."""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from index.decode import decode
from index.draft import Draft
from index.errors import EmptyArticle, LoadError

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
_LONGEST_FURNITURE = 200
_ABOVE, _BELOW = 3, 6  # lines


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail: its fields as a draft without text, and its words, as HTML where `marked_up`."""

    fields: Draft
    words: str
    marked_up: bool


def read_mail(source: object, data: bytes) -> Mail:
    """Read a mail.

    Raises:
        EmptyArticle: there is nothing to read in it.
        LoadError: it is no mail, or damaged.
    """
    from email import message_from_bytes, policy

    try:
        message = message_from_bytes(data, policy=policy.default)
        if not any(message[name] for name in ("From", "Subject", "Date")):
            raise LoadError(f"{source} is no mail: it has no sender, subject or date; give it its right ending")
        fields = Draft(
            text="",
            title=_FORWARDED.sub("", str(message["Subject"] or ""), count=1).strip() or None,
            url=str(message["Archived-At"] or "").strip(" <>") or None,
            publisher=_sender(message),
            published=_day(message),
            language=str(message["Content-Language"] or "").partition(",")[0] or None,
        )
        body = message.get_body(("html", "plain"))
        words = body.get_payload(decode=True) if body else None
        charset, kind = (body.get_content_charset(), body.get_content_type()) if body else (None, "")
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise LoadError(f"{source} is a mail that cannot be read ({error}); save it anew") from error
    if not isinstance(words, bytes) or not words.strip():
        raise EmptyArticle(f"{source} is a mail without text; remove it")
    marked_up = kind == "text/html"
    text = decode(source, words, charset, marked_up=marked_up)
    return Mail(fields, _TABLES.sub(r"<\1div>", text) if marked_up else text, marked_up)


def with_fields(mail: Mail, draft: Draft) -> Draft:
    """Give a draft of a mail's words the mail's fields, and take out the lines that every newsletter has."""
    fields, lines = mail.fields, [line for line in draft.text.split("\n\n") if line.strip()]
    edges = {*range(_ABOVE), *range(len(lines) - _BELOW, len(lines))}
    kept = [line for number, line in enumerate(lines) if number not in edges or not _is_furniture(line)]
    return replace(
        fields,
        text="\n\n".join(kept),
        title=fields.title or draft.title,
        url=fields.url or draft.url,
        author=draft.author,
        language=fields.language or draft.language,
        published=fields.published or draft.published,
    )


def _is_furniture(line: str) -> bool:
    return len(line) <= _LONGEST_FURNITURE and _FURNITURE.search(line) is not None


def _sender(message: "EmailMessage") -> str | None:
    """Name who sent a mail: by name, else by the domain."""
    sender = message["From"]
    addresses = getattr(sender, "addresses", ())
    if not addresses:
        return str(sender) if sender else None
    return addresses[0].display_name or addresses[0].domain or None


def _day(message: "EmailMessage") -> date | None:
    sent = getattr(message["Date"], "datetime", None)
    return sent.date() if sent else None
