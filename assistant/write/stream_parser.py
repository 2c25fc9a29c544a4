"""Parse an LLM's text while it streams in: split it into sentences, and tell which are finished.

Thoughts, citation marks and Markdown are removed: the marks shown are those that the checker finds, and of Markdown
only lists, tables and headings are kept.
"""

import re
from dataclasses import dataclass

from assistant.llm.thoughts import Thoughts
from assistant.render.streamed import NEXT_BEGUN
from assistant.write.shapes import Block, blocks_of
from index.text.clean import plain
from index.text.sentences import sentences

MAX_CHARACTERS = 4_000
"""Longest answer in characters; a longer one is stopped. Thoughts may be ten times as long."""

_NUMBER_LIST = r"\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*"
_SOURCE = r"(?:sources?|passages?|articles?|evidence|citations?|refs?\.?)"
_MARK = re.compile(
    rf"[ \t]*(?:\[\^?(?:{_SOURCE}\s*)?{_NUMBER_LIST}\]|【[^】\n]{{0,40}}】"
    rf"|\((?:see\s+)?(?:sources?|passages?)\s+{_NUMBER_LIST}\))",
    re.IGNORECASE,
)
# A mark while the text is split into sentences: moved inside the sentence that it follows.
_KEPT = re.compile(r"⟦([\d ]*)⟧")
_BEHIND = re.compile(r"([.!?…:。！？｡]+[\"'”’»)*_]*)((?:\s*⟦[\d ]*⟧)+)")
_MAX_NAMED = 5
_INLINE = re.compile(r"\*\*|__|`+")
# What may become a mark, Markdown, a fence or a row when more text arrives.
_UNFINISHED = re.compile(
    r"(?:[ \t]*[\[【(][^\]】)\n]{0,30}|[*_`#~]+"
    r"|(?:\A|\n)[ \t]*(?:\d{1,2}[.)]?|[-*•–+>=_ ]+)?[ \t]*|(?:\A|\n)[ \t]*\|[^\n]*)\Z"
)
_ENDS = re.compile(r"[.!?…:。！？｡।॥؟۔][\"'”’»)\]」』”’）】]*\Z")
# Loop detection, in characters: the part of the end that is examined, the string searched for, and the shortest loop.
_EXAMINED, _MATCHED, _MIN_LOOP = 1_600, 24, 160
_TIMES = 6


@dataclass(frozen=True, slots=True)
class Sentence:
    """An LLM's sentence, list item or table row: its `text` with its markup, and what it `says` in words.

    `above` are the headings and opening lines directly above it, `lead` is the line that opens its list. `ends` says
    that it has an end, and was not cut off. `named` are the numbers of its citation marks.
    """

    text: str
    says: str
    above: tuple[str, ...] = ()
    lead: str = ""
    ends: bool = True
    named: tuple[int, ...] = ()

    @property
    def shown(self) -> str:
        """The lines above it and its text."""
        return "\n".join((*self.above, self.text))


