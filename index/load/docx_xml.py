"""Word's own XML made plain, before mammoth reads it, so that nothing a reader sees of its text falls out.

Mammoth knows no formulas and no text boxes of today's Word: formulas become text where they stand, the paragraphs of a
text box come after the one that it is fixed to, and a chart leaves a mark.
"""

import zipfile
from io import BytesIO
from typing import Any

from index.load.archive import Zip, parse_xml
from index.load.formulas import formula_text
from index.load.xml import written

_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MARKS = {"chart": "[chart]", "diagram": "[diagram]"}
_NEEDED = (b"oMath", b"txbxContent", b"graphicData")


def with_all_text(source: object, data: bytes, archive: Zip) -> bytes:
    """Rewrite a Word document whose formulas, text boxes and charts would be lost; others are returned as they are.

    Raises:
        LoadError: a part of it is no XML, or damaged.
    """
    found = {name: archive.read(name) for name in _PARTS if name in archive.names}
    changed = {
        name: _made_plain(source, name, part) for name, part in found.items() if any(one in part for one in _NEEDED)
    }
    if not changed:
        return data
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        for name in sorted(archive.names):
            if not name.startswith("word/media/") and not name.endswith("/"):
                written.writestr(name, changed[name] if name in changed else archive.read(name))
    return made.getvalue()


def _made_plain(source: object, name: str, data: bytes) -> bytes:
    root = parse_xml(source, name, data)
    for either in list(root.iter(f"{_MC}AlternateContent")):
        _lift_boxes(either)
    for formula in list(root.iter(f"{_M}oMath")):
        formula.getparent().replace(formula, _run(formula, formula_text(formula)))
    # What held formulas on lines of their own is nothing that mammoth looks into.
    for lines in list(root.iter(f"{_M}oMathPara")):
        for run in list(lines.iterfind(f"{_W}r")):
            lines.addprevious(run)
        lines.getparent().remove(lines)
    for drawing in list(root.iter(f"{_W}drawing")):
        uris = [one.get("uri") or "" for one in drawing.iter("{*}graphicData")]
        mark = next((_MARKS[kind] for uri in uris if (kind := uri.rpartition("/")[2]) in _MARKS), None)
        if mark:
            drawing.getparent().replace(drawing, _text(drawing, mark))
    return written(root)


def _lift_boxes(either: Any) -> None:
    """Put the paragraphs of a text box, which Word writes in two ways, after the paragraph that it is fixed to."""
    ways = [list(way.iter(f"{_W}txbxContent")) for way in either]
    boxes = next((found for found in ways if found), [])
    around = next(either.iterancestors(f"{_W}p"), None)
    if not boxes or around is None or either.getparent() is None:
        return
    for box in reversed(boxes):
        if next(box.iterancestors(f"{_W}txbxContent"), None) not in boxes:
            for block in reversed(list(box)):
                around.addnext(block)
    either.getparent().remove(either)


def _run(beside: Any, text: str) -> Any:
    run = beside.makeelement(f"{_W}r")
    run.append(_text(beside, text))
    return run


def _text(beside: Any, text: str) -> Any:
    element = beside.makeelement(f"{_W}t")
    element.text = text
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element
