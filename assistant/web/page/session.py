"""The session of a browser tab, and the part of the assistant that the page uses."""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from assistant.errors import UNEXPECTED, AssistantError, sentence
from assistant.render import i18n
from assistant.types import PAGE, Answer, Exchange, Heading, Turn
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
        """Yield the answer to a question as it grows; expected errors are `AssistantError` or `IndexingError`."""

    def suggest(self, answer: Answer, history: Sequence[Turn] = ()) -> tuple[str, ...]:
        """Return suggested questions after an answer, given the turns before it."""

    def publishers(self) -> list[str]:
        """Return the publishers of the articles currently indexed, by name."""

    def titles(self, articles: Sequence[str]) -> dict[str, str]:
        """Return the titles of articles by id, without unknown ones."""

    def examples(self) -> tuple[str, ...]:
        """Return up to four example questions, none if nothing is indexed."""

    def count(self) -> int:
        """Return the number of articles currently indexed."""


@dataclass(slots=True)
class Session:
    """The state of a browser tab: its conversation, oldest exchange first, and its view of the history.

    A new chat gets a new list. A running answer then ends, and is stored in the old one as far as it came. `stop`
    belongs to the running answer; it is None at first, because Gradio copies a fresh session. `id` is the
    conversation's id in storage, `editing` the place of the question that the next one replaces. `known` says that the
    page was rendered from this session; otherwise the session is newer than the page. `suggested` are the questions
    suggested after the last answer, `called_off` says that a new chat waits for the running answer to end. `language`
    is the page's: the chosen one, else the browser's.
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
    language: str = i18n.ENGLISH
    chosen_language: str | None = None

    def translate(self, text: str) -> str:
        """Return a text of the program's own in the session's language."""
        return i18n.translator(self.language)(text)

    @property
    def markup(self) -> Markup:
        """The renderer of the page's HTML in the session's language."""
        return Markup(self.language)

    def begin_writing(self, lock: threading.Lock) -> threading.Event | None:
        """Begin an answer; return its stop event, or None while another is running.

        `lock` is held briefly, so that of two simultaneous questions one is asked.
        """
        with lock:
            if self.is_writing():
                return None
            self.stop = threading.Event()
            return self.stop

    def for_request(self, request: "gr.Request") -> "Session":
        """Return the session for a request's user, in their language; a fresh one if it is another user's."""
        owner = request.username or ""
        session = self if self.owner == owner else Session(owner=owner)
        session.language = session.chosen_language or i18n.negotiated_language(request.headers.get("accept-language"))
        return session

    def end_writing(self) -> None:
        """Stop the running answer, if any."""
        if self.stop is not None:
            self.stop.set()

    def open(self, kept: "Conversations", id_: str | None) -> None:
        """Open a stored conversation, or a new one.

        Raises:
            BadConversations: it cannot be read; the session is unchanged.
        """
        self.known = True
        said = [_loaded(exchange) for exchange in kept.exchanges(id_, self.owner)] if id_ else []
        self.conversation, self.editing, self.suggested = said, None, ()
        self.id = id_ if said else None

    def resume(self, kept: "Conversations", id_: str) -> None:
        """Continue the conversation that the page shows, also after a restart of the server.

        A question may come before the page has reported its conversation: its answer is not interrupted.
        """
        if id_ and not self.known:
            self.open(kept, id_)
        self.known = True

    def question_at(self, place: int | None) -> str | None:
        """Return the question at a place of the conversation; None if there is none: browsers may send any place."""
        known = place is not None and 0 <= place < len(self.conversation)
        return self.conversation[place].question if place is not None and known else None

    def is_writing(self) -> bool:
        """Say whether an answer is being written."""
        return self.stop is not None and not self.stop.is_set()


def history(conversation: Sequence[Exchange]) -> tuple[Turn, ...]:
    """Return the answered exchanges as turns, the history of a follow-up."""
    return tuple(Turn(past.question, past.answer.text) for past in conversation if past.answer is not None)


def stream_exchange(
    assistant: Answers,
    question: str,
    conversation: Sequence[Exchange],
    allowed: Filter,
    stop: threading.Event,
    preferences: "Preferences | None" = None,
) -> Iterator[Exchange]:
    """Ask a question of the allowed articles; yield the exchange as it grows, complete or with an error at the end.

    `preferences` are the user's.
    """
    answer: Answer | None = None
    try:
        for answer in assistant.stream(
            question,
            history(conversation),
            allowed=allowed,
            strict=preferences.strict if preferences else None,
            sources=preferences.sources if preferences else None,
            stop=stop,
        ):
            if answer.written_by:
                yield Exchange(question, answer, growing=True)
        yield Exchange(question, answer)
    except (AssistantError, IndexingError) as error:
        yield Exchange(question, error=sentence(error))
    except Exception:  # The page survives any error; details are for the terminal.
        log.exception("answering failed")
        yield Exchange(question, error=UNEXPECTED)


def suggestions(assistant: Answers, conversation: Sequence[Exchange]) -> tuple[str, ...]:
    """Return suggested questions after a conversation's last answer; () if it has none."""
    last = conversation[-1].answer if conversation else None
    if last is None or last.stopped:
        return ()
    try:
        return assistant.suggest(last, history(conversation[:-1]))
    except (AssistantError, IndexingError):
        # Suggestions are optional; the next question will show the error.
        log.warning("no questions can be suggested", exc_info=True)
        return ()


def abandoned(exchange: Exchange) -> Exchange:
    """Return an exchange as it is stored when nobody waits for it any more: without unchecked words."""
    if not exchange.growing or exchange.answer is None:
        return exchange
    if not exchange.answer.claims:
        return replace(exchange, growing=False, answer=None)
    return replace(exchange, growing=False, answer=replace(exchange.answer, draft="", stopped=LEFT))


def _loaded(exchange: Exchange) -> Exchange:
    if exchange.answer is None and exchange.error is None:
        return replace(exchange, error=UNANSWERED)
    return exchange