class StreamParser:
    """Parses an LLM's text as it streams in; `language`, a code of ISO 639-1, says how its sentences end."""

    def __init__(self, language: str | None = None) -> None:
        self._language = language
        self._thoughts = Thoughts()
        self._tail = ""
        self._in_code = False

    def add(self, words: str) -> None:
        """Add the next words."""
        self._thoughts.add(words)
        self._tail = (self._tail + words)[-_EXAMINED:]

    @property
    def is_ramble(self) -> bool:
        """Say whether the text is too long for an answer."""
        return len(self._thoughts.said) > MAX_CHARACTERS or self._thoughts.length > 10 * MAX_CHARACTERS

    @property
    def is_loop(self) -> bool:
        """Say whether the text ends in a loop, in the answer or in thoughts."""
        tail = " ".join(self._tail.split())
        period = len(tail) - _MATCHED - tail.rfind(tail[-_MATCHED:], 0, -1)
        stretch = tail[-max(_TIMES * period, _MIN_LOOP) :]
        return len(stretch) >= max(_TIMES * period, _MIN_LOOP) and stretch[period:] == stretch[:-period]

    @property
    def is_open(self) -> bool:
        """Say whether a finished text ends inside a thought or code, which is not shown."""
        return self._thoughts.inside == "thought" or self._in_code

    def read(self, *, finished: bool = False) -> tuple[list[Sentence], str]:
        """Return the finished sentences, and the words of the unfinished one.

        `finished` says that nothing more will come, so that the last sentence counts however it ends.
        """
        if finished:
            self._thoughts.end()
        # Half a surrogate pair: the other half comes with the next words, or never.
        said = self._thoughts.said.encode("utf-16", "surrogatepass").decode(
            "utf-16", "replace" if finished else "ignore"
        )
        said = _MARK.sub(_kept, _KEPT.sub("", said if finished else _UNFINISHED.sub("", said)))
        blocks, self._in_code = blocks_of(plain(_BEHIND.sub(r"\2\1", said)))
        hanging = len(blocks) > 1 and blocks[-1].kind == "heading" and bool(blocks[-1].mark)
        if hanging:
            blocks.pop()  # Nothing has come below it, and where nothing does, it is left out.
        found = [_sentences(block, self._language) for block in blocks]
        open_ = 0
        if found and not finished and not hanging:
            # Unfinished may be the last block: a whole item or row, or the last sentence of a paragraph.
            begun = not found[-1] or len(found[-1][-1].says) >= NEXT_BEGUN
            open_ = 1 if begun else min(2, len(found[-1]))
        every = [one for sentences in found for one in sentences]
        closed = every[: len(every) - open_]
        rest = " ".join(one.shown for one in every[len(closed) :])
        return [one for one in closed if re.search(r"\w", one.says)], rest


def _sentences(block: Block, language: str | None) -> list[Sentence]:
    """Return the sentences of a paragraph; an item, row or heading is one sentence."""
    text = _bare(block.text, keep=True)
    above = tuple(map(_bare, block.above))
    lead = _bare(block.lead)
    if block.kind == "text":
        spans = sentences(text, language)
        said = [text[start:end] for start, end in spans]
        return [
            Sentence(bare, bare, above if not n else (), ends=bool(_ENDS.search(bare)), named=_named(one))
            for n, (one, bare) in enumerate((one, _bare(one)) for one in said)
        ]
    named, text = _named(text), _bare(text)
    if block.kind == "item":
        return [Sentence(f"{block.mark} {text}", text, above, lead, bool(_ENDS.search(text)), named)]
    return [Sentence(text, _said(block, text), above, lead, block.whole, named)]


def _bare(text: str, *, keep: bool = False) -> str:
    """Return a line without Markdown, and without marks unless `keep`."""
    text = _INLINE.sub("", text)
    return " ".join((text if keep else _KEPT.sub("", text)).split())


def _kept(mark: re.Match[str]) -> str:
    """Return a mark as its numbers in unusual brackets; "2-4" gives three numbers."""
    numbers: list[int] = []
    for first, last in re.findall(r"(\d{1,3})(?:\s*[–-]\s*(\d{1,3}))?", mark[0]):
        numbers += range(int(first), min(int(last or first), int(first) + _MAX_NAMED) + 1)
    return f"⟦{' '.join(map(str, numbers))}⟧"


def _named(text: str) -> tuple[int, ...]:
    """Return the distinct numbers of the marks in a text."""
    return tuple(dict.fromkeys(int(number) for mark in _KEPT.findall(text) for number in mark.split()))[:_MAX_NAMED]


def _said(block: Block, text: str) -> str:
    """Return a block's text in words: a row with the names of its columns."""
    if block.kind not in ("row", "header"):
        return text
    named = zip(block.header, block.cells, strict=False) if block.header else (("", cell) for cell in block.cells)
    return _bare("; ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell))
