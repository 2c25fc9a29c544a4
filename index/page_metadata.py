"""What a page says of its article: subtitle, author, publisher, day, language, section and lead image.

JSON-LD goes first, then OpenGraph and other `<meta>` elements, then what a reader sees. All of it is the word of
whoever made the page: wrong types, addresses that are none and days that cannot be are passed over.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from index.linked_data import LinkedData
from index.markup import plain_text

_LONGEST = {"subtitle": 600, "author": 300, "publisher": 120, "section": 80}
_LONGEST_ADDRESS = 2_000
_EARLIEST_YEAR = 1600
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# "von" and "par" begin names as well: they are taken off where a capital says that a line begins with them.
_BY = re.compile(r"(?:[Bb]y|BY|Von|VON|Par|PAR|Por|POR)(?:\s*:\s*|\s+)")
_LONGEST_BYLINE = 120
# How pages name, in a class, what stands under their headline.
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:standfirst|subtitle|sub-?headline|sub-?title|sub-?heading|dek|deck)(?:$|[\s_-])"
)
_BYLINE = re.compile(r"(?:^|[\s_-])(?:byline|author-?names?)(?:$|[\s_-])")
_CUT = ("…", "...")
_MOST_LOOKED_AT = 3_000
_PARAGRAPH_WORDS = 25


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says of its article; None where it says nothing that can be used. `image` is an http address."""

    subtitle: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    language: str | None = None
    section: str | None = None
    image: str | None = None


def page_metadata(root: Any, address: str | None = None) -> PageMetadata:
    """Read the metadata of a page from its tree; `address` is its own, against which others are read."""
    said = _Meta(root)
    own = address or said.first("og:url")
    scripts = root.iterfind('.//script[@type="application/ld+json"]')
    linked = LinkedData([script.text or "" for script in scripts], own)
    visible = _Visible(root)
    return PageMetadata(
        subtitle=_subtitle(linked, said, visible),
        author=_names(linked.names("author", "creator"), "author")
        or _names(said.all("author", "article:author", "parsely-author", "dc.creator", "sailthru.author"), "author")
        or _names(visible.authors(), "author"),
        publisher=_names(linked.names("publisher", "sourceOrganization")[:1], "publisher")
        or _names(said.all("og:site_name", "application-name", "dc.publisher")[:1], "publisher"),
        published=_first_day([linked.text("datePublished"), linked.text("dateCreated"), *said.all(*_DAYS)])
        or _first_day(visible.days()),
        language=_language([root.get("lang"), linked.text("inLanguage"), *said.all("og:locale", "content-language")]),
        section=_line(linked.text("articleSection"), "section")
        or _line(said.first("article:section", "parsely-section", "og:section"), "section"),
        image=_image([linked.address("image"), *said.all("og:image", "og:image:url", "twitter:image")], own),
    )


_DAYS = ("article:published_time", "og:published_time", "datepublished", "parsely-pub-date", "date", "dc.date.issued")


class _Meta:
    """The `<meta>` elements of a page, by their names in small letters."""

    def __init__(self, root: Any) -> None:
        self._found: dict[str, list[str]] = {}
        for _, element in zip(range(_MOST_LOOKED_AT), root.iterfind(".//meta[@content]"), strict=False):
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                if name := element.get(attribute):
                    self._found.setdefault(name.strip().lower(), []).append(element.get("content"))

    def all(self, *names: str) -> list[str]:
        """Read what is under the first of `names` that is there."""
        return next((self._found[name] for name in names if any(map(str.strip, self._found.get(name, [])))), [])

    def first(self, *names: str) -> str | None:
        """Read the first value under the first of `names` that is there."""
        return next(iter(self.all(*names)), None)


