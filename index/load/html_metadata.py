"""What a page says of its article: subtitle, author, publisher, day, language, section and lead image.

JSON-LD goes first, then OpenGraph and other `<meta>` elements, then what a reader sees. All of it is the word of
whoever made the page: wrong types, addresses that are none and days that cannot be are passed over.
"""

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

from index.load.dates import day_in, day_in_address
from index.load.html import plain_text
from index.load.html_byline import BY, CHANGED, Visible, signer
from index.load.json_ld import LinkedData

_MAX_LENGTHS = {"subtitle": 600, "author": 300, "publisher": 120, "section": 80}
_MAX_ADDRESS = 2_000
_MAX_STAMP = 60
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_CUT = ("…", "...")
_MAX_LOOKED_AT = 3_000


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says of its article; None where it says nothing that can be used. `image` is an http address."""

    subtitle: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    dated_by: str | None = None
    language: str | None = None
    section: str | None = None
    image: str | None = None


def page_metadata(root: Any, address: str | None = None) -> PageMetadata:
    """Read the metadata of a page from its tree; `address` is its own, against which others are read."""
    said = _Meta(root)
    own = address or said.first("og:url") or _canonical(root)
    scripts = root.iterfind('.//script[@type="application/ld+json"]')
    visible = Visible(root)
    titles = [*said.all("og:title", "twitter:title"), *visible.titles()]
    linked = LinkedData([script.text or "" for script in scripts], own, titles)
    language = _language([root.get("lang"), linked.text("inLanguage"), *said.all("og:locale", "content-language")])
    published, dated_by = _dated(linked, said, visible, own, language)
    return PageMetadata(
        subtitle=_subtitle(linked, said, visible),
        author=names(linked.names("author", "creator"), "author")
        or names(said.all("author", "article:author", "parsely-author", "dc.creator", "sailthru.author"), "author")
        or names(visible.authors(), "author"),
        publisher=names(linked.names("publisher", "sourceOrganization")[:1], "publisher")
        or names(said.all("og:site_name", "application-name", "dc.publisher")[:1], "publisher"),
        published=published,
        dated_by=dated_by,
        language=language,
        section=_line(linked.text("articleSection"), "section")
        or _line(said.first("article:section", "parsely-section", "og:section"), "section"),
        image=_image([linked.address("image"), *said.all("og:image", "og:image:url", "twitter:image")], own),
    )


def _dated(
    linked: LinkedData, said: "_Meta", visible: Visible, own: str | None, language: str | None
) -> tuple[date | None, str | None]:
    """Read the day of publication, and say where it was read; the surest place goes first."""
    places: tuple[tuple[str, Callable[[], date | None]], ...] = (
        ("JSON-LD", lambda: _first_day([linked.text("datePublished"), linked.text("dateCreated")])),
        ("meta", lambda: _first_day(said.all(*_DAYS))),
        ("time", lambda: _first_day(visible.times())),
        ("address", lambda: day_in_address(own)),
        ("byline", lambda: visible.day_in_byline(language)),
    )
    return next(((day, name) for name, read in places if (day := read())), (None, None))


def what_is_told(root: Any) -> list[str]:
    """Read what a page says that it tells: its headline and its description."""
    said = _Meta(root)
    headlines = [*said.all("og:title", "twitter:title")[:1], *Visible(root).titles()]
    return [*headlines, *said.all("og:description")[:1], *said.all("description")[:1]]


def _canonical(root: Any) -> str | None:
    links = (link for link in root.iterfind(".//link[@href]") if "canonical" in (link.get("rel") or "").lower().split())
    return web_address(next((link.get("href") for link in links), None))


_DAYS = tuple(
    """article:published_time og:published_time article:published datepublished pubdate publishdate publish-date
    publish_date publication_date parsely-pub-date sailthru.date citation_publication_date citation_date
    rnews:datepublished dc.date.issued dcterms.issued dc.date dcterms.date dcterms.created date""".split()
)


class _Meta:
    """The `<meta>` elements of a page, by their names in small letters."""

    def __init__(self, root: Any) -> None:
        self._found: dict[str, list[str]] = {}
        for _, element in zip(range(_MAX_LOOKED_AT), root.iterfind(".//meta[@content]"), strict=False):
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                if name := element.get(attribute):
                    self._found.setdefault(name.strip().lower(), []).append(element.get("content"))

    def all(self, *names: str) -> list[str]:
        """Read what is under the first of `names` that is there."""
        return next((self._found[name] for name in names if any(map(str.strip, self._found.get(name, [])))), [])

    def first(self, *names: str) -> str | None:
        """Read the first value under the first of `names` that is there."""
        return next(iter(self.all(*names)), None)


def _subtitle(linked: LinkedData, said: _Meta, visible: Visible) -> str | None:
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


def names(found: Sequence[str], field: str) -> str | None:
    """Join names with commas, each once; addresses of profiles are no names."""
    kept: dict[str, str] = {}
    for name in found:
        line = _line(name, field)
        if line and field == "author":
            line = signer(line)
            line = None if line and CHANGED.match(line) else line
        if line and not re.match(r"(?:https?:)?//|@|#", line) and (plain := BY.sub("", line, count=1).strip(" ,;|")):
            kept.setdefault(plain.casefold(), plain)
    return ", ".join(kept.values())[: _MAX_LENGTHS[field]] or None


def _line(value: str | None, field: str) -> str | None:
    """Make one plain line of a value, which may hold entities and markup; None when it is empty or far too long."""
    if not value or len(value) > 20 * _MAX_LENGTHS[field]:
        return None
    text = html.unescape(value)
    line = plain_text(text) if "<" in text else " ".join(text.split())
    return line if line and len(line) <= _MAX_LENGTHS[field] else None


def _first_day(values: Sequence[str | None]) -> date | None:
    return next((day for value in values if (day := day_in((value or "")[:_MAX_STAMP]))), None)


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
    return address if sound and len(address) <= _MAX_ADDRESS and re.fullmatch(r"[!-~]+", address) else None
