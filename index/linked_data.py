"""What a page says of its article in JSON-LD: hostile until shown otherwise, so bounded, and of any shape.

Publishers follow https://schema.org/NewsArticle loosely: objects stand in lists or in `@graph`, names are strings,
objects or lists of both, and one object may refer to another by its `@id`.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

Node = dict[str, Any]

_MOST_SCRIPTS = 20
_LONGEST_SCRIPT = 500_000
_MOST_NODES = 500
_DEEPEST = 4
_MOST_NAMES = 20
# What some editors put around a script, for browsers of long ago.
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$")
_ARTICLES = re.compile(r"(?:https?://schema\.org/)?(?:\w*Article|BlogPosting|LiveBlogPosting|Report\w*|Review\w*News)")


class LinkedData:
    """The article among what a page's JSON-LD scripts hold; nothing of it where none is."""

    def __init__(self, scripts: Sequence[str], address: str | None = None) -> None:
        nodes = [node for script in scripts[:_MOST_SCRIPTS] for node in _nodes(_read(script))][:_MOST_NODES]
        self._by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1}
        found = [node for node in nodes if any(map(_ARTICLES.fullmatch, _types(node)))]
        # A page may describe the articles it leads to as well.
        own = (node for node in found if address and address in (node.get("url"), node.get("@id"), _page_of(node)))
        self._article: Node = next(own, next(iter(found), {}))

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

    def _named(self, value: object, *keys: str) -> Iterator[str]:
        for one in (value if isinstance(value, list) else [value])[:_MOST_NAMES]:
            if isinstance(one, str) and one.strip():
                yield one
            elif isinstance(one, dict):
                whole = self._by_id.get(one["@id"], one) if isinstance(one.get("@id"), str) else one
                found = [part for key in keys if (part := whole.get(key)) and isinstance(part, str)]
                yield from found[:1]


def _read(script: str) -> object:
    """Parse one script; None where it is too long or no JSON."""
    if len(script) > _LONGEST_SCRIPT:
        return None
    try:
        # Line ends within strings are wrong and common.
        return json.loads(_WRAPPING.sub("", _WRAPPING.sub("", script)).strip().rstrip(";"), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: object, depth: int = 0) -> Iterator[Node]:
    """Yield the objects a script describes by themselves: at its top, in lists, in `@graph` and as the main thing."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for one in value[:_MOST_NODES]:
            yield from _nodes(one, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(value.get(key), depth + 1)


def _types(node: Node) -> list[str]:
    value = node.get("@type")
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _page_of(node: Node) -> object:
    page = node.get("mainEntityOfPage")
    return page.get("@id") if isinstance(page, dict) else page
