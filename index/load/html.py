"""HTML read lightly: the address a page is known by, the feeds of its site, and markup as plain text.

libxml2 reads it, in time that grows with its length; Python's own parser can be made to take hours over a page.
"""

import re
from typing import Any

_HEAD = 200_000
_MAX_ESCAPED = 2
# Words that were written for a page: with characters by name or number, or an element that ends.
_ENCODED = re.compile(
    r"&(?:[A-Za-z][A-Za-z\d]{1,30}|#\d{2,7}|#[xX][\da-fA-F]{2,6});|<([A-Za-z][\w-]{0,20})\b[^<>]*>[^<>]*</\1>"
)
# Elements that may stand within a word.
_IN_WORDS = {"a", "abbr", "b", "code", "em", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"}


def canonical_link(html: str) -> str | None:
    """Find the address that a page names as its own, as it is written there; None when it names none."""
    return next((link["href"] for link in _links(html) if "canonical" in link["rel"].lower().split()), None)


def feed_links(html: str) -> list[str]:
    """Find the addresses of feeds that a page names, as they are written there."""
    kinds = ("rss+xml", "atom+xml", "feed+json")
    named = (link for link in _links(html) if "alternate" in link["rel"].lower().split())
    return [link["href"] for link in named if link.get("type", "").lower().endswith(kinds)]


def unescaped(field: str) -> str:
    """Read a field that may have been written for a page, with characters by name or elements in it, as plain text."""
    # Some programs write "&" by name twice over.
    for _ in range(_MAX_ESCAPED):
        if not _ENCODED.search(field):
            break
        field = plain_text(field)
    return field


def plain_text(markup: str) -> str:
    """Read HTML as plain text on one line."""
    root = parse(markup)
    words: list[str] = []
    for event, element in walk(root) if root is not None else ():
        seen = isinstance(element.tag, str) and element.tag not in ("script", "style")
        apart = " " if element.tag not in _IN_WORDS else ""
        words += [apart, (element.text or "") if seen else ""] if event == "start" else [apart, element.tail or ""]
    return " ".join("".join(words).split())


def too_deep(html: str) -> bool:
    """Say whether elements are nested deeper than they can be read."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True)
    etree.fromstring(html.encode("utf-8", "replace"), parser)
    return any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log)


def walk(root: Any) -> Any:
    """Go through a tree of any depth: pairs of an event ("start", "end", "comment", "pi") and its element."""
    from lxml import etree

    return etree.iterwalk(root, events=("start", "end", "comment", "pi"))


def take_out(element: Any) -> None:
    """Take an element out of its tree; the text behind it stays."""
    _instead(element, "")
    element.getparent().remove(element)


def put_in_place(element: Any, text: str) -> None:
    """Put text in place of an element of a tree."""
    if element.getparent() is not None:
        _instead(element, text)
        element.getparent().remove(element)


def _instead(element: Any, text: str) -> None:
    outer, before = element.getparent(), element.getprevious()
    text, element.tail = text + (element.tail or ""), None
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        outer.text = (outer.text or "") + text


def _links(html: str) -> list[dict[str, str]]:
    """Find the links in a page's head; one in its text was put there by whoever wrote in it."""
    root = parse(html[:_HEAD])
    found = root.iterfind("./head/link[@href][@rel]") if root is not None else ()
    return [{name: value.strip() for name, value in link.attrib.items()} for link in found]


def parse(html: str) -> Any:
    """Read HTML as a tree; None where there is nothing in it."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True)
    data = html.replace("\0", "").encode("utf-8", "replace")
    return etree.fromstring(data, parser) if data.strip() else None
