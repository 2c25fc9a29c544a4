"""What the page keeps of a conversation, and what it asks of the assistant."""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assistant.errors import AssistantError
from assistant.values import Answer, Turn
from index.errors import IndexingError

log = logging.getLogger(__name__)

UNEXPECTED = "Something went wrong while answering; the terminal that runs the page has the details."


class Answers(Protocol):
    """The part of `assistant.answer.Assistant` that the page uses."""

    def stream(
        self, question: str, history: Sequence[Turn] = (), *, stop: threading.Event | None = None
    ) -> Iterator[Answer]:
        """Yield the answer to a question as it grows; bad input raises `AssistantError` or `IndexingError`."""

    def examples(self) -> tuple[str, ...]:
        """Return up to four questions to start with, none when nothing is indexed."""

    def count(self) -> int:
        """Return the number of articles indexed right now."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and what came of it: an answer, one sentence of error, or neither while it is being answered.

    An answer that is `growing` is still being written.
    """

    question: str
    answer: Answer | None = None
    error: str | None = None
    growing: bool = False


@dataclass(slots=True)
class Session:
    """What the server keeps for one browser tab: its conversation, oldest exchange first.

    A new chat gets a new list. An answer that was still under way then goes to the old one, and is seen no more.
    `stop` belongs to the answer that is under way. It is None at first, because Gradio copies a fresh session.
    """

    conversation: list[Exchange] = field(default_factory=list)
    stop: threading.Event | None = None

    def end_writing(self) -> None:
        """End the writing of the answer that is under way, if there is one."""
        if self.stop is not None:
            self.stop.set()


def history(conversation: Sequence[Exchange]) -> tuple[Turn, ...]:
    """Return the answered exchanges as the turns that a follow-up question may refer to."""
    return tuple(Turn(past.question, past.answer.text) for past in conversation if past.answer is not None)


def sentence(error: Exception) -> str:
    """Write an error's message as a sentence: the command line puts words before it, the page does not."""
    message = str(error)
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "!", "?")) else ".")


def settle(
    assistant: Answers, question: str, conversation: Sequence[Exchange], stop: threading.Event
) -> Iterator[Exchange]:
    """Put a question to the assistant and yield the exchange as it grows, whole or with the user's sentence last."""
    answer: Answer | None = None
    try:
        for answer in assistant.stream(question, history(conversation), stop=stop):
            if answer.written_by:
                yield Exchange(question, answer, growing=True)
        yield Exchange(question, answer)
    except (AssistantError, IndexingError) as error:
        yield Exchange(question, error=sentence(error))
    except Exception:  # The page outlives any failure; what failed belongs in the terminal, not in the chat.
        log.exception("answering failed")
        yield Exchange(question, error=UNEXPECTED)
