"""What happens when something on the page is pressed, typed or opened, and concerns more than one pane.

Handlers take what the browser sent, which may be anything, and return what components are to show, most of them the
`outputs` of `assistant.web.page.app.create_page`. A press within the library stays in `assistant.web.page.library`.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import BadConversations, TooOften, sentence
from assistant.web.page import chat, history, rating, sources
from assistant.web.page import filters as asking
from assistant.web.page import settings as settings_pane
from assistant.web.page.i18n import ENGLISH, texts
from assistant.web.page.library_state import Shelf
from assistant.web.page.session import Session
from assistant.web.page.views import VIEWS
from assistant.web.server.authentication import asker

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.storage.conversations import Conversations
    from assistant.storage.preferences import KeptPreferences
    from assistant.web.server.rate_limits import Questions

# One for each of these outputs.
_SKIPPED = (gr.skip(),) * 9


@dataclass(frozen=True, slots=True)
class Handlers:
    """The handlers of one page: over an assistant, its conversations and the preferences of those who ask.

    `pace` is how often somebody may ask, None as often as they like.

    `under_way` are the sessions whose answers are being written, by browser tab: of a tab that is closed, no more than
    its name is told. `turns` is held while it is decided whether a question may be asked.
    """

    assistant: "Assistant"
    kept: "Conversations"
    preferences: "KeptPreferences"
    pace: "Questions | None" = None
    under_way: dict[str | None, Session] = field(default_factory=dict)
    turns: threading.Lock = field(default_factory=threading.Lock)

    # ---- Asking ----

    def ask(
        self,
        typed: str,
        now: Session,
        shown: str,
        publishers: object,
        since: object,
        until: object,
        articles: object,
        request: gr.Request,
        event: gr.EventData,
    ) -> Iterator[tuple[Any, ...]]:
        """Ask what was typed, picked or is asked again, and show the answer as it grows."""
        now = now.of(request)
        again = chat.repeated(event)
        if now.is_writing() or not self._take_up(now, shown) or not self._is_in_time(request):
            yield _SKIPPED
            return
        repeated, pressed = now.question_at(again), chat.picked(now, event)
        missed = pressed == "" or (again is not None and repeated is None)
        stop = None if missed else now.begin_writing(self.turns)
        if stop is None:
            yield _SKIPPED
            return
        place = now.editing if repeated is None else again
        asked = typed if repeated is None else repeated
        before = now.conversation[again].answer if again is not None else None
        allowed = before.allowed if before else asking.read(publishers, since, until, articles)
        now.editing, now.suggested = None, ()
        self.under_way[request.session_hash] = now
        told = False
        wishes = settings_pane.of(self.preferences, now.owner)
        question = pressed or asked
        try:
            for messages, box in chat.ask(self.assistant, self.kept, question, now, allowed, stop, place, wishes):
                growing = bool(now.conversation) and now.conversation[-1].growing
                # While it grows the rest stays as it is, once the page knows where the conversation is kept.
                # The session goes along each time: a question may be asked before the page's own load has ended.
                yield messages, box, now, *(_SKIPPED[3:] if growing and told else self._around(now))
                told = now.id is not None
            with self.turns:
                self.under_way.pop(request.session_hash, None)
                called_off, now.called_off = now.called_off, False
            if called_off:
                yield self._shown(now)
        finally:
            # Another tab's answer, or this tab's next, may be under way by now.
            if not now.is_writing():
                self.under_way.pop(request.session_hash, None)

    def suggest(self, now: Session, request: gr.Request) -> Any:
        """Show questions to go on with."""
        found = chat.suggest(self.assistant, now.of(request))
        return gr.skip() if found is None else found

    def edit(self, now: Session, shown: str, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        """Put a question back into the box, to be asked in another way."""
        now = now.of(request)
        self._take_up(now, shown)
        place = chat.repeated(event)
        question = now.question_at(place)
        now.editing = None if question is None else place
        return chat.ready(now, question or ""), now, now.markup.notice(question)

    def stop(self, now: Session, request: gr.Request) -> None:
        """End the writing of the answer that is under way."""
        now.of(request).end_writing()

    def leave(self, request: gr.Request) -> None:
        """End what is being written for a tab that is closed."""
        if left := self.under_way.pop(request.session_hash, None):
            left.end_writing()

    # ---- Filters ----

    def chips(
        self, now: Session, publishers: object, since: object, until: object, articles: object, request: gr.Request
    ) -> str:
        """Show which articles the next question is asked of."""
        allowed = asking.read(publishers, since, until, articles)
        return asking.render(self.assistant, allowed, now.of(request).markup)

    def drop(
        self, publishers: object, since: object, until: object, articles: object, event: gr.EventData
    ) -> list[Any]:
        """Take one of the filters away."""
        return asking.without(asking.read(publishers, since, until, articles), event._data)

    def choices(self) -> Any:
        """List the publishers that can be chosen."""
        return asking.choices(self.assistant)

    def about(self, shelf: Shelf) -> str:
        """Make the articles that are picked in the library those that are asked."""
        return asking.written(shelf.picked)

    # ---- Conversations ----

    def arrive(self, now: Session, request: gr.Request) -> tuple[Any, ...]:
        """Show the conversation that the address names, and who is there, in their language."""
        now.chosen_language = settings_pane.language_of(self.preferences, request.username)
        now = now.of(request)
        named: list[Any] = [now.markup.person(now.owner), now.markup.nav(VIEWS)]
        named += [gr.update(**one) for one in (*history.labels(now.language), *chat.labels(now.language))]
        if now.conversation:  # Asked before the page had loaded.
            return *_SKIPPED, *named
        meant, said = request.query_params.get("chat"), None
        try:
            now.open(self.kept, meant)
            if meant and now.id is None:
                _ = texts(now.language).gettext
                said = _("There is no conversation of yours at this address; this is a new one.")
        except BadConversations as error:
            said = sentence(error)
        if now.conversation:
            log, _box, *rest = self._shown(now)
            return log, gr.skip(), *rest, *named  # The box may have been typed into already.
        # Nothing that goes with messages: one may have been asked, and answered, by the time the browser hears of this.
        around = (now.markup.no_sources() if now.language != ENGLISH else gr.skip(), self.heading(now))
        opening = gr.Chatbot(**chat.opening(self.assistant, now.language))
        told = now.markup.notice(None, said) if said else gr.skip()
        return opening, gr.skip(), now, *around, history.render(self.kept, now), gr.skip(), told, gr.skip(), *named

    def start_over(self, now: Session, request: gr.Request) -> tuple[Any, ...]:
        """Begin a new conversation.

        Where an answer is under way, it is `ask` that shows the new one, with its last breath: the browser drops a
        question that comes before it has ended.
        """
        now = now.of(request)
        # In this order: what ends after the session has turned away is not shown.
        now.open(self.kept, None)
        with self.turns:
            now.called_off = request.session_hash in self.under_way
        now.end_writing()
        return _SKIPPED if now.called_off else self._shown(now)

    def act(self, now: Session, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        """Do what was pressed in the history."""
        now = now.of(request)
        before, said = now.id, None
        try:
            opened = history.act(self.kept, now, event._data)
            if opened is not None:
                now.open(self.kept, opened)
                now.end_writing()
        except BadConversations as error:
            said = sentence(error)
        if now.id != before:
            return self._shown(now)
        # Gradio shows a warning only of what went through its queue.
        told = now.markup.notice(None, said) if said else gr.skip()
        return *_SKIPPED[:5], history.render(self.kept, now), gr.skip(), told, gr.skip()

    def search(self, now: Session, words: str, request: gr.Request) -> tuple[Session, str]:
        """Search the conversations."""
        now = now.of(request)
        return now, history.search(self.kept, now, words)

    def open_source(self, now: Session, shown: str, request: gr.Request, event: gr.EventData) -> str:
        """Show what a mark or an entry of the sources names."""
        now = now.of(request)
        self._take_up(now, shown)
        return sources.opened(now, event)

    def rate(self, now: Session, shown: str, request: gr.Request, event: gr.EventData) -> tuple[Session, str]:
        """Keep what somebody thinks of an answer."""
        now = now.of(request)
        self._take_up(now, shown)
        return now, rating.rate(self.kept, now, event._data)

    # ---- What they share ----

    def heading(self, now: Session) -> str:
        """Return the masthead with the number of articles there are now."""
        return now.markup.masthead(chat.articles(self.assistant)[0])

    def _shown(self, now: Session) -> tuple[Any, ...]:
        said: list[Any] = chat.messages(now.conversation, now.markup)
        log = gr.Chatbot(said, **chat.opening(self.assistant, now.language))
        return log, chat.ready(now, ""), now, *self._around(now)

    def _around(self, now: Session) -> list[Any]:
        side = sources.latest(now) if now.conversation else now.markup.no_sources()
        return [side, self.heading(now), history.render(self.kept, now), now.id or "", now.markup.notice(None), ""]

    def _take_up(self, now: Session, shown: str) -> bool:
        try:
            now.take_up(self.kept, shown)
        except BadConversations as error:
            gr.Warning(sentence(error))
            return False
        return True

    def _is_in_time(self, request: gr.Request) -> bool:
        try:
            if self.pace and request.request:
                self.pace.check(asker(request.request))
        except TooOften as error:
            gr.Warning(sentence(error))
            return False
        return True