class _Visible:
    """What a reader sees around the article's text."""

    def __init__(self, root: Any) -> None:
        body = root.find("body")
        self._body = body if body is not None else root
        marked = (one for one in self._body.iterfind(".//*[@class]") if not _is_beside(one))
        self._classes = [element for _, element in zip(range(_MOST_LOOKED_AT), marked, strict=False)]

    def standfirst(self) -> str | None:
        """Read what stands under the headline: below the first paragraph it would be that of another article."""
        for _, element in zip(range(_MOST_LOOKED_AT), self._body.iter("*"), strict=False):
            if _STANDFIRST.search((element.get("class") or "").lower()) and not _is_beside(element):
                if text := _words_of(element):
                    return text
            elif element.tag == "p" and len(_words_of(element).split()) >= _PARAGRAPH_WORDS:
                break
        return None

    def authors(self) -> list[str]:
        named = self._body.iterfind(".//*[@rel]"), self._body.iterfind(".//*[@itemprop]")
        signed = [
            one for found in named for one in found if "author" in (one.get("rel") or one.get("itemprop")).split()
        ]
        signed += [one for one in self._classes if _BYLINE.search(one.get("class").lower())]
        texts = [text for one in signed if (text := _words_of(one)) and len(text) <= _LONGEST_BYLINE]
        # The first byline is the article's; the same link may stand in it and under the text.
        return re.split(r"\s+[|·•]\s+", texts[0])[:1] if texts else []

    def days(self) -> list[str]:
        times = self._body.iterfind(".//time[@datetime]")
        return [
            one.get("datetime") for one in times if "pubdate" in one.attrib or one.get("itemprop") == "datePublished"
        ]


def _subtitle(linked: LinkedData, said: _Meta, visible: _Visible) -> str | None:
    """Choose what stands under the headline; a description that was cut short is none."""
    offered = (
        visible.standfirst(),
        linked.text("alternativeHeadline"),
        linked.text("description"),
        said.first("og:description"),
        said.first("description", "twitter:description"),
    )
    lines = (_line(one, "subtitle") for one in offered)
    return next((line for line in lines if line and not line.endswith(_CUT)), None)


def _names(names: Sequence[str], field: str) -> str | None:
    """Join names with commas, each once; addresses of profiles are no names."""
    kept: dict[str, str] = {}
    for name in names:
        line = _line(name, field)
        if line and not re.match(r"(?:https?:)?//|@|#", line) and (plain := _BY.sub("", line, count=1).strip(" ,;|")):
            kept.setdefault(plain.casefold(), plain)
    return ", ".join(kept.values())[: _LONGEST[field]] or None


def _line(value: str | None, field: str) -> str | None:
    """Make one plain line of a value, which may hold entities and markup; None when it is empty or far too long."""
    if not value or len(value) > 20 * _LONGEST[field]:
        return None
    text = html.unescape(value)
    line = plain_text(text) if "<" in text else " ".join(text.split())
    return line if line and len(line) <= _LONGEST[field] else None


def _is_beside(element: Any) -> bool:
    """Say whether an element is no part of the article: in a menu, beside it, or at the foot of the page."""
    return any(True for _ in element.iterancestors("aside", "nav", "footer"))


def _words_of(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _first_day(values: Sequence[str | None]) -> date | None:
    return next((day for value in values if (day := _day(value))), None)


def _day(value: str | None) -> date | None:
    """Read the day of a time stamp, as it was where it was written."""
    text = (value or "").strip()[:40]
    found = _DAY.match(text)
    try:
        day = datetime.fromisoformat(found.group() if found else text).date()
    except ValueError:
        return None
    return day if _EARLIEST_YEAR <= day.year <= date.today().year + 1 else None


def _language(values: Sequence[str | None]) -> str | None:
    plain = ((value or "").strip().replace("_", "-") for value in values)
    return next((value for value in plain if _LANGUAGE.fullmatch(value)), None)


def _image(values: Sequence[str | None], base: str | None) -> str | None:
    return next((address for value in values if (address := web_address(value, base))), None)


def web_address(value: str | None, base: str | None = None) -> str | None:
    """Read an address, against that of the page; None for what is not http or https."""
    plain = html.unescape(value or "").strip()
    try:
        address = urljoin(base or "", plain) if plain else ""
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return None
    return address if sound and len(address) <= _LONGEST_ADDRESS and re.fullmatch(r"[!-~]+", address) else None
