"""Export a conversation as Markdown with footnotes, or as JSON. All text is escaped."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant.render.i18n import Translate
from assistant.render.serialize import as_dict
from assistant.render.text import (
    DISPUTED,
    answering_parts,
    citation_source,
    filter_text,
    marked,
    remarks,
    spaced,
    status,
)
from assistant.types import Answer, Claim, Exchange, Heading
from index.text.clean import plain

# Characters with a meaning in Markdown, or in the HTML that it passes through.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
_BREAK = "\n\n"
_ITEM = re.compile(r"(?:-|\d{1,2}\.) ")
_OPENS_LINE = re.compile(r"^(\d*)([-+=:.)])")


def as_markdown(title: str, exchanges: Sequence[Exchange]) -> str:
    """Return a conversation as Markdown: questions as headings, citations as footnotes with their quotes."""
    parts = [f"# {_text(title)}"]
    notes: list[str] = []
    for exchange in exchanges:
        parts.append(f"## {_text(exchange.question)}")
        if exchange.answer is not None and exchange.answer.allowed:
            parts.append(f"*Asked only of: {_text(filter_text(exchange.answer.allowed))}*")
        if exchange.answer is not None:
            parts.append(_answer(exchange.answer, notes))
        elif exchange.error is not None:
            parts.append(f"*No answer.* {_text(exchange.error)}")
    return "\n\n".join([*parts, *notes]) + "\n"


def as_plain(answer: Answer, _: Translate = str) -> str:
    """Return an answer as plain text with marks, followed by its numbered sources; `_` translates."""
    sources = [
        f"[{citation.number}] “{citation.quote}” — {citation_source(citation, _)}" for citation in answer.citations
    ]
    return plain("\n".join([marked(answer, _), *([""] if sources else []), *sources]))


def as_json(heading: Heading, exchanges: Sequence[Exchange]) -> dict[str, Any]:
    """Return a conversation as plain data: its title, and each question with its answer or error."""
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
        words = _paragraphs(claim) if answer.written_by else _bold_answer(claim)
        # Markdown needs two line ends for a new line.
        said += f"{_BREAK if space.strip(' ') else space}{label}{words}{marks}{doubt}"
    for citation in answer.citations:
        notes.append(f"[^{first + citation.number}]: “{_text(citation.quote)}” — {_text(citation_source(citation))}")
    below = [f"*{_text(remark)}*" for remark in remarks(answer)]
    return "\n\n".join([said or _text(answer.text), *below])


def _paragraphs(claim: Claim) -> str:
    """Return the lines of an LLM's claim as paragraphs; list items stay list items."""
    found = ((_ITEM.match(line), line) for line in claim.text.split("\n"))
    return "\n\n".join(
        (item.group() if item else "") + _text(line[item.end() if item else 0 :]) for item, line in found
    )


def _bold_answer(claim: Claim) -> str:
    """Return a claim's text with the answering words in bold."""
    said = ""
    for text, answers in answering_parts(claim):
        # Bold text must begin and end with a word: white space stays outside.
        left, right = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        words = _text(text)
        said += (
            f"{left and ' '}**{words}**{right and ' '}"
            if answers and words
            else f"{left and ' '}{words}{right and ' '}"
        )
    return " ".join(said.split())


def _text(text: str) -> str:
    """Return a text on one line, escaped for Markdown and without control characters."""
    return _OPENS_LINE.sub(r"\1\\\2", _SIGNS.sub(r"\\\1", " ".join(plain(text).split())))
