"""The text of an LLM as it arrives: what is no sentence taken out, and told which sentences are finished.

Models write marks, Markdown and their own thoughts around what they say. None of it is needed: the marks shown are
those that the checking finds, and of Markdown only the shape is kept.
"""

import re
from dataclasses import dataclass

from assistant.llm.thoughts import Thoughts
from assistant.render.streamed import NEXT_BEGUN
from assistant.write.shapes import Block, blocks_of
from index.text.clean import plain
from index.text.sentences import sentences

MAX_CHARACTERS = 4_000
"""After so many characters an answer is a ramble, and is stopped; its thoughts may be ten times as long."""

_NUMBER_LIST = r"\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*"
_SOURCE = r"(?:sources?|passages?|articles?|evidence|citations?|refs?\.?)"
_MARK = re.compile(
    rf"[ \t]*(?:\[\^?(?:{_SOURCE}\s*)?{_NUMBER_LIST}\]|【[^】\n]{{0,40}}】"
    rf"|\((?:see\s+)?(?:sources?|passages?)\s+{_NUMBER_LIST}\))",
    re.IGNORECASE,
)
# A mark while the text is cut into sentences: inside the sentence it stands behind.
_KEPT = re.compile(r"⟦([\d ]*)⟧")
_BEHIND = re.compile(r"([.!?…:。！？｡]+[\"'”’»)*_]*)((?:\s*⟦[\d ]*⟧)+)")
_MAX_NAMED = 5
_INLINE = re.compile(r"\*\*|__|`+")
# What may become a mark, Markdown, a fence or a row once the rest of it has come.
_UNFINISHED = re.compile(
    r"(?:[ \t]*[\[【(][^\]】)\n]{0,30}|[*_`#~]+"
    r"|(?:\A|\n)[ \t]*(?:\d{1,2}[.)]?|[-*•–+>=_ ]+)?[ \t]*|(?:\A|\n)[ \t]*\|[^\n]*)\Z"
)
_ENDS = re.compile(r"[.!?…:。！？｡।॥؟۔][\"'”’»)\]」』”’）】]*\Z")
# In characters: what of the end is looked at for a loop, how much of it tells two places alike, and how long a loop is.
_LOOKED_AT, _ALIKE, _MIN_LOOP = 1_600, 24, 160
_TIMES = 6


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an LLM, an item of a list or a row of a table: its `text` in its shape, and what it `says`.

    `above` are the headings and opening lines that stand right over it, `lead` is the line that opens its list. `ends`
    says that it comes to an end, and does not only stop. `named` are the numbers of the marks that stand in it.
    """

    text: str
    says: str
    above: tuple[str, ...] = ()
    lead: str = ""
    ends: bool = True
    named: tuple[int, ...] = ()

    @property
    def shown(self) -> str:
        """The lines above it, and itself."""
        return "\n".join((*self.above, self.text))


class Draft:
    """What an LLM has written so far."""

    def __init__(self) -> None:
        self._thoughts = Thoughts()
        self._tail = ""
        self._in_code = False

    def add(self, words: str) -> None:
        """Take in the next words."""
        self._thoughts.add(words)
        self._tail = (self._tail + words)[-_LOOKED_AT:]

    @property
    def is_ramble(self) -> bool:
        """Say whether it is too long for an answer."""
        return len(self._thoughts.said) > MAX_CHARACTERS or self._thoughts.length > 10 * MAX_CHARACTERS

    @property
    def is_loop(self) -> bool:
        """Say whether it ends on the same words over and over, said or thought."""
        tail = " ".join(self._tail.split())
        period = len(tail) - _ALIKE - tail.rfind(tail[-_ALIKE:], 0, -1)
        stretch = tail[-max(_TIMES * period, _MIN_LOOP) :]
        return len(stretch) >= max(_TIMES * period, _MIN_LOOP) and stretch[period:] == stretch[:-period]

    @property
    def is_open(self) -> bool:
        """Say of a text that has ended whether a thought or code in it has no end, and so is not shown."""
        return self._thoughts.inside == "thought" or self._in_code

    def read(self, *, finished: bool = False) -> tuple[list[Sentence], str]:
        """Return the sentences that are finished, and the words of the one that is not.

        `finished` says that nothing more will come, so the last sentence counts as one whatever it ends on.
        """
        if finished:
            self._thoughts.end()
        # Half a character of one that takes two: the other half comes with the next words, or never.
        said = self._thoughts.said.encode("utf-16", "surrogatepass").decode(
            "utf-16", "replace" if finished else "ignore"
        )
        said = _MARK.sub(_kept, _KEPT.sub("", said if finished else _UNFINISHED.sub("", said)))
        blocks, self._in_code = blocks_of(plain(_BEHIND.sub(r"\2\1", said)))
        if finished and len(blocks) > 1 and blocks[-1].kind == "heading" and blocks[-1].mark:
            blocks.pop()  # Nothing has come below it.
        found = [_sentences(block) for block in blocks]
        open_ = 0
        if found and not finished:
            # What may go on is the last block: an item and a row as a whole, of a paragraph its last sentence.
            begun = not found[-1] or len(found[-1][-1].says) >= NEXT_BEGUN
            open_ = 1 if begun else min(2, len(found[-1]))
        every = [one for sentences in found for one in sentences]
        closed = every[: len(every) - open_]
        rest = " ".join(one.shown for one in every[len(closed) :])
        return [one for one in closed if re.search(r"\w", one.says)], rest


def _sentences(block: Block) -> list[Sentence]:
    """Return the sentences of a paragraph, or an item, a row or a heading as one."""
    text = _bare(block.text, keep=True)
    above = tuple(map(_bare, block.above))
    lead = _bare(block.lead)
    if block.kind == "text":
        spans = sentences(text)
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
    """Take Markdown out of a line, and marks, if they are not to be kept."""
    text = _INLINE.sub("", text)
    return " ".join((text if keep else _KEPT.sub("", text)).split())


def _kept(mark: re.Match[str]) -> str:
    """Write a mark as its numbers, in brackets that nobody else uses; "2-4" is three of them."""
    numbers: list[int] = []
    for first, last in re.findall(r"(\d{1,3})(?:\s*[–-]\s*(\d{1,3}))?", mark[0]):
        numbers += range(int(first), min(int(last or first), int(first) + _MAX_NAMED) + 1)
    return f"⟦{' '.join(map(str, numbers))}⟧"


def _named(text: str) -> tuple[int, ...]:
    """Return the numbers of the marks in a text, each once."""
    return tuple(dict.fromkeys(int(number) for mark in _KEPT.findall(text) for number in mark.split()))[:_MAX_NAMED]


def _said(block: Block, text: str) -> str:
    """Put what an item or a row says in words: a row with the names of its columns."""
    if block.kind not in ("row", "header"):
        return text
    named = zip(block.header, block.cells, strict=False) if block.header else (("", cell) for cell in block.cells)
    return _bare("; ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell))
