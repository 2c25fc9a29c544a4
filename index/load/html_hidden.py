"""Remove what a page contains but does not show: closed menus, alternatives, text for screen readers alone."""

import re
from typing import Any

from index.load.html import take_out

_UNSEEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect\(\s*[01](?:px)?\b|(?:left|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_SHOWN = re.compile(r"display\s*:", re.IGNORECASE)
# What Bootstrap, WordPress and Drupal call what is read aloud and not shown.
_READ_ALOUD = {"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "element-invisible"}
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Rules that hold on some screens alone, or say no style.
_CONDITIONAL = re.compile(r"@[^{};]*(?:\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|;)")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SELECTOR = re.compile(r"\s*([.#][\w-]+)\s*")
_MAX_STYLE = 200_000  # characters
_MAX_BY_STYLE = 1 / 5


def drop_hidden(root: Any) -> str:
    """Remove hidden elements from an HTML tree, unless they are most of it: then a script would show them.

    Returns the removed words, separated by single spaces.
    """
    body = root.find("body")
    body = root if body is None else body
    unseen, whole = _unseen_names(root), _length(body)
    # What is much of the page waits for a script that shows it.
    hidden = [
        element
        for element in body.iter("*")
        if _is_hidden(element) or (_is_named(element, unseen) and _length(element) <= _MAX_BY_STYLE * whole)
    ]
    outer = set(hidden)
    outermost = [element for element in hidden if outer.isdisjoint(element.iterancestors())]
    if sum(map(_length, outermost)) > whole / 2:
        return ""
    words = [word for element in outermost for text in element.itertext() for word in text.split()]
    for element in outermost:
        take_out(element)
    return " ".join(words)


def _is_hidden(element: Any) -> bool:
    closed = element.tag == "dialog" and element.get("open") is None
    by_name = element.get("hidden") is not None and element.get("hidden").strip().lower() != "until-found"
    # Ornaments, and what is said beside it in another way: a first letter set large, a formula once more.
    ornament = (element.get("aria-hidden") or "").strip().lower() == "true"
    return closed or by_name or ornament or _UNSEEN.search(element.get("style") or "") is not None


def _is_named(element: Any, unseen: set[str]) -> bool:
    """Say whether an element is of a class, or has an id, that is hidden."""
    named = (element.get("class") or "").split()
    if not _READ_ALOUD.isdisjoint(named):
        return True
    return bool(unseen) and (f"#{element.get('id')}" in unseen or any(f".{name}" in unseen for name in named))


def _unseen_names(root: Any) -> set[str]:
    """Name the classes (".x") and ids ("#x") that the page's own style sheets hide, whatever else they are beside."""
    unseen: set[str] = set()
    styles = "".join(style.text or "" for style in root.iter("style"))[:_MAX_STYLE]
    for rule in _RULE.finditer(_CONDITIONAL.sub("", _COMMENT.sub("", styles))):
        found = (_SELECTOR.fullmatch(one) for one in rule[1].split(","))
        names = {one[1] for one in found if one}
        if _UNSEEN.search(rule[2]):
            unseen |= names
        elif _SHOWN.search(rule[2]):
            unseen -= names
    return unseen


def _length(element: Any) -> int:
    return sum(len(part) for text in element.itertext() for part in text.split())
