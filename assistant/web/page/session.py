"""What the page keeps of a conversation, and what it asks of the assistant."""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from assistant.errors import UNEXPECTED, AssistantError, sentence
from assistant.types import PAGE, Answer, Exchange, Heading, Turn
from assistant.web.page import i18n as words
from assistant.web.page.html import Markup
from index.errors import IndexingError
from index.types import EVERYTHING, Filter

if TYPE_CHECKING:
    import gradio as gr

    from assistant.storage.conversations import Conversations
    from assistant.storage.preferences import Preferences

log = logging.getLogger(__name__)

LEFT = "It was left while it was written."
UNANSWERED = (
    "This has no answer: it was left before there was one, or another tab is still waiting for it; ask it again."
)


class Answers(Protocol):
    """The part of `assistant.assistant.Assistant` that the page uses."""

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        allowed: Filter = EVERYTHING,
        strict: bool | None = None,
        sources: int | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Answer]:
        """Yield the answer to a question as it grows; bad input raises `AssistantError` or `IndexingError`."""

    def suggest(self, answer: Answer, history: Sequence[Turn] = ()) -> tuple[str, ...]:
        """Return questions to go on with after an answer, given the turns before it."""

    def publishers(self) -> list[str]:
        """Return the publishers of the articles indexed right now, by name."""

    def titles(self, articles: Sequence[str]) -> dict[str, str]:
        """Return the titles of articles by id, those that are gone left out."""

    def examples(self) -> tuple[str, ...]:
        """Return up to four questions to start with, none when nothing is indexed."""

    def count(self) -> int:
        """Return the number of articles indexed right now."""


@dataclass(slots=True)
class Session:
    """What the server keeps for one browser tab: its conversation, oldest exchange first, and how it sees the list.

    A new chat gets a new list. An answer that was still under way then ends, and is kept in the old one as far as it
    came. `stop` belongs to the answer that is under way. It is None at first, because Gradio copies a fresh session.
    `id` is where the conversation is kept, `editing` the place of the question that the next one replaces. `known` says
    that the page has been shown from this session; one that was not is newer than the page. `suggested` are the
    questions offered under the last answer, `called_off` says that a new chat waits for the answer under way to end.
    `language` is the code of the page's: the one chosen, else the browser's.
    """

    conversation: list[Exchange] = field(default_factory=list)
    stop: threading.Event | None = None
    id: str | None = None
    known: bool = False
    owner: str = ""
    editing: int | None = None
    search: str = ""
    listed: int = PAGE
    deleted: Heading | None = None
    suggested: tuple[str, ...] = ()
    called_off: bool = False
    language: str = words.ENGLISH
    chosen_language: str | None = None

    @property
    def markup(self) -> Markup:
        """Return what writes the page's HTML in the session's language."""
        return Markup(self.language)

    def begin_writing(self, turns: threading.Lock) -> threading.Event | None:
        """Begin an answer: returns what stops it, or None while another is under way.

        `turns` is held for a moment: of two questions that come at once, one is asked.
        """
        with turns:
            if self.is_writing():
                return None
            self.stop = threading.Event()
            return self.stop

    def of(self, request: "gr.Request") -> "Session":
        """Return the session as it is for who sends a request, in their language.

        It is a fresh one where it is another's, or nobody's yet.
        """
        owner = request.username or ""
        session = self if self.owner == owner else Session(owner=owner)
        session.language = session.chosen_language or words.chosen(request.headers.get("accept-language"))
        return session

    def end_writing(self) -> None:
        """End the writing of the answer that is under way, if there is one."""
        if self.stop is not None:
            self.stop.set()

    def open(self, kept: "Conversations", id_: str | None) -> None:
        """Turn to a kept conversation, or to a new one; what is being written ends in the one that was open.

        Raises:
            BadConversations: it cannot be read; the session stays where it is.
        """
        self.known = True
        said = [_loaded(exchange) for exchange in kept.exchanges(id_, self.owner)] if id_ else []
        self.conversation, self.editing, self.suggested = said, None, ()
        self.id = id_ if said else None

    def take_up(self, kept: "Conversations", id_: str) -> None:
        """Go on with the conversation that the page shows, should the server have been restarted under it.

        A question may come before the page has said that it is there: what is being answered then is not left.
        """
        if id_ and not self.known:
            self.open(kept, id_)
        self.known = True

    def question_at(self, place: int | None) -> str | None:
        """Return the question at a place of the conversation, None where there is none; browsers name any place."""
        known = place is not None and 0 <= place < len(self.conversation)
        return self.conversation[place].question if place is not None and known else None

    def is_writing(self) -> bool:
        """Say whether an answer is under way."""
        return self.stop is not None and not self.stop.is_set()


def history(conversation: Sequence[Exchange]) -> tuple[Turn, ...]:
    """Return the answered exchanges as the turns that a follow-up question may refer to."""
    return tuple(Turn(past.question, past.answer.text) for past in conversation if past.answer is not None)


def settle(
    assistant: Answers,
    question: str,
    conversation: Sequence[Exchange],
    allowed: Filter,
    stop: threading.Event,
    wishes: "Preferences | None" = None,
) -> Iterator[Exchange]:
    """Ask of the articles that are allowed, and yield the exchange as it grows, whole or with an error last.

    `wishes` are those of the person who asks.
    """
    answer: Answer | None = None
    try:
        for answer in assistant.stream(
            question,
            history(conversation),
            allowed=allowed,
            strict=wishes.strict if wishes else None,
            sources=wishes.sources if wishes else None,
            stop=stop,
        ):
            if answer.written_by:
                yield Exchange(question, answer, growing=True)
        yield Exchange(question, answer)
    except (AssistantError, IndexingError) as error:
        yield Exchange(question, error=sentence(error))
    except Exception:  # The page outlives any failure; what failed belongs in the terminal, not in the chat.
        log.exception("answering failed")
        yield Exchange(question, error=UNEXPECTED)


def offered(assistant: Answers, conversation: Sequence[Exchange]) -> tuple[str, ...]:
    """Find questions to go on with after the last answer of a conversation; () where it has none."""
    last = conversation[-1].answer if conversation else None
    if last is None or last.stopped:
        return ()
    try:
        return assistant.suggest(last, history(conversation[:-1]))
    except (AssistantError, IndexingError):
        # The answer stands without them, and what is wrong is said with the next question.
        log.warning("no questions can be suggested", exc_info=True)
        return ()


def left(exchange: Exchange) -> Exchange:
    """Turn an exchange that nobody waits for any more into what is kept of it: words not yet checked are left out."""
    if not exchange.growing or exchange.answer is None:
        return exchange
    if not exchange.answer.claims:
        return replace(exchange, growing=False, answer=None)
    return replace(exchange, growing=False, answer=replace(exchange.answer, draft="", stopped=LEFT))


def _loaded(exchange: Exchange) -> Exchange:
    if exchange.answer is None and exchange.error is None:
        return replace(exchange, error=UNANSWERED)
    return exchange
