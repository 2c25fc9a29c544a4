"""A web page to its article: the text told from the page around it, and what the page says of it.

trafilatura finds the text. Its metadata is the fall-back: what the page itself says comes first.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from index.furniture import prune
from index.page_metadata import PageMetadata, page_metadata

# A headline or a standfirst may stand before the first paragraph.
_OPENING = 4
# How trafilatura writes tables and lists.
_ROW = re.compile(r"\|.*\|\s*")
_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+\s*")
_ITEM = re.compile(r"\s*(?:- |\d{1,3}\. )")


@dataclass(frozen=True, slots=True)
class Page:
    """What was read from a page: its article's text, a block a paragraph, and what is said of it."""

    text: str
    title: str | None
    url: str | None
    tags: object
    said: PageMetadata


def read_page(html: str, address: str | None = None) -> Page | None:
    """Read the article of a page, which stands at `address`; None when none can be told from the page around it."""
    from trafilatura import load_html

    root = load_html(html)
    if root is None:
        return None
    said = page_metadata(root, address)
    prune(root)
    found: Any = _extract(root) or _extract(load_html(html))
    if found is None:
        return None
    said = replace(
        said,
        author=said.author or found.author,
        publisher=said.publisher or found.sitename,
        published=said.published or (date.fromisoformat(found.date) if found.date else None),
        language=said.language or found.language,
    )
    text = _laid_out(found.text)
    return Page(text, found.title, found.url, [found.tags, found.categories], _told(said, found.title, text))


def _extract(root: Any) -> Any:
    """Have trafilatura find the article in a tree; None when it finds none."""
    from trafilatura import bare_extraction

    found: Any = bare_extraction(root, include_comments=False, include_tables=True, with_metadata=True)
    return found if found is not None and found.text else None


def _laid_out(text: str) -> str:
    """Set blocks apart, the rows of a table and the items of a list each on a line of their own."""
    blocks: list[str] = []
    before = None
    for line in text.split("\n"):
        if _RULE.fullmatch(line):
            continue
        kind, shown = ("row", _row(line)) if _ROW.fullmatch(line) else ("item" if _ITEM.match(line) else None, line)
        blocks.append(("\n" if kind and kind == before else "\n\n") + shown)
        before = kind
    return "".join(blocks).strip()


def _row(line: str) -> str:
    """Write a row as its cells with a bar between; empty ones stay, for they keep the others in their columns."""
    cells = re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))
    return " | ".join(cell.strip().replace("\\|", "|") for cell in cells)


def _told(said: PageMetadata, title: str | None, text: str) -> PageMetadata:
    """Leave out a subtitle that says nothing new: the title again, or the first words of the text cut off."""
    subtitle = said.subtitle
    opening = text.split("\n\n")[:_OPENING]
    cut = subtitle and any(one != subtitle and one.startswith(subtitle.rstrip(". ")) for one in opening)
    return replace(said, subtitle=None) if cut or subtitle == title else said
