"""HTML that is an article from end to end to text: a block a paragraph, a list item or a table row a line.

For documents. A web page, which has much around its article, is for trafilatura.
"""

from typing import Any

from index.load.formulas import keep_formulas
from index.load.html import parse, walk
from index.load.html_hidden import drop_hidden
from index.load.html_inline import keep_inline

_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "dd", "div", "dl", "dt", "figcaption", "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
}  # fmt: skip
_UNSEEN = {"head", "script", "style", "template", "title", "noscript", "svg", "rt", "rp"}
_LISTS = {"ul": "•", "ol": ""}
_HEADINGS = ("h1", "h2", "h3")


def block_text(html: str) -> tuple[str | None, str]:
    """Turn HTML into `(title, text)`; the title is its first heading, None where there is none."""
    root = parse(html)
    return tree_text(root) if root is not None else (None, "")


def tree_text(root: Any) -> tuple[str | None, str]:
    """Turn a tree of HTML into `(title, text)`; what is hidden in it is taken out, and formulas become text."""
    keep_formulas(root)
    drop_hidden(root)
    keep_inline(root, captions=False)
    reader = _Reader()
    reader.read(root)
    return reader.title, reader.text()


class _Reader:
    """Collects the visible text of a tree, which may be of any depth: it is walked, not descended into."""

    def __init__(self) -> None:
        self.title: str | None = None
        self._parts: list[str] = []
        self._words: list[str] = []
        self._cells: list[str] | None = None
        self._lists: list[list[Any]] = []
        self._marker = ""
        self._unseen = 0

    def read(self, root: Any) -> None:
        for event, element in walk(root):
            if event in ("comment", "pi"):
                self._say(element.tail)
            elif event == "start":
                self._open(element)
            else:
                self._close(element)
                self._say(element.tail)

    def text(self) -> str:
        self._end()
        return "".join(self._parts).strip()

    def _open(self, element: Any) -> None:
        tag = _name(element)
        if tag in _UNSEEN:
            self._unseen += 1
        if tag in _BLOCKS:
            self._end()
        if tag in _LISTS:
            self._lists.append([_LISTS[tag], 0])
        elif tag == "li" and self._lists:
            self._lists[-1][1] += 1
            self._marker = f"{self._lists[-1][0] or f'{self._lists[-1][1]}.'} "
        elif tag == "tr":
            self._cells = []
        elif tag == "br":
            self._words.append("\n")
        self._say(element.text)

    def _close(self, element: Any) -> None:
        tag = _name(element)
        if tag in _HEADINGS and self.title is None:
            self.title = " ".join("".join(self._words).split()) or None
        if tag in ("td", "th") and self._cells is not None:
            self._cells.append(" ".join("".join(self._words).split()))
            self._words = []
        elif tag == "tr":
            self._end_row()
        elif tag in _BLOCKS:
            self._end()
        if tag in _LISTS and self._lists:
            self._lists.pop()
        if tag == "table" or (tag in _LISTS and not self._lists):
            self._parts.append("\n")
        if tag in _UNSEEN:
            self._unseen -= 1

    def _say(self, words: str | None) -> None:
        if words and not self._unseen:
            # A line end in the source is a space; one that is meant is <br>.
            self._words.append(words.replace("\r", " ").replace("\n", " "))

    def _end(self) -> None:
        """End the block at hand; within a table's cell there is none."""
        if self._cells is not None:
            self._words.append(" ")
            return
        lines = (" ".join(line.split()) for line in "".join(self._words).split("\n"))
        words = "\n".join(line for line in lines if line)
        self._words = []
        if words:
            self._parts.append(f"{self._marker}{words}" + ("\n" if self._lists else "\n\n"))
            self._marker = ""

    def _end_row(self) -> None:
        if any(self._cells or ()):
            self._parts.append(" | ".join(self._cells or ()) + "\n")
        self._cells, self._words = None, []


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
