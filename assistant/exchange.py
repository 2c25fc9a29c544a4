"""The values that conversations are made of; `assistant.storage.conversations` keeps them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assistant.types import Answer

PAGE = 50
"""How many conversations a list shows at once."""


Verdict = Literal["up", "down"]


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
