"""Event handlers of the page that concern more than one pane.

Handlers take what the browser sent, which may be anything, and return updates of components, most of them the `outputs`
of `assistant.web.page.app.create_page`. Events within the library are handled in `assistant.web.page.library`.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import BadConversations, TooOften, sentence
from assistant.render.i18n import ENGLISH, texts
from assistant.web.page import chat, filters, history, rating, settings, sources
from assistant.web.page.library_state import LibraryState
from assistant.web.page.session import Session
from assistant.web.page.views import VIEWS
from assistant.web.server.authentication import asker

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.storage.conversations import Conversations
    from assistant.storage.preferences import KeptPreferences
    from assistant.web.server.rate_limits import QuestionLimit

# One `gr.skip()` per component in `outputs` of `create_page`.
_SKIPPED = (gr.skip(),) * 9


@dataclass(frozen=True, slots=True)
class Handlers:
    """The event handlers of a page, with its assistant, conversations and preferences.

    `question_limit` is the rate limit, None for no limit. `running` are the sessions whose answers are being written,
    by browser tab: of a closed tab, only its session hash is known. `lock` is held while deciding whether a question
    may be asked.
    """

    assistant: "Assistant"
    kept: "Conversations"
    preferences: "KeptPreferences"
    question_limit: "QuestionLimit | None" = None
    running: dict[str | None, Session] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    # ---- Asking ----

    def ask(
        self,
        typed: str,
        session: Session,
        shown: str,
        publishers: object,
        since: object,
        until: object,
        articles: object,
        request: gr.Request,
        event: gr.EventData,
    ) -> Iterator[tuple[Any, ...]]:
        """Ask a question that was typed, picked or repeated, and show the answer as it grows."""
        session = session.for_request(request)
        again = chat.repeated_place(event)
        if session.is_writing() or not self._resume(session, shown) or not self._is_within_limit(session, request):
            yield _SKIPPED
            return
        repeated, pressed = session.question_at(again), chat.picked_question(session, event)
        missed = pressed == "" or (again is not None and repeated is None)
        stop = None if missed else session.begin_writing(self.lock)
        if stop is None:
            yield _SKIPPED
            return
        place = session.editing if repeated is None else again
        asked = typed if repeated is None else repeated
        before = session.conversation[again].answer if again is not None else None
        allowed = before.allowed if before else filters.read(publishers, since, until, articles)
        session.editing, session.suggested = None, ()
        self.running[request.session_hash] = session
        told = False
        preferences = settings.preferences_of(self.preferences, session.owner)
        question = pressed or asked
        try:
            for messages, box in chat.ask(
                self.assistant, self.kept, question, session, allowed, stop, place, preferences
            ):
                growing = bool(session.conversation) and session.conversation[-1].growing
                # While the answer grows, the other components stay, once the page knows the conversation's id. The
                # session is sent each time, since a question may be asked before the page has loaded.
                yield messages, box, session, *(_SKIPPED[3:] if growing and told else self._around(session))
                told = session.id is not None
            with self.lock:
                self.running.pop(request.session_hash, None)
                called_off, session.called_off = session.called_off, False
            if called_off:
                yield self._shown(session)
        finally:
            # This tab's next answer may be running by now.
            if not session.is_writing():
                self.running.pop(request.session_hash, None)

    def suggest(self, session: Session, request: gr.Request) -> Any:
        """Show suggested questions."""
        found = chat.suggest(self.assistant, session.for_request(request))
        return gr.skip() if found is None else found

    def edit(self, session: Session, shown: str, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        """Put a question back into the box, to be edited."""
        session = session.for_request(request)
        self._resume(session, shown)
        place = chat.repeated_place(event)
        question = session.question_at(place)
        session.editing = None if question is None else place
        return chat.idle_box(session, question or ""), session, session.markup.notice(question)

    def stop(self, session: Session, request: gr.Request) -> None:
        """Stop the answer that is being written."""
        session.for_request(request).end_writing()

    def leave(self, request: gr.Request) -> None:
        """Stop the answer of a closed tab."""
        if left := self.running.pop(request.session_hash, None):
            left.end_writing()

    # ---- Filters ----

    def chips(
        self, session: Session, publishers: object, since: object, until: object, articles: object, request: gr.Request
    ) -> str:
        """Show the filter of the next question."""
        allowed = filters.read(publishers, since, until, articles)
        return filters.render(self.assistant, allowed, session.for_request(request).markup)

    def drop(
        self, publishers: object, since: object, until: object, articles: object, event: gr.EventData
    ) -> list[Any]:
        """Remove one of the filters."""
        return filters.without(filters.read(publishers, since, until, articles), event._data)

    def choices(self) -> Any:
        """Return the publishers to choose from."""
        return filters.choices(self.assistant)

    def about(self, state: LibraryState) -> str:
        """Return the articles picked in the library as the filter."""
        return filters.written(state.picked)

    # ---- Conversations ----

    def arrive(self, session: Session, request: gr.Request) -> tuple[Any, ...]:
        """Show the conversation that the URL names, and the user, in their language."""
        session.chosen_language = settings.language_of(self.preferences, request.username)
        session = session.for_request(request)
        named: list[Any] = [session.markup.person(session.owner), session.markup.nav(VIEWS)]
        named += [gr.update(**one) for one in (*history.labels(session.language), *chat.labels(session.language))]
        if session.conversation:  # Asked before the page had loaded.
            return *_SKIPPED, *named
        meant, said = request.query_params.get("chat"), None
        try:
            session.open(self.kept, meant)
            if meant and session.id is None:
                _ = texts(session.language).gettext
                said = _("There is no conversation of yours at this address; this is a new one.")
        except BadConversations as error:
            said = sentence(error)
        if session.conversation:
            log, _box, *rest = self._shown(session)
            return log, gr.skip(), *rest, *named  # The box may have text already.
        # No output that belongs to messages: a question may have been answered before the browser gets this.
        around = (session.markup.no_sources() if session.language != ENGLISH else gr.skip(), self.heading(session))
        opening = gr.Chatbot(**chat.opening(self.assistant, session.language))
        told = session.markup.notice(None, said) if said else gr.skip()
        return (
            opening,
            gr.skip(),
            session,
            *around,
            history.render(self.kept, session),
            gr.skip(),
            told,
            gr.skip(),
            *named,
        )

    def start_over(self, session: Session, request: gr.Request) -> tuple[Any, ...]:
        """Begin a new conversation.

        If an answer is being written, its `ask` shows the new one when it ends: the browser drops a question that comes
        before that.
        """
        session = session.for_request(request)
        # In this order, so that the rest of the old answer is not shown.
        session.open(self.kept, None)
        with self.lock:
            session.called_off = request.session_hash in self.running
        session.end_writing()
        return _SKIPPED if session.called_off else self._shown(session)

    def act(self, session: Session, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        """Handle a press in the history."""
        session = session.for_request(request)
        before, said = session.id, None
        try:
            opened = history.act(self.kept, session, event._data)
            if opened is not None:
                session.open(self.kept, opened)
                session.end_writing()
        except BadConversations as error:
            said = sentence(error)
        if session.id != before:
            return self._shown(session)
        # Gradio shows warnings only for events in its queue.
        told = session.markup.notice(None, said) if said else gr.skip()
        return *_SKIPPED[:5], history.render(self.kept, session), gr.skip(), told, gr.skip()

    def search(self, session: Session, words: str, request: gr.Request) -> tuple[Session, str]:
        """Search the conversations."""
        session = session.for_request(request)
        return session, history.search(self.kept, session, words)

    def open_source(self, session: Session, shown: str, request: gr.Request, event: gr.EventData) -> str:
        """Show the article of a mark or of an entry in the sources."""
        session = session.for_request(request)
        self._resume(session, shown)
        return sources.opened(session, event)

    def rate(self, session: Session, shown: str, request: gr.Request, event: gr.EventData) -> tuple[Session, str]:
        """Store a rating of an answer."""
        session = session.for_request(request)
        self._resume(session, shown)
        return session, rating.rate(self.kept, session, event._data)

    # ---- What they share ----

    def heading(self, session: Session) -> str:
        """Return the masthead with the current number of articles."""
        return session.markup.masthead(chat.articles(self.assistant)[0])

    def _shown(self, session: Session) -> tuple[Any, ...]:
        said: list[Any] = chat.messages(session.conversation, session.markup)
        log = gr.Chatbot(said, **chat.opening(self.assistant, session.language))
        return log, chat.idle_box(session, ""), session, *self._around(session)

    def _around(self, session: Session) -> list[Any]:
        side = sources.latest(session) if session.conversation else session.markup.no_sources()
        return [
            side,
            self.heading(session),
            history.render(self.kept, session),
            session.id or "",
            session.markup.notice(None),
            "",
        ]

    def _resume(self, session: Session, shown: str) -> bool:
        try:
            session.resume(self.kept, shown)
        except BadConversations as error:
            gr.Warning(session.translate(sentence(error)))
            return False
        return True

    def _is_within_limit(self, session: Session, request: gr.Request) -> bool:
        try:
            if self.question_limit and request.request:
                self.question_limit.check(asker(request.request))
        except TooOften as error:
            gr.Warning(session.translate(sentence(error)))
            return False
        return True
