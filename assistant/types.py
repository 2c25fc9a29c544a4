"""The values of the ask side: one typed answer for the browser, Python and the command line, and conversations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from index.types import EVERYTHING, Article, Copy, Filter, Hit

REFUSAL = "Not in these articles."
"""The sentence that says the articles do not answer; the one copy that code, page and tests share."""

MOST_SOURCES = 50
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
    """A numbered quote: `quote == article.text[start:end]`, offsets in code points, numbers from 1.

    `also_in` is where else it stands: the same text at another address, or one nearly the same that has these words.
    """

    number: int
    article: Article
    start: int
    end: int
    quote: str
    also_in: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the answer with those it needs to stand alone, the citations it rests on, and how far they hold.

    `denies` says that it denies or disputes the claim before it. `confidence` is the probability (0 to 1) that it
    answers the question, or None where nothing tells. `missing` are words of the claim that its articles do not bear
    out: numbers, names, a "not". `answering` is where the words that answer stand in `text`, in order: start and end in
    code points; `answers` are these words.
    """

    text: str
    citations: tuple[Citation, ...]
    status: Status
    denies: bool = False
    confidence: float | None = None
    missing: tuple[str, ...] = ()
    answering: tuple[tuple[int, int], ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        """The words that answer."""
        return tuple(self.text[start:end] for start, end in self.answering)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or a refusal; while it is being written, as much of it as there is.

    `searched` is the question as it was searched, `text` the claims as one text without marks (or `REFUSAL`),
    `citations` all citations in the order of their numbers, `hits` the passages found, best first, and `timings`
    milliseconds by step, and by step/part. `written_by` names the LLM that wrote the text, None where it is made of
    quotes. `draft` are the words of a sentence that is still being written, `stopped` says why an answer ends before
    its end, and `note` what else a reader should know of it; each is one sentence or none. `allowed` is which articles
    it could use, `kind` what it is made of.
    """

    question: str
    searched: str
    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    refused: bool
    hits: tuple[Hit, ...]
    timings: Mapping[str, float] = field(default_factory=dict)
    written_by: str | None = None
    draft: str = ""
    stopped: str | None = None
    note: str | None = None
    allowed: Filter = EVERYTHING
    kind: Kind = "articles"


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
