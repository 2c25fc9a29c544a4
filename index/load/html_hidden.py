"""What a page holds and does not show: menus to be opened, alternatives, words for programs alone."""

import re
from typing import Any

from index.load.html import take_out

_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def drop_hidden(root: Any) -> None:
    """Take out of an HTML tree what its reader does not see, unless that is most of it: then a script would show it."""
    body = root.find("body")
    body = root if body is None else body
    hidden = [element for element in body.iter("*") if _is_hidden(element)]
    outer = set(hidden)
    outermost = [element for element in hidden if outer.isdisjoint(element.iterancestors())]
    if sum(map(_length, outermost)) <= _length(body) / 2:
        for element in outermost:
            take_out(element)


def _is_hidden(element: Any) -> bool:
    closed = element.tag == "dialog" and element.get("open") is None
    by_name = element.get("hidden") is not None and element.get("hidden").strip().lower() != "until-found"
    # Ornaments, and what is said beside it in another way: a first letter set large, a formula once more.
    ornament = (element.get("aria-hidden") or "").strip().lower() == "true"
    return closed or by_name or ornament or _UNSEEN.search(element.get("style") or "") is not None


def _length(element: Any) -> int:
    return sum(len(part) for text in element.itertext() for part in text.split())
