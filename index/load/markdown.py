"""Markdown to the text a reader sees: no markup, one block a paragraph, a list item or a table row a line."""

from functools import cache
from typing import TYPE_CHECKING

from index.load.html_document import block_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token


def markdown_to_text(markdown: str) -> tuple[str | None, str]:
    """Turn Markdown into `(title, text)`.

    A top heading that stands before everything else is the title and leaves the text; None where there is none.
    Blocks of HTML are read as text; HTML elements within a line, and the addresses of links and pictures, are dropped.
    """
    reader = _Reader()
    for token in _parser().parse(markdown):
        reader.read(token)
    return reader.title, "".join(reader.parts).strip()


@cache
def _parser() -> "MarkdownIt":
    """Make the parser once: that takes as long as to parse an article. Safe to share between threads."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    # It orders its rules when it first needs them, where another thread could find half of them.
    parser.parse("word")
    return parser


class _Reader:
    """Collects the visible text of a token stream."""

    def __init__(self) -> None:
        self.title: str | None = None
        self.parts: list[str] = []
        self._lists: list[str] = []
        self._cells: list[str] | None = None
        self._marker = ""
        self._in_top_heading = False

    def read(self, token: "Token") -> None:
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self._lists.append("•" if token.type == "bullet_list_open" else "")
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._end_block()
            case "list_item_open":
                self._marker = (self._lists[-1] or f"{token.info}.") + " "
            case "tr_open":
                self._cells = []
            case "tr_close":
                self.parts.append(" | ".join(self._cells or []) + "\n")
                self._cells = None
            case "table_close":
                self._end_block()
            case "heading_open":
                self._in_top_heading = token.tag == "h1" and self.title is None and not self.parts
            case "fence" | "code_block":
                self.parts.append(token.content.strip("\n") + "\n\n")
            case "html_block":
                if text := block_text(token.content)[1]:
                    self.parts.append(text + "\n\n")
            case "inline":
                self._read_inline(_visible(token.children or []))

    def _read_inline(self, text: str) -> None:
        if self._cells is not None:
            self._cells.append(text)
        elif self._in_top_heading:
            self.title, self._in_top_heading = text or None, False
        elif text:
            self.parts.append(self._marker + text + ("\n" if self._lists else "\n\n"))
        self._marker = ""

    def _end_block(self) -> None:
        if not self._lists and self.parts:
            self.parts.append("\n")


def _visible(tokens: "Sequence[Token]") -> str:
    """Read what is shown of a block; of a picture within a sentence, the words that stand for it."""
    shown = {"softbreak": " ", "hardbreak": "\n"}
    words = [shown.get(t.type, t.content if t.type in ("text", "code_inline") else "") for t in tokens]
    for place, token in enumerate(tokens):
        if token.type == "image" and any(map(str.strip, words[:place])) and any(map(str.strip, words[place + 1 :])):
            words[place] = token.content
    return "".join(words).strip()
