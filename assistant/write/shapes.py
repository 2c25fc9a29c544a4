"""Split an LLM's Markdown into blocks: paragraphs, list items, table rows, and the headings above them.

The text is read line by line as it streams in, so that a later line never changes an earlier block. Fenced code and
JSON are skipped.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["text", "item", "row", "header", "heading"]

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*([^`\n]*)$")
# Languages of fences around prose.
_PROSE = frozenset("markdown md text txt plaintext".split())
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]+(.*?)[ \t]*#*$|[ \t]*\*\*([^*\n]*[^*\n.!?])\*\*:?[ \t]*$")
_RULE = re.compile(r"[ \t]*(?:[-*_=][ \t]*){3,}$")
_ITEM = re.compile(
    # "3. Oktober" is a date, and "3. The bridge" an item of a list.
    r"[ \t]*(?:([-*•–+])|(\d{1,2})[.)])[ \t]+"
    r"(?!(?:Jan|Feb|M[aä]r|Apr|Ma[iy]|Jun|Jul|Aug|Sep|O[ck]t|Nov|De[cz])[a-zä]*\b)(.*)$"
)
_ROW = re.compile(r"[ \t]*\|(.+?)\|?[ \t]*$")
_UNDER_HEADER = re.compile(r"[\s:|-]*-[\s:|-]*$")
_JSON = re.compile(r"[ \t]*(?:\{|\[\{)[ \t]*(?:\"|$)")
_QUOTED = re.compile(r"[ \t]*>[ \t]?")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, table row or heading; `mark` is its marker: "-", "1.", "#".

    `cells` are those of a row, and `header` those of its table's first row. `above` are the headings and opening lines
    directly above it; `lead` is the line that opens its list. A row is `whole` if it is closed.
    """

    kind: Kind
    text: str
    mark: str = ""
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    lead: str = ""
    whole: bool = True


def blocks_of(text: str) -> tuple[list[Block], bool]:
    """Return a text's blocks in order, without code, and whether code was begun but not ended.

    The last block may be unfinished.
    """
    found: list[Block] = []
    fence, prose, braces, going_on = "", False, 0, False
    for line in text.split("\n"):
        fenced = _FENCE.match(line)
        if fenced and not fence:
            fence, prose, going_on = fenced[1], fenced[2].strip().lower() in _PROSE, False
        elif fenced and fenced[1].startswith(fence) and not fenced[2].strip():
            fence, going_on = "", False
        elif fence and not prose:
            continue
        elif braces > 0 or _JSON.match(line):
            braces += line.count("{") - line.count("}")
            going_on = False
        elif not line.strip() or _RULE.match(line):
            going_on = False
        else:
            going_on = _add(_QUOTED.sub("", line, count=1), found, going_on)
    return _placed([block for block in found if block.text.strip()]), bool(fence) and not prose


def _add(line: str, found: list[Block], going_on: bool) -> bool:
    """Add a line to the blocks; return whether the next line may continue its block."""
    if (heading := _HEADING.match(line)) and not (going_on and heading[2]):
        found.append(Block("heading", (heading[2] or heading[1] or "").strip(), mark="" if heading[2] else "#"))
    elif row := _ROW.match(line):
        if not _UNDER_HEADER.match(line):
            cells = tuple(cell.strip() for cell in row[1].split("|"))
            found.append(Block("row", f"| {' | '.join(cells)} |", cells=cells, whole=line.rstrip().endswith("|")))
        elif found and found[-1].kind == "row":
            found[-1] = replace(found[-1], kind="header")
    elif item := _ITEM.match(line):
        found.append(Block("item", item[3].strip(), mark="-" if item[1] else f"{item[2]}."))
        return True
    elif going_on:
        found[-1] = replace(found[-1], text=f"{found[-1].text} {line.strip()}")
        return True
    else:
        found.append(Block("text", line.strip()))
        return True
    return False


def _placed(blocks: list[Block]) -> list[Block]:
    """Attach headings, lines that open lists and table headers to the block below them.

    The last one stays a block as long as nothing is below it.
    """
    placed: list[Block] = []
    above: tuple[str, ...] = ()
    lead = ""
    header: tuple[str, ...] = ()
    for number, block in enumerate(blocks):
        below = blocks[number + 1] if number + 1 < len(blocks) else None
        listed = block.kind in ("item", "row", "header")
        lead, header = lead if listed else "", header if block.kind == "row" else ()
        opens = block.kind == "text" and block.text.endswith(":") and below and below.kind not in ("text", "heading")
        if below and (opens or block.kind in ("heading", "header")):
            above += (block.text,)
            lead = block.text if opens else lead
            header = block.cells if block.kind == "header" else ()
        else:
            placed.append(replace(block, above=above, lead=lead, header=header))
            above = ()
    return placed
