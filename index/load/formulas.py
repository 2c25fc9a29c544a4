"""Formulas as text, so that a sentence is not closed up over them: their LaTeX where it is given, else linear.

MathML, as pages and books have it, and OMML, as Word does, are read alike: "x^2/(a + b)", "√(x)", "∑_(i = 1)^n".
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from index.load.html import put_in_place

LOST = "[formula]"
"""What stands for a formula of which nothing can be read."""

_MAX_DEPTH = 60
_MAX_LENGTH = 2_000
_TEX = ("application/x-tex", "text/x-tex", "latex", "tex")
# Wikipedia and others wrap what is displayed.
_WRAPPED = re.compile(r"^\{\\(?:display|text)style\s*(.*)\}$|^\\[\[(](.*)\\[\])]$|^\$+(.*?)\$+$", re.DOTALL)
_PICTURED = re.compile(r"(?:^|[\s_-])(?:la)?tex(?:$|[\s_-])|(?:^|[\s_-])(?:math|equation|formula)(?:$|[\s_-])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def keep_formulas(root: Any) -> None:
    """Put text in place of the formulas of an HTML tree: of MathML, of TeX in scripts, and of pictures of formulas."""
    for math in list(root.iter("math", "{*}math")):
        shown = _outermost(math)
        put_in_place(shown, formula_text(math))
    for script in list(root.iterfind(".//script[@type]")):
        if script.get("type").partition(";")[0].strip() in ("math/tex", "math/asciimath"):
            put_in_place(script, _unwrapped(script.text or "") or LOST)
    for picture in list(root.iterfind(".//img[@class]")):
        if _PICTURED.search(picture.get("class").lower()) and picture.get("aria-hidden") != "true":
            put_in_place(picture, _unwrapped(picture.get("alt") or "") or LOST)


def formula_text(math: Any) -> str:
    """Write a formula, an element of MathML or OMML, as text."""
    said = next((one.text for one in math.iter("{*}annotation", "annotation") if one.get("encoding") in _TEX), None)
    text = _unwrapped(said or math.get("alttext") or "") or " ".join(_linear(math, 0).split())
    return text[:_MAX_LENGTH] or LOST


def _outermost(math: Any) -> Any:
    """Find the element that holds a formula alone and hides it, for a picture of it is shown; else the formula."""
    shown = math
    while (
        (outer := shown.getparent()) is not None and not (outer.text or "").strip() and not (shown.tail or "").strip()
    ):
        if len(outer) != 1 or not (outer.get("hidden") is not None or _HIDDEN.search(outer.get("style") or "")):
            break
        shown = outer
    return shown


def _unwrapped(tex: str) -> str:
    plain = " ".join(tex.split())
    found = _WRAPPED.match(plain)
    return next(filter(None, found.groups()), "").strip() if found else plain


def _linear(element: Any, depth: int) -> str:
    if not isinstance(element.tag, str):
        return ""
    name = _name(element)
    if depth > _MAX_DEPTH:
        return "".join(element.itertext())
    if name.endswith("Pr") or name in ("annotation", "annotation-xml"):
        return ""
    if name in ("t", "mi", "mn", "mtext", "ms"):
        return element.text or ""
    if name == "mo":
        return _operator((element.text or "").strip(), first=element.getprevious() is None)
    parts = [(_name(one), _linear(one, depth + 1)) for one in element if isinstance(one.tag, str)]
    shown = [text for part, text in parts if not part.endswith("Pr")] or [(element.text or "").strip()]
    write = _WAYS.get(name)
    try:
        return write(element, shown) if write else "".join(shown)
    except (IndexError, ValueError):  # A part of it is missing.
        return " ".join(shown)


def _operator(sign: str, *, first: bool) -> str:
    joins = sign == "-" or {unicodedata.category(one) for one in sign} == {"Sm"}
    apart = joins and not first
    return f" {sign} " if apart else sign


def _grouped(text: str) -> str:
    plain = text.strip()
    return plain if len(plain) == 1 or plain.isalnum() or re.fullmatch(r"[\d.,]+|\(.*\)", plain) else f"({plain})"


def _said(element: Any, name: str, default: str) -> str:
    """Read a sign that OMML gives as a property, "begChr"."""
    found = next(iter(element.iterfind(f"./*/{{*}}{name}")), None)
    return default if found is None else next(iter(found.attrib.values()), "")


def _many(_: Any, parts: Sequence[str]) -> str:
    base, under, over = parts
    return f"{base}{f'_{_grouped(under)}' if under.strip() else ''}{f'^{_grouped(over)}' if over.strip() else ''}"


def _nary(element: Any, parts: Sequence[str]) -> str:
    under, over, of = parts
    return f"{_many(element, (_said(element, 'chr', '∫'), under, over))} {of}"


def _delimited(element: Any, parts: Sequence[str]) -> str:
    return _said(element, "begChr", "(") + ", ".join(parts) + _said(element, "endChr", ")")


def _fenced(element: Any, parts: Sequence[str]) -> str:
    return f"{element.get('open', '(')}{', '.join(parts)}{element.get('close', ')')}"


def _root(_: Any, parts: Sequence[str]) -> str:
    degree, of = parts
    return f"√[{degree.strip()}]({of.strip()})" if degree.strip() else f"√({of.strip()})"


def _name(element: Any) -> str:
    name: str = element.tag.rpartition("}")[2]
    return name


def _fraction(_: Any, parts: Sequence[str]) -> str:
    return f"{_grouped(parts[0])}/{_grouped(parts[1])}"


def _above(_: Any, parts: Sequence[str]) -> str:
    return f"{_grouped(parts[0])}^{_grouped(parts[1])}"


def _below(_: Any, parts: Sequence[str]) -> str:
    return f"{_grouped(parts[0])}_{_grouped(parts[1])}"


def _rows(_: Any, parts: Sequence[str]) -> str:
    return f"[{'; '.join(part.strip() for part in parts)}]"


def _cells(_: Any, parts: Sequence[str]) -> str:
    return ", ".join(part.strip() for part in parts)


_WAYS: dict[str, Callable[[Any, Sequence[str]], str]] = {
    **dict.fromkeys(("mfrac", "f"), _fraction),
    **dict.fromkeys(("msup", "sSup", "mover", "limUpp"), _above),
    **dict.fromkeys(("msub", "sSub", "munder", "limLow"), _below),
    **dict.fromkeys(("msubsup", "sSubSup", "munderover"), _many),
    **dict.fromkeys(("mtable", "m", "eqArr"), _rows),
    **dict.fromkeys(("mtr", "mr"), _cells),
    "msqrt": lambda _, parts: f"√({''.join(parts).strip()})",
    "mroot": lambda element, parts: _root(element, (parts[1], parts[0])),
    "rad": lambda element, parts: _root(element, parts if len(parts) == 2 else ("", *parts)),
    "nary": _nary,
    "d": _delimited,
    "mfenced": _fenced,
    "func": lambda _, parts: f"{parts[0].strip()}{_grouped(parts[1])}",
    "acc": lambda element, parts: f"{parts[0]}{_said(element, 'chr', '^')}",
}
