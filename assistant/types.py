"""The values of the ask side: one typed answer for the browser, Python and the command line, and conversations.

A field is declared here alone. JSON, the description of the API and what is kept of an answer follow from it; the text
beside its type says what it holds, to whoever reads this and in the API's description.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

from index.types import EVERYTHING, Article, Copy, Filter, Hit

REFUSAL = "Not in these articles."
"""The sentence that says the articles do not answer; the one copy that code, page and tests share."""

MAX_SOURCES = 50
"""How many passages may be looked at for one answer."""

PAGE = 50
"""How many conversations a list shows at once."""

Status = Literal["supported", "contradicted", "to be compared", "unsupported"]

Kind = Literal["articles", "collection", "talk", "summary", "comparison", "timeline"]
"""What an answer is: what articles say to a question, what the catalog knows of them, neither, as to a greeting; or
sentences of articles put together as a summary, by the sides of a comparison, or by day."""

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

    While it is being written, as much of it as there is. `str(answer)` is its text with marks, and its sources.
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
        # Imported here, for what shows values stands above them.
        from assistant.render.markdown import as_plain

        return as_plain(self)

    def to_dict(self) -> dict[str, Any]:
        """Return what `--json` and the API give: dicts, lists, texts, numbers, truth values and None alone.

        Offsets are code points into the texts of articles, which are left out; days and moments are texts (ISO 8601).
        """
        from assistant.render.serialize import as_dict

        return as_dict(self)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody thinks of an answer: a thumb up or down, and a word on it, "" where there is none."""

    verdict: Verdict
    word: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and what came of it: an answer, one sentence of error, or neither while it is being answered.

    An answer that is `growing` is still being written. `id` is where it is kept, None where it is not. `feedback` is
    what its owner thinks of the answer.
    """

    question: str
    answer: Answer | None = None
    error: str | None = None
    growing: bool = False
    id: int | None = None
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A conversation in a list: its id, its title, and when it was last added to."""

    id: str
    title: str
    changed: datetime


@dataclass(frozen=True, slots=True)
class Rated:
    """An exchange whose answer somebody has rated: who, and when."""

    owner: str
    at: datetime
    exchange: Exchange
