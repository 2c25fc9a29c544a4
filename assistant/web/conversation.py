"""What the page keeps of a conversation, and what it asks of the assistant."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assistant.errors import AssistantError
from assistant.values import Answer, Turn
from index.errors import IndexingError

log = logging.getLogger(__name__)

UNEXPECTED = "Something went wrong while answering; the terminal that runs the page has the details."


class Answers(Protocol):
    """The part of `assistant.answer.Assistant` that the page uses."""

    def answer(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """Answer a question, given the earlier turns; bad input raises `AssistantError` or `IndexingError`."""

    def examples(self) -> tuple[str, ...]:
        """Return up to four questions to start with, none when nothing is indexed."""

    def count(self) -> int:
        """Return the number of articles indexed right now."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and what came of it: an answer, one sentence of error, or neither while it is being answered."""

    question: str
    answer: Answer | None = None
    error: str | None = None


@dataclass(slots=True)
class Session:
    """What the server keeps for one browser tab: its conversation, oldest exchange first.

    A new chat gets a new list. An answer that was still under way then goes to the old one, and is seen no more.
    """

    conversation: list[Exchange] = field(default_factory=list)


def history(conversation: Sequence[Exchange]) -> tuple[Turn, ...]:
    """Return the answered exchanges as the turns that a follow-up question may refer to."""
    return tuple(Turn(past.question, past.answer.text) for past in conversation if past.answer is not None)


def sentence(error: Exception) -> str:
    """Write an error's message as a sentence: the command line puts words before it, the page does not."""
    message = str(error)
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "!", "?")) else ".")


def settle(assistant: Answers, question: str, conversation: Sequence[Exchange]) -> Exchange:
    """Put a question to the assistant and return the exchange, with the sentence for the user if it failed."""
    try:
        return Exchange(question, answer=assistant.answer(question, history(conversation)))
    except (AssistantError, IndexingError) as error:
        return Exchange(question, error=sentence(error))
    except Exception:  # The page outlives any failure; what failed belongs in the terminal, not in the chat.
        log.exception("answering failed")
        return Exchange(question, error=UNEXPECTED)
