"""What a page says of its article in JSON-LD: hostile until shown otherwise, so bounded, and of any shape.

Publishers follow https://schema.org/NewsArticle loosely: objects stand in lists or in `@graph`, names are strings,
objects or lists of both, and one object may refer to another by its `@id`.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urljoin

from index.errors import FetchError
from index.urls import identity

Node = dict[str, Any]

_MAX_SCRIPTS = 20
_MAX_SCRIPT = 500_000
_MAX_NODES = 500
_MAX_DEPTH = 4
_MAX_NAMES = 20
_MAX_TITLE = 500
_WORD = re.compile(r"[^\W_]+")
# What some editors put around a script, for browsers of long ago.
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")
_ARTICLES = re.compile(r"(?:https?://schema\.org/)?(?:\w*Article|BlogPosting|LiveBlogPosting|Report\w*|Review\w*News)")


class LinkedData:
    """The article among what a page's JSON-LD scripts hold; nothing of it where none is.

    A page may describe the articles it leads to as well: its own has its `address`, or the headline of one of `titles`.
    """

    def __init__(self, scripts: Sequence[str], address: str | None = None, titles: Sequence[str] = ()) -> None:
        nodes = [node for script in scripts[:_MAX_SCRIPTS] for node in _nodes(_read(script))][:_MAX_NODES]
        self._by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
        found = [node for node in nodes if any(map(_ARTICLES.fullmatch, _types(node)))]
        self._article = _own(found, address, titles)

    def text(self, *keys: str) -> str | None:
        """Read the first of `keys` that holds text, or a list that begins with text."""
        for key in keys:
            value = self._article.get(key)
            first = value[0] if isinstance(value, list) and value else value
            if isinstance(first, str) and first.strip():
                return first
        return None

    def names(self, *keys: str) -> list[str]:
        """Read the names of people and organisations under the first of `keys` that holds one."""
        return next((found for key in keys if (found := list(self._named(self._article.get(key), "name")))), [])

    def address(self, key: str) -> str | None:
        """Read the first address under `key`: a string, or the `url` of an object."""
        return next(self._named(self._article.get(key), "url", "contentUrl", "@id"), None)

    def _named(self, value: object, *keys: str, depth: int = 0) -> Iterator[str]:
        for one in (value if isinstance(value, list) else [value])[:_MAX_NAMES]:
            if isinstance(one, str) and one.strip():
                yield one
            elif isinstance(one, dict):
                whole = self._by_id.get(one["@id"], one) if isinstance(one.get("@id"), str) else one
                said = (_text(whole.get(key)) for key in keys)
                found = [part for part in said if part]
                yield from found[:1]
                if not found and depth < _MAX_DEPTH and not whole.keys() & {"@id", "@type"}:
                    # Some programs write a list as an object: {"0": {"name": …}}.
                    yield from self._named(list(whole.values()), *keys, depth=depth + 1)


def _text(value: object) -> str | None:
    """Read text that may stand in an object with its language: {"@value": "Ada", "@language": "en"}."""
    inner = value.get("@value") if isinstance(value, dict) else value
    return inner if isinstance(inner, str) else None


def _read(script: str) -> object:
    """Parse one script; None where it is too long or no JSON."""
    if len(script) > _MAX_SCRIPT:
        return None
    try:
        # Line ends within strings are wrong and common.
        return json.loads(_WRAPPING.sub("", _WRAPPING.sub("", script)).strip().rstrip(";"), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: object, depth: int = 0) -> Iterator[Node]:
    """Yield the objects a script describes by themselves: at its top, in lists, in `@graph` and as the main thing."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for one in value[:_MAX_NODES]:
            yield from _nodes(one, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(value.get(key), depth + 1)


def _types(node: Node) -> list[str]:
    value = node.get("@type")
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _own(found: Sequence[Node], address: str | None, titles: Sequence[str]) -> Node:
    """Choose the article that is the page's own: by its address, by its headline, else the first of no other page."""
    here = _place(address, address)
    told = [(node, _places(node, address), _agrees(node, titles)) for node in found]
    named = [node for node, places, _ in told if here and here in {*places, _place(node.get("@id"), address)}]
    named += [node for node, _, agrees in told if agrees]
    # A headline may be worded otherwise on the page; that of another page is another.
    return next(iter([*named, *(node for node, places, _ in told if not (here and places))]), {})


def _places(node: Node, base: str | None) -> set[str]:
    """Name the pages a node says it is of."""
    page = node.get("mainEntityOfPage")
    said = [node.get("url"), *([page.get("@id"), page.get("url")] if isinstance(page, dict) else [page])]
    return {place for one in said if (place := _place(one, base))}


def _place(value: object, base: str | None) -> str | None:
    try:
        return identity(urljoin(base or "", value)) if isinstance(value, str) and value.strip() else None
    except (FetchError, ValueError):
        return None


def _agrees(node: Node, titles: Sequence[str]) -> bool:
    """Say whether a headline is one of some titles, which may name the site as well."""
    headlines = [_plain(one) for key in ("headline", "name") if isinstance(one := node.get(key), str)]
    return any(one and (one in title or title in one) for one in headlines for title in map(_plain, titles) if title)


def _plain(title: str) -> str:
    words = " ".join(_WORD.findall(title[:_MAX_TITLE].casefold()))
    return f" {words} " if words else ""
