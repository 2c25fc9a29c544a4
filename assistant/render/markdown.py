"""A conversation to take away: Markdown with footnotes, or JSON. Text of articles and people stays text in both."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant.render.serialize import as_dict
from assistant.render.text import DISPUTED, filtered, marked, remarks, sourced, spaced, status, worded
from assistant.types import Answer, Claim, Exchange, Heading
from index.text.clean import plain

# What Markdown, or the HTML it lets through, would read as more than text.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
_BREAK = "\n\n"
_ITEM = re.compile(r"(?:-|\d{1,2}\.) ")
_OPENS_LINE = re.compile(r"^(\d*)([-+=:.)])")


def as_markdown(title: str, exchanges: Sequence[Exchange]) -> str:
    """Write a conversation as Markdown: each question a heading, each citation a footnote with its quote."""
    parts = [f"# {_text(title)}"]
    notes: list[str] = []
    for exchange in exchanges:
        parts.append(f"## {_text(exchange.question)}")
        if exchange.answer is not None and exchange.answer.allowed:
            parts.append(f"*Asked only of: {_text(filtered(exchange.answer.allowed))}*")
        if exchange.answer is not None:
            parts.append(_answer(exchange.answer, notes))
        elif exchange.error is not None:
            parts.append(f"*No answer.* {_text(exchange.error)}")
    return "\n\n".join([*parts, *notes]) + "\n"


def as_plain(answer: Answer) -> str:
    """Write one answer with its sources as text to paste: marks, then what each stands for."""
    sources = [f"[{citation.number}] “{citation.quote}” — {sourced(citation)}" for citation in answer.citations]
    return plain("\n".join([marked(answer), *([""] if sources else []), *sources]))


def as_json(heading: Heading, exchanges: Sequence[Exchange]) -> dict[str, Any]:
    """Turn a conversation into what JSON can hold: its title, and each question with its answer or its error."""
    return {
        "title": heading.title,
        "changed": heading.changed.isoformat(),
        "exchanges": [
            {
                "question": exchange.question,
                "answer": as_dict(exchange.answer) if exchange.answer else None,
                "error": exchange.error,
                "feedback": asdict(exchange.feedback) if exchange.feedback else None,
            }
            for exchange in exchanges
        ],
    }


def _answer(answer: Answer, notes: list[str]) -> str:
    first = len(notes)
    said = ""
    for space, claim in spaced(answer):
        marks = "".join(f"[^{first + citation.number}]" for citation in claim.citations)
        label = f"**{DISPUTED}** " if claim.denies else ""
        doubt = f" *({_text(found)})*" if (found := status(claim)) else ""
        words = _shaped(claim) if answer.written_by else _worded(claim)
        # In Markdown it takes two line ends to begin a line.
        said += f"{_BREAK if space.strip(' ') else space}{label}{words}{marks}{doubt}"
    for citation in answer.citations:
        notes.append(f"[^{first + citation.number}]: “{_text(citation.quote)}” — {_text(sourced(citation))}")
    below = [f"*{_text(remark)}*" for remark in remarks(answer)]
    return "\n\n".join([said or _text(answer.text), *below])


def _shaped(claim: Claim) -> str:
    """Write the lines of a claim that an LLM wrote as paragraphs; an item of a list stays one."""
    found = ((_ITEM.match(line), line) for line in claim.text.split("\n"))
    return "\n\n".join(
        (item.group() if item else "") + _text(line[item.end() if item else 0 :]) for item, line in found
    )


def _worded(claim: Claim) -> str:
    """Write a claim's text with the words that answer in bold."""
    said = ""
    for text, answers in worded(claim):
        # What is bold begins and ends with a word, so the white space around it stays outside.
        left, right = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        words = _text(text)
        said += (
            f"{left and ' '}**{words}**{right and ' '}"
            if answers and words
            else f"{left and ' '}{words}{right and ' '}"
        )
    return " ".join(said.split())


def _text(text: str) -> str:
    """Write a text on one line so that Markdown shows it as it is; what steers or turns the text around it goes."""
    return _OPENS_LINE.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", " ".join(plain(text).split())))
