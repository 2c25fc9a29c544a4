"""The assistant's value types: one answer for the browser, Python and the command line, and conversations.

Each field is declared only here. JSON, the API schema and stored answers are derived from it; the text beside its type
is its description, here and in the API schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from index.types import EVERYTHING, Article, Copy, Filter, Hit

REFUSAL = "Not in these articles."
"""The refusal sentence, shared by code, page and tests."""

MAX_SOURCES = 50
"""Most passages used for one answer."""

PAGE = 50
"""Conversations per page of a list."""

Status = Literal["supported", "contradicted", "to be compared", "unsupported"]

Kind = Literal["articles", "collection", "talk", "summary", "comparison", "timeline"]
"""The answer type: from the articles, from the catalog of the collection, small talk, or article sentences composed as
a summary, a comparison or a timeline."""

Verdict = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question of a conversation and the text of its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote: exactly the characters from `start` to `end` (code points) of the article's text."""

    number: Annotated[int, "From 1, in the order of the answer."]
    article: Article
    start: int
    end: Annotated[int, "The offset behind its last character."]
    quote: str
    also_in: Annotated[
        tuple[Copy, ...], "Where else its words stand: copies of the article, and others nearly the same."
    ] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the answer with those it needs to stand alone, the citations it rests on, and how far they hold."""

    text: str
    citations: tuple[Citation, ...]
    status: Status
    denies: Annotated[bool, "It denies or disputes the claim before it."] = False
    confidence: Annotated[
        float | None, "How probable it is that it answers the question, 0 to 1; none where nothing tells."
    ] = None
    missing: Annotated[
        tuple[str, ...], 'Words of the claim that its articles do not bear out: numbers, names, a "not".'
    ] = ()
    answering: Annotated[
        tuple[tuple[int, int], ...], "Where the words that answer stand in its text: start and end, in code points."
    ] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        """The words that answer."""
        return tuple(self.text[start:end] for start, end in self.answering)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or a refusal, with its claims, citations and the passages found.

    While it is being written, it is incomplete. `str(answer)` is its text with marks, and its sources.
    """

    question: str
    searched: Annotated[str, "The question as it was searched."]
    text: Annotated[str, "The claims as one text, without marks; of a refusal, the sentence that says so."]
    claims: tuple[Claim, ...]
    citations: Annotated[tuple[Citation, ...], "All citations, in the order of their numbers."]
    refused: Annotated[bool, "The articles do not answer."]
    hits: Annotated[tuple[Hit, ...], "The passages found, best first."]
    timings: Annotated[Mapping[str, float], "Milliseconds by step, and by step/part."] = field(default_factory=dict)
    written_by: Annotated[str | None, "The LLM that wrote it; none where it is made of quotes."] = None
    draft: Annotated[str, "The words of a sentence that is still being written."] = ""
    stopped: Annotated[str | None, "Why it ends before its end, in one sentence."] = None
    note: Annotated[str | None, "What else a reader should know of it, in one sentence."] = None
    allowed: Annotated[Filter, "Which articles it could be made from."] = EVERYTHING
    kind: Annotated[Kind, "What it is: articles, collection, talk, summary, comparison, timeline."] = "articles"

    def __str__(self) -> str:
        # Imported here: rendering is a layer above types.
        from assistant.render.markdown import as_plain

        return as_plain(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, as `--json` and the API do: dicts, lists, strings, numbers, booleans and None.

        Offsets are code points into the articles' texts, which are left out; dates and times are ISO 8601 strings.
        """
        from assistant.render.serialize import as_dict

        return as_dict(self)


@dataclass(frozen=True, slots=True)
class Feedback:
    """A rating of an answer: a thumb up or down, and a comment, "" for none."""

    verdict: Verdict
    word: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with its answer or its error (one sentence); neither while it is being answered.

    `growing` says that the answer is still streaming. `id` is its id in storage, None if it is not stored. `feedback`
    is its owner's rating of the answer.
    """

    question: str
    answer: Answer | None = None
    error: str | None = None
    growing: bool = False
    id: int | None = None
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A conversation in a list: its id, its title, and when it last changed."""

    id: str
    title: str
    changed: datetime


@dataclass(frozen=True, slots=True)
class Rated:
    """A rated exchange, with who rated it and when."""

    owner: str
    at: datetime
    exchange: Exchange
