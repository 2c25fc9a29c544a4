"""Keep the inline elements of a page's sentences as text, so that no sentence closes up over a gap.

trafilatura drops controls, media and time stamps with their words; within a sentence they are part of it. Media without
words leave a mark, superscript numbers stay apart from those before them, struck words are marked, and captions become
paragraphs.
"""

import re
from collections.abc import Iterator
from typing import Any

from index.load.html import put_in_place

_WORDED = ("time", "label", "output", "button", "progress", "meter", "marquee", "blink")
_MARKS = {
    **dict.fromkeys(("img", "picture", "svg", "canvas", "object", "embed"), "[picture]"),
    **dict.fromkeys(("video", "iframe"), "[video]"),
    "audio": "[audio]",
}
_STRUCK = ("s", "strike", "del")
_RAISED = str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
_RAISABLE = re.compile(r"\s*([+\-−]?\d{1,4})\s*")
_STOP = re.compile(r"""[.!?:…。！？]["'”’»)\]]*\s*$""")
_LETTER = re.compile(r"\w")
_MAX_ALTERNATIVE = 300  # characters
_MIN_CAPTION = 6  # words


def keep_inline(root: Any, *, captions: bool = True) -> None:
    """Turn inline elements within the sentences of an HTML tree into text, and `captions` into paragraphs."""
    for element in list(root.iter("template")):
        put_in_place(element, "")
    for element in list(root.iter(*_MARKS)):
        if _is_within_sentence(element):
            put_in_place(element, _said(element))
    for element in list(root.iter(*_WORDED)):
        if _is_part_of_text(element):
            element.tag = "span"
    raise_numbers(root)
    for element in list(root.iter(*_STRUCK)):
        _strike(element)
    for caption in list(root.iter("figcaption")) if captions else ():
        _set_apart(caption)


def raise_numbers(root: Any) -> None:
    """Write raised numbers with superscript characters: else 10 to the sixth reads 106, and a note joins a price."""
    for element in list(root.iter("sup")):
        found = _RAISABLE.fullmatch("".join(element.itertext()))
        if found:
            put_in_place(element, found[1].translate(_RAISED))


def _is_within_sentence(element: Any) -> bool:
    """Say whether a sentence begins before an element and goes on behind it."""
    before = _before(element)
    return bool(_LETTER.search(before)) and not _STOP.search(before) and bool(_LETTER.search(element.tail or ""))


def _is_part_of_text(element: Any) -> bool:
    """Say whether an element with words stands beside words; a control does where these go on behind it."""
    before, behind = _LETTER.search(_before(element)), _LETTER.search(element.tail or "")
    if element.tag == "time":
        return bool(before or behind)
    return bool(before and behind)


def _before(element: Any) -> str:
    previous = element.getprevious()
    text = element.getparent().text if previous is None else previous.tail
    return text or ("".join(previous.itertext()) if previous is not None and previous.tag in ("a", "b", "i") else "")


def _said(element: Any) -> str:
    """Read the words that stand for an element that is none: its alternative, else a mark; none for an ornament."""
    picture = next(element.iter("img"), element)
    for name in ("alt", "aria-label", "title"):
        said = picture.get(name)
        if said is not None:
            return " ".join(said.split())[:_MAX_ALTERNATIVE]
    inside = " ".join(" ".join(element.itertext()).split())
    return inside[:_MAX_ALTERNATIVE] or str(_MARKS[element.tag])


def _strike(element: Any) -> None:
    """Mark struck words as Markdown does; not where they are more than a part of a paragraph."""
    words = "".join(element.itertext()).strip()
    if not words or any(one.tag in ("p", "div", "li", "td") for one in element.iter("*")):
        return
    element.text = f"~~{element.text or ''}"
    if len(element):
        element[-1].tail = f"{element[-1].tail or ''}~~"
    else:
        element.text += "~~"


def _set_apart(caption: Any) -> None:
    """Put a caption that is a sentence behind its figure, as a paragraph; others say who took the picture."""
    figure = next(_around(caption), None)
    text = " ".join("".join(caption.itertext()).split())
    if figure is None or len(text.split()) < _MIN_CAPTION or not _STOP.search(text):
        return
    tail, caption.tail = caption.tail, None
    if tail and tail.strip():
        return
    caption.tag = "p"
    caption.attrib.clear()
    figure.addnext(caption)
    caption.tail, figure.tail = figure.tail, None


def _around(caption: Any) -> Iterator[Any]:
    return iter(caption.iterancestors("figure"))
