"""Feeds and sitemaps: RSS, Atom, JSON Feed, sitemap, and index of sitemaps.

What a feed says is untrusted: only http and https addresses are taken from it, names and dates are plain text, and XML
that declares entities is refused unread. An entry that carries its article in full becomes a page of its own; of the
others, and of what a sitemap lists, the address is fetched.
"""

import html
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urljoin

from index.errors import FetchError, LoadError
from index.load.dates import day_in
from index.load.decompress import TooLarge, gunzip
from index.load.encoding import decode
from index.load.html import plain_text
from index.load.unexpected import failing_as_one
from index.load.xml import parse_mended, written
from index.urls import normalise

MAX_ENTRIES = 1_000
"""How many entries of one feed or sitemap are taken; the first ones, which are the newest in most feeds."""

_MAX_UNPACKED = 50_000_000  # what the sitemap protocol allows
_MAX_ELEMENTS = 100_000
_FULL_TEXT_WORDS = 150
_MAX_STAMP = 60
_CUT = re.compile(r"(?:\[?(?:…|\.\.\.)\]?|(?:continue|keep) reading\W*|read (?:more|on)\W*)\s*$", re.IGNORECASE)
# Possessive, so that a prologue made to be parsed in many ways is parsed in one.
_PROLOGUE = re.compile(
    r"\A(?>\s|<\?(?>.*?\?>)|<!--(?>.*?-->)|<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\])?+\s*+>)*+<([\w.:-]+)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """What a feed says of one article; `page` is the article as an HTML page (UTF-8), where the feed carries it.

    `updated` is when it last changed, in the feed's own words; "" where it does not say.
    """

    address: str
    title: str = ""
    published: date | None = None
    page: bytes | None = None
    updated: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a feed or sitemap, as they are listed.

    `kind` is "feed", "sitemap", or "sitemaps" when the entries are sitemaps themselves; `left_out` counts those beyond
    the limit, and `unusable` those without a web address.
    """

    entries: tuple[FeedEntry, ...]
    kind: str = "feed"
    left_out: int = 0
    unusable: int = 0


def root_of(text: str) -> str:
    """Name the root element of XML or HTML, in lower case and without its prefix; "" where there is none."""
    found = _PROLOGUE.match(text)
    return found.group(1).lower().rpartition(":")[2] if found else ""


def read_feed(address: str, data: bytes, charset: str | None = None) -> Feed | None:
    """Read the feed that stands at an address; None when what stands there is no feed.

    Raises:
        FetchError: it is a feed, and damaged or hostile.
        LoadError: something unforeseen was wrong with it.
    """
    with failing_as_one(address):
        return _read_feed(address, data, charset)


def _read_feed(address: str, data: bytes, charset: str | None) -> Feed | None:
    try:
        data = gunzip(data, _MAX_UNPACKED)
    except TooLarge as error:
        size = _MAX_UNPACKED / 1e6
        raise FetchError(f"{address} unpacks to more than {size:g} MB; give the addresses one by one") from error
    except zlib.error as error:
        raise FetchError(f"{address} is a damaged gzip file; try again later") from error
    try:
        text = decode(address, data, charset, marked_up=True) if data.strip() else ""
    except LoadError:
        return None
    if text.lstrip().startswith("{"):
        return _bounded(address, _read_json(address, text))
    root = root_of(text)
    if root not in _READERS:
        return None
    prologue = _PROLOGUE.match(text)
    if prologue and "<!entity" in prologue.group().lower():
        raise FetchError(f"{address} is XML that declares entities, as attacks do; it is not read")
    entries = _READERS[root](address, parse_mended(address, text))
    return _bounded(address, entries, kind=_KINDS.get(root, "feed"))


def _bounded(address: str, found: Iterator[dict[str, Any]] | None, *, kind: str = "feed") -> Feed | None:
    if found is None:
        return None
    entries: dict[str, FeedEntry] = {}
    left_out = unusable = 0
    for fields in found:
        try:
            link = normalise(urljoin(address, str(fields["link"]).strip())) if fields["link"] else ""
        except (FetchError, ValueError):
            link = ""
        if not link:
            unusable += 1
        elif len(entries) >= MAX_ENTRIES:
            left_out += 1
        elif link not in entries:
            entries[link] = _entry(link, **{name: value for name, value in fields.items() if name != "link"})
    return Feed(tuple(entries.values()), kind, left_out, unusable)


def _entry(
    link: str,
    *,
    title: str = "",
    published: date | None = None,
    content: str = "",
    author: str = "",
    publisher: str = "",
    updated: str = "",
) -> FeedEntry:
    updated = updated.strip()[:_MAX_STAMP]
    full = plain_text(content)
    if len(full.split()) < _FULL_TEXT_WORDS or _CUT.search(full):
        return FeedEntry(link, title, published, updated=updated)
    facts = {"author": author, "og:site_name": publisher, "article:published_time": published and published.isoformat()}
    head = "".join(
        f'<meta {"property" if ":" in name else "name"}="{name}" content="{html.escape(str(value))}">'
        for name, value in facts.items()
        if value
    )
    name = html.escape(title)
    page = (
        f"<html><head><title>{name}</title>{head}</head><body><article><h1>{name}</h1>{content}</article></body></html>"
    )
    return FeedEntry(link, title, published, page.encode("utf-8", "replace"), updated)


def _read_syndication(address: str, root: Any) -> Iterator[dict[str, Any]]:
    from xml.parsers import expat

    import feedparser

    if sum(1 for _ in root.iter()) > _MAX_ELEMENTS:
        raise FetchError(f"{address} has more than {_MAX_ELEMENTS:,} elements; give the addresses one by one")
    data = written(root)
    try:
        # What this parser refuses, feedparser would read with one that can be made to take hours.
        expat.ParserCreate(namespace_separator=" ").Parse(data, True)
    except expat.ExpatError as error:
        raise FetchError(f"{address} is a damaged feed ({error}); try again later") from error
    said = {"content-type": "application/xml; charset=utf-8", "content-location": address}
    # A stream: given a string, feedparser would take it for a file or an address, and open that. Its cleaning of HTML
    # is slow, and not needed where only text is kept.
    found = feedparser.parse(io.BytesIO(data), response_headers=said, sanitize_html=False, resolve_relative_uris=False)
    publisher = plain_text(found.feed.get("title", ""))
    for entry in found.entries:
        # `get` would give the day of publication where there is no other, and warn that it does.
        updated = entry["updated"] if "updated" in entry else ""  # noqa: SIM401
        bodies = [part.get("value", "") for part in entry.get("content", [])]
        yield {
            "link": entry.get("link"),
            "title": plain_text(entry.get("title", "")),
            "published": _day(entry, "published") or _day(entry, "updated"),
            "content": max(bodies, key=len, default=""),
            "author": plain_text(entry.get("author", "")),
            "publisher": publisher,
            "updated": updated,
        }


def _read_sitemap(_address: str, root: Any) -> Iterator[dict[str, Any]]:
    for place in root.iterfind("{*}*"):
        if place.tag.rpartition("}")[2] in ("url", "sitemap"):
            yield {"link": place.findtext("{*}loc"), "updated": place.findtext("{*}lastmod") or ""}


_READERS = {
    "rss": _read_syndication,
    "rdf": _read_syndication,
    "feed": _read_syndication,
    "urlset": _read_sitemap,
    "sitemapindex": _read_sitemap,
}
_KINDS = {"urlset": "sitemap", "sitemapindex": "sitemaps"}


def _read_json(address: str, text: str) -> Iterator[dict[str, Any]] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not str(found.get("version", "")).startswith("https://jsonfeed.org/version/"):
        return None
    if not isinstance(found.get("items"), list):
        raise FetchError(f"{address} is a damaged feed (it has no items); try again later")
    return (_json_entry(item, _words(found, "title")) for item in found["items"] if isinstance(item, dict))


def _json_entry(item: dict[str, Any], publisher: str) -> dict[str, Any]:
    people = [item.get("author"), *(item["authors"] if isinstance(item.get("authors"), list) else [])]
    names = dict.fromkeys(_words(one, "name") for one in people if isinstance(one, dict))
    paragraphs = (f"<p>{html.escape(part)}</p>" for part in re.split(r"\n\s*\n", _words(item, "content_text")))
    return {
        "link": _words(item, "url") or _words(item, "external_url"),
        "title": _words(item, "title"),
        "published": day_in(_words(item, "date_published")),
        "content": _words(item, "content_html") or "".join(paragraphs),
        "author": ", ".join(name for name in names if name),
        "publisher": publisher,
        "updated": _words(item, "date_modified"),
    }


def _words(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _day(entry: Any, name: str) -> date | None:
    """Read a day as it was where it was written; feedparser, which reads more ways, counts all in UTC, and guesses."""
    said = str(entry[name]) if name in entry else ""
    if day := day_in(said[:_MAX_STAMP]):
        return day
    parsed = f"{name}_parsed"
    parsed = f"{name}_parsed"
    parts = (entry[parsed] or ())[:3] if parsed in entry else ()
    named = {int(number) for number in re.findall(r"\d{1,4}", said)}
    try:
        sure = parts and parts[2] in named and not named.isdisjoint((parts[0], parts[0] % 100))
        return date(*parts) if sure else None
    except ValueError:
        return None
