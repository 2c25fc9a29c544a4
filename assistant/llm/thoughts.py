"""Separate an LLM's answer from thoughts, tool calls and turn markers while it streams in.

Models put these between tags of their own: `<think>…</think>`, `[THINK]…[/THINK]`, the channels of gpt-oss,
`<tool_call>…</tool_call>`, `<|im_end|>`. One parser handles all: a tag opens or closes something, its name says whether
that is part of the answer, and any other token between bars is a control token and never text.
"""

import re
from typing import Literal

Hidden = Literal["thought", "tool", "turn"]
"""What is no part of the answer: a thought, a tool call or its result, or another speaker's turn."""

# A tag whose name contains one of these hides its contents, however composed: "begin_of_thought".
_THOUGHT = re.compile(r"think|thought|reason|reflect|analysis|scratchpad")
_TOOL = re.compile(r"tool|function|python_tag|invoke")
# Tags around answers, and turn markers of templates without bars.
_WRAPPERS = frozenset("answer response final final_answer output solution s bos eos end_of_turn".split())
# Tokens that open a header with the speaker or channel. It ends at one of `_HEADED`, or at the line end.
_HEADERS = frozenset("start im_start start_header_id start_of_turn channel".split())
_HEADED = frozenset("message end_header_id".split())
_ALOUD = frozenset(("", "final", "assistant", "model", "response", "answer"))
# Without control tokens, this is left of the channels of gpt-oss: "analysisHm.assistantfinalYes."
_BARE_OPENING, _BARE_END = "analysis", "assistantfinal"
_TAG = re.compile(
    r"<(?P<left>[|｜]?)(?P<end>/?)(?P<name>[A-Za-z_][\w▁:.-]*)(?:[ =][^<>\n]{0,80})?(?P<right>[|｜]?)>"
    r"|\[(?P<end2>/?)(?P<name2>[A-Z][A-Z_]+)\]"
    r"|◁(?P<end3>/?)(?P<name3>\w+)▷"
    rf"|(?P<bare>{_BARE_END})"
)
# What may become a tag when more text arrives.
_BEGUN = "|".join(_BARE_END[:length] for length in range(len(_BARE_END) - 1, 0, -1))
_MAYBE_TAG = re.compile(
    r"(?:<[|｜]?/?(?:[A-Za-z_][\w▁:.-]{0,40}(?:[ =][^<>\n]{0,80})?)?[|｜]?"
    rf"|\[/?[A-Z_]{{0,24}}|◁/?\w{{0,24}}|{_BEGUN})\Z"
)


class Thoughts:
    """The text of an LLM as it streams in.

    `said` is its answer so far, `length` the number of characters received, thoughts and tags included. An unfinished
    tag is held back until the rest of it arrives, or until `end`.
    """

    def __init__(self) -> None:
        self.said = ""
        self.length = 0
        self._held = ""
        self._hidden: Hidden | None = None
        self._header: str | None = None
        # The length of `said` before a thought. Templates may open a thought that the text only closes.
        self._before: int | None = 0

    @property
    def inside(self) -> Hidden | None:
        """What is open at the end of the text; None within the answer."""
        return "thought" if self._header else self._hidden

    def add(self, words: str) -> None:
        """Add the next words."""
        began = self.length == len(self._held)
        self.length += len(words)
        text, self._held = self._held + words, ""
        if began and len(text) <= len(_BARE_OPENING) and _BARE_OPENING.startswith(text):
            self._held = text
            return
        if began and re.match(rf"{_BARE_OPENING}[A-Z]", text):
            self._hidden, text = "thought", text[len(_BARE_OPENING) :]
        if held := _MAYBE_TAG.search(text):
            text, self._held = text[: held.start()], held.group()
        place = 0
        for tag in _TAG.finditer(text):
            self._keep(text[place : tag.start()])
            self._turn(tag)
            place = tag.end()
        self._keep(text[place:])

    def end(self) -> None:
        """Add what was held back as text, since nothing more will come."""
        held, self._held = self._held, ""
        self._keep(held)

    def _keep(self, text: str) -> None:
        if self._header is not None:
            head, line_end, text = text.partition("\n")
            self._header += head
            if line_end:
                self._enter()
        if self._header is None and self._hidden is None:
            self.said += text

    def _enter(self) -> None:
        """Leave the header, and open what it announces."""
        name = (self._header or "").strip().partition(" ")[0].lower()
        self._header = None
        self._hidden = None if name in _ALOUD else _kind(name) or ("tool" if name == "commentary" else "turn")

    def _turn(self, tag: re.Match[str]) -> None:
        """Handle a tag: it opens or closes something, is ignored, or is text."""
        bars = bool(tag["left"] or tag["right"])
        name = (tag["name"] or tag["name2"] or tag["name3"] or "thought").lower().replace("▁", "_")
        ends = bool(tag["end"] or tag["end2"] or tag["end3"] or tag["bare"] or (tag["right"] and not tag["left"]))
        ends = ends or name.startswith("end_") or name.endswith("_end")
        if name in _HEADED and bars:
            self._enter()
        elif name in _HEADERS and (bars or name == "start_of_turn"):
            self._header, self._hidden = (None, None) if ends else ("", self._hidden)
        elif self._header is not None:
            pass  # A token within a header, as <|constrain|>.
        elif kind := _kind(name):
            self._open(kind, ends)
        elif not bars and not (name in _WRAPPERS and tag["name"]):
            self._keep(tag.group())

    def _open(self, kind: Hidden, ends: bool) -> None:
        if kind == "thought" and not ends:
            self._hidden, self._before = kind, len(self.said)
        elif kind == "thought" and self._before is not None:
            self.said, self._hidden, self._before = self.said[: self._before], None, None
        elif kind == "tool" and self._hidden in (None, "tool"):
            self._hidden = None if ends else kind


def _kind(name: str) -> Hidden | None:
    """Return what a tag or channel of this name hides, or None."""
    return "thought" if _THOUGHT.search(name) else "tool" if _TOOL.search(name) else None
