"""Extract the article of a web page: its text with trafilatura, its metadata from the page itself.

trafilatura's metadata is the fall-back.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from index.load.boilerplate import prune
from index.load.formulas import keep_formulas
from index.load.html_document import tree_text
from index.load.html_hidden import drop_hidden
from index.load.html_inline import keep_inline
from index.load.html_metadata import PageMetadata, names, page_metadata, what_is_told
from index.load.html_story import Story

# A headline or a standfirst may stand before the first paragraph.
_OPENING = 4
# Articles of which trafilatura tells no paragraphs, and a little more.
_SHORT = 1_000
# How much of what is found in two ways has to be found in both, to be one story.
_SAME = 0.5
# Where so little of what a page shows is found, it is read as it comes as well; so much of that has to be shown.
_LITTLE, _SHOWN = 0.15, 0.8
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
    hidden = _keep_what_is_shown(root)
    story = Story(what_is_told(root))
    pruned = prune(root, story)
    shown = _shown(root)
    found: Any = _extract(root)
    if found is None or pruned:
        root = load_html(html)
        _keep_what_is_shown(root)
        found = _right_one(found, _extract(root), story)
    if found is None or len(found.text) < _LITTLE * shown:
        found = _fuller_one(found, _extract(load_html(html)), story, hidden)
    if found is None:
        return None
    found = _in_paragraphs(html, found)
    said = replace(
        said,
        author=said.author or names([found.author or ""], "author"),
        publisher=said.publisher or found.sitename,
        language=said.language or found.language,
    )
    text = _laid_out(found.text)
    return Page(text, found.title, found.url, [found.tags, found.categories], _told(said, found.title, text))


def _keep_what_is_shown(root: Any) -> str:
    """Make a tree what its reader sees, formulas as text; returns the hidden words that were taken out."""
    keep_formulas(root)
    hidden = drop_hidden(root)
    keep_inline(root)
    return hidden


def _shown(root: Any) -> int:
    """Count the characters that a page shows, without white space."""
    skipped = ("head", "script", "style", "noscript")
    texts = [one.text for one in root.iter("*") if one.tag not in skipped] + [one.tail for one in root.iter()]
    return sum(len(word) for text in texts if text for word in text.split())


def _right_one(pruned: Any, whole: Any, story: Story) -> Any:
    """Choose between the text found without boilerplate and with it: the former, unless it is another story."""
    if pruned is None or whole is None:
        return pruned or whole
    if _is_within(pruned.text, whole.text):
        return pruned
    return whole if story.share(whole.text) > story.share(pruned.text) else pruned


def _fuller_one(found: Any, alone: Any, story: Story, hidden: str) -> Any:
    """Choose what is found in the page as it comes, where it is more of the story; nothing hidden stays in it."""
    if alone is None:
        return found
    whole = len(alone.text)
    lines = [line for line in alone.text.split("\n") if not line.strip() or " ".join(line.split()) not in hidden]
    alone.text = "\n".join(lines).strip()
    if len(alone.text) < _SHOWN * whole:
        return found
    return alone if found is None or story.share(alone.text) > story.share(found.text) else found


def _is_within(text: str, other: str) -> bool:
    """Say whether most of a text, line by line, stands in another."""
    lines = text.split("\n")
    return sum(len(line) for line in lines if line in other) >= _SAME * sum(map(len, lines))


def _in_paragraphs(html: str, found: Any) -> Any:
    """Restore the paragraphs of an article so short that trafilatura returned it as one line."""
    from trafilatura import load_html

    if "\n" in found.text or len(found.text) > _SHORT:
        return found
    root: Any = load_html(html)
    _keep_what_is_shown(root)
    again = _extract(root, least=1)
    if again is not None and len(again.text) > len(found.text) / 2 and _is_within(again.text, found.text):
        return again
    root = load_html(html)
    _keep_what_is_shown(root)
    wholes = (tree_text(element)[1] for element in root.iter("article", "body"))
    found.text = next((whole for whole in wholes if whole.split() == found.text.split()), found.text)
    return found


def _extract(root: Any, least: int | None = None) -> Any:
    """Have trafilatura find the article in a tree; None when it finds none.

    Where what it finds is shorter than `least` characters, it takes all of the page; None for its own measure.
    """
    from trafilatura import bare_extraction
    from trafilatura.settings import use_config

    config = use_config()
    if least is not None:
        config.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(least))
    # Its search for a date, of which nothing is used, would take longer than all else on some pages.
    briefly = {"extensive_search": False, "original_date": True, "max_date": date.today().isoformat()}
    found: Any = bare_extraction(
        root,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        date_extraction_params=briefly,
        config=config,
    )
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
