"""EPUB: each chapter of the book an article, in the order of its spine."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from index.errors import EmptyArticle, LoadError
from index.load.archive import Zip, parse_xml, unzipped
from index.load.dates import day_in
from index.load.encoding import decode
from index.load.html import parse, take_out
from index.load.html_document import tree_text
from index.load.parsed import Draft, Part, clean_line
from index.load.unexpected import failing_as_one

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
# What is no chapter, as EPUB 3 names it.
_FURNITURE = {"cover", "titlepage", "halftitlepage", "copyright-page", "toc", "landmarks"}
# XHTML closes any element so, HTML only those that hold nothing.
_CLOSED = re.compile(r"<([a-zA-Z][\w:-]*)(\s[^<>]*?)?/>")
_HOLD_NOTHING = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass(frozen=True, slots=True)
class _Book:
    """What a book says of itself, the names of its chapters' files in order, and what its contents call them."""

    title: str
    author: str | None
    publisher: str | None
    published: date | None
    language: str | None
    tags: list[str]
    spine: list[str]
    called: dict[str, str]


def chapters(path: Path) -> Iterator[Part]:
    """Read the chapters of the book at `path`, one at a time; pages without text, as covers are, are passed over.

    Raises:
        EmptyArticle: no chapter has text.
        LoadError: it is no EPUB, damaged, locked, or unpacks to too much.
    """
    with unzipped(path, path, "an EPUB") as archive:
        book = _book(path, archive)
        found = False
        for name in book.spine:
            part = _chapter_or_reason(path, archive, book, name)
            if part:
                found = True
                yield part
        if not found:
            raise EmptyArticle(f"{path} is an EPUB without text, as picture books are; remove it")


def _chapter_or_reason(path: Path, archive: Zip, book: _Book, name: str) -> Part | None:
    place = f"chapter {name}"
    try:
        with failing_as_one(f"{path}, {place}"):
            return _chapter(path, archive, book, name, place)
    except LoadError as error:
        return Part(place, name, book.title, error)


def _chapter(path: Path, archive: Zip, book: _Book, name: str, place: str) -> Part | None:
    html = decode(f"{path}, {place}", archive.read(name), marked_up=True)
    root = parse(_CLOSED.sub(_opened, html))
    if root is None or _is_furniture(root):
        return None
    heading, text = tree_text(root)
    if not text:
        return None
    called = clean_line(book.called.get(name)) or clean_line(heading)
    first, _, rest = text.partition("\n")
    if rest.strip() and clean_line(first) in (called, clean_line(heading)):
        text = rest.strip()
    draft = Draft(
        text=text,
        title=f"{book.title}: {called}" if called and called != book.title else book.title,
        author=book.author,
        publisher=book.publisher,
        published=book.published,
        dated_by="metadata",
        language=book.language,
        tags=book.tags,
    )
    return Part(place, name, book.title, draft)


def _is_furniture(root: Any) -> bool:
    """Say whether a page of a book is no chapter; of one that is, such parts are taken out."""
    for element in list(root.iter("*")):
        if not _FURNITURE.isdisjoint((element.get("epub:type") or "").split()):
            if element.getparent() is None or element.tag == "body":
                return True
            take_out(element)
    return False


def _opened(closed: "re.Match[str]") -> str:
    return closed[0] if closed[1].lower() in _HOLD_NOTHING else f"<{closed[1]}{closed[2] or ''}></{closed[1]}>"


def _book(path: Path, archive: Zip) -> _Book:
    container = parse_xml(path, _CONTAINER, archive.read(_CONTAINER))
    package = next((one.get("full-path") for one in _all(container, "rootfile") if one.get("full-path")), None)
    if package is None:
        raise LoadError(f"{path}, {_CONTAINER} names no book; make the EPUB anew")
    root = parse_xml(path, package, archive.read(package))
    items = {item.get("id"): item for item in _all(root, "item")}
    spine = [items[one.get("idref")] for one in _all(root, "itemref") if one.get("idref") in items]
    names = [
        _within(package, item.get("href"))
        for item in spine
        if item.get("media-type") in _PAGES and "nav" not in (item.get("properties") or "").split()
    ]
    if not names:
        raise LoadError(f"{path} is an EPUB without a spine, the list of its chapters; make it anew")
    if _locked(path, archive).intersection(names):
        raise LoadError(f"{path} is an EPUB locked by its publisher (DRM); it cannot be read")
    said = {name: [" ".join((one.text or "").split()) for one in _all(root, name)] for name in _SAID}
    first = {name: next(filter(None, values), None) for name, values in said.items()}
    return _Book(
        title=first["title"] or path.stem,
        author=", ".join(filter(None, said["creator"])) or None,
        publisher=first["publisher"],
        published=day_in(first["date"]),
        language=first["language"],
        tags=said["subject"],
        spine=list(dict.fromkeys(names)),
        called=_contents(path, archive, package, list(items.values())),
    )


_SAID = ("title", "creator", "publisher", "date", "language", "subject")


def _contents(path: Path, archive: Zip, package: str, items: list[Any]) -> dict[str, str]:
    """Read what the table of contents calls each file; a book goes without a good one."""
    called: dict[str, str] = {}
    for item in items:
        kind, name = item.get("media-type"), _within(package, item.get("href"))
        is_nav = "nav" in (item.get("properties") or "").split()
        if not (is_nav or kind == "application/x-dtbncx+xml") or name not in archive.names:
            continue
        try:
            data = archive.read(name)
            entries = _links(decode(path, data, marked_up=True)) if is_nav else _points(parse_xml(path, name, data))
        except LoadError:
            # Chapters have headings, too.
            continue
        for target, title in entries:
            called.setdefault(_within(name, target), title)
    return called


def _links(html: str) -> Iterator[tuple[str, str]]:
    root = parse(_CLOSED.sub(_opened, html))
    for link in root.iter("a") if root is not None else ():
        if link.get("href"):
            yield link.get("href"), " ".join("".join(link.itertext()).split())


def _points(root: Any) -> Iterator[tuple[str, str]]:
    for point in _all(root, "navPoint"):
        source = next(_all(point, "content"), None)
        label = next(_all(point, "text"), None)
        if source is not None and label is not None and source.get("src"):
            yield source.get("src"), label.text or ""


def _locked(path: Path, archive: Zip) -> set[str]:
    if _ENCRYPTION not in archive.names:
        return set()
    root = parse_xml(path, _ENCRYPTION, archive.read(_ENCRYPTION))
    return {unquote(one.get("URI") or "") for one in _all(root, "CipherReference")}


def _all(root: Any, name: str) -> Iterator[Any]:
    return iter(root.iter(f"{{*}}{name}", name))


def _within(beside: str, href: str | None) -> str:
    """Name the file that another in the zip refers to."""
    target = unquote((href or "").partition("#")[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(beside), target))
