"""The chat pane: the conversation, the example questions and the question box.

Messages are `gr.HTML` inside `gr.Chatbot`, since Chatbot sanitises plain text: it drops the attributes that the marks
need, and yet loads images. An HTML component is shown as the templates wrote it, escaped.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from assistant.errors import AssistantError, BadConversations, sentence
from assistant.render.i18n import ENGLISH, texts
from assistant.storage.conversations import Conversations
from assistant.storage.preferences import Preferences
from assistant.types import Exchange
from assistant.web.page import filters
from assistant.web.page.html import Markup
from assistant.web.page.session import Answers, Session, abandoned, stream_exchange, suggestions
from index.errors import IndexingError
from index.types import Filter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChatPane:
    """The chat's components that other panes and the page use."""

    log: gr.Chatbot
    box: gr.Textbox
    notice: gr.HTML
    suggested: gr.HTML
    filters: filters.FilterPane

    @property
    def labelled(self) -> Sequence[Any]:
        """The components that `labels` returns properties for, in order."""
        return [self.box, *self.filters.labelled]


def build(assistant: Answers) -> ChatPane:
    """Build the chat inside the current Blocks."""
    with gr.Column(elem_id="chat-pane", scale=5, min_width=320):
        log = gr.Chatbot(
            elem_id="conversation",
            show_label=False,
            container=False,
            layout="panel",
            buttons=[],
            autoscroll=False,
            height="100%",
            **opening(assistant, ENGLISH),
        )
        notice = gr.HTML(elem_id="notice", apply_default_css=False)
        suggested = gr.HTML(elem_id="suggested", apply_default_css=False)
        filter_pane = filters.build()
        box = gr.Textbox(
            elem_id="question",
            show_label=False,
            lines=1,
            max_lines=8,
            **labels(ENGLISH)[0],
            container=False,
            autofocus=True,
        )
    return ChatPane(log, box, notice, suggested, filter_pane)


def labels(language: str) -> Sequence[dict[str, Any]]:
    """Return the labels of the components below the log in a language, as properties."""
    _ = texts(language).gettext
    box = {"label": _("Question"), "placeholder": _("Ask a question"), "submit_btn": _("Ask")}
    return [box, *filters.labels(language)]


def opening(assistant: Answers, language: str) -> dict[str, Any]:
    """Return the label and the empty state of the log, as arguments of `gr.Chatbot`."""
    count, error = articles(assistant)
    welcome, label = Markup(language).welcome(count, error), texts(language).gettext("Conversation")
    examples: list[dict[str, str]] = [{"text": question} for question in (assistant.examples() if count else ())]
    return {"label": label, "placeholder": welcome, "examples": examples}


def articles(assistant: Answers) -> tuple[int | None, str | None]:
    """Return the number of indexed articles, or None and an error message if the index cannot be read."""
    try:
        return assistant.count(), None
    except (AssistantError, IndexingError) as error:
        return None, sentence(error)


def messages(conversation: Sequence[Exchange], markup: Markup) -> list[dict[str, Any]]:
    """Return a conversation as messages of `gr.Chatbot`: each question, then its answer so far."""
    shown: list[dict[str, Any]] = []
    for place, exchange in enumerate(conversation):
        if exchange.question.strip():
            shown.append(_message("user", markup.question(place, exchange)))
        last = place == len(conversation) - 1
        shown.append(_message("assistant", markup.reply(place, exchange, last=last)))
    return shown


def _message(role: str, html: str) -> dict[str, Any]:
    return {"role": role, "content": gr.HTML(html, apply_default_css=False)}


def picked_question(session: Session, event: gr.EventData) -> str | None:
    """Return the question of the pressed example or suggestion, or None if none was pressed.

    A suggestion that no longer exists, as after a restart, gives "".
    """
    if isinstance(event.target, gr.Chatbot):
        return str(event._data["value"]["text"])
    pressed = event._data if isinstance(event.target, gr.HTML) and isinstance(event._data, dict) else {}
    number = pressed.get("suggested")
    if number is None:
        return None
    known = type(number) is int and 0 <= number < len(session.suggested)
    return session.suggested[number] if known else ""


def repeated_place(event: gr.EventData) -> int | None:
    """Return the place of the exchange to ask again, or None for a new question."""
    pressed = event._data if isinstance(event.target, gr.HTML) and isinstance(event._data, dict) else {}
    place = pressed.get("place")
    return place if isinstance(place, int) and not isinstance(place, bool) else None


def ask(
    assistant: Answers,
    kept: Conversations,
    question: str,
    session: Session,
    allowed: Filter,
    stop: threading.Event,
    place: int | None = None,
    preferences: Preferences | None = None,
) -> Iterator[tuple[list[dict[str, Any]], Any]]:
    """Add a question to the session's conversation and answer it; yields messages and box as they change.

    The box is emptied at once, and gets a question back that failed; while an LLM writes, its button stops it. With
    `place` the question replaces the exchange there and all after it, once there is an answer. If a new chat was begun
    meanwhile, nothing more is shown. The question is stored before it is answered, and the answer when it is complete
    or abandoned. `stop` is from `session.begin_writing`; `preferences` are the user's.
    """
    question = question.encode("utf-8", "replace").decode("utf-8")  # A lone surrogate could not be sent back.
    whole = session.conversation
    place = len(whole) if place is None else place
    replaced = whole[place:]
    conversation = session.conversation = whole[:place]
    exchange, where = Exchange(question), None
    conversation.append(exchange)
    writing = False
    try:
        yield messages(conversation, session.markup), ""
        where, exchange = _begun(kept, session, exchange)
        before = conversation[:place]
        for grown in (
            [exchange] if exchange.error else stream_exchange(assistant, question, before, allowed, stop, preferences)
        ):
            conversation[place] = exchange = replace(grown, id=exchange.id)
            if session.conversation is not conversation:
                break
            if exchange.growing:
                yield messages(conversation, session.markup), gr.skip() if writing else writing_box(session)
                writing = True
    finally:
        # Also if the page was closed, or a new chat has cancelled this.
        stop.set()
        conversation[place] = exchange = abandoned(exchange)
        failed = exchange.answer is None
        if replaced and failed:
            conversation[place:] = replaced
        if where:
            _keep(kept, where, exchange, replaced, session)
    if session.conversation is conversation:
        if replaced and exchange.error:
            gr.Warning(session.translate(exchange.error))
        yield messages(conversation, session.markup), idle_box(session, None if exchange.error is None else question)


def suggest(assistant: Answers, session: Session) -> str | None:
    """Return suggested questions after the last answer as HTML; None if another question was begun meanwhile."""
    conversation = session.conversation
    found = () if session.is_writing() else suggestions(assistant, conversation)
    if session.is_writing() or session.conversation is not conversation:
        return None
    session.suggested = found
    return session.markup.suggestions(found)


def _begun(kept: Conversations, session: Session, exchange: Exchange) -> tuple[str | None, Exchange]:
    """Store a question, in a new conversation if needed; return the conversation's id and the exchange.

    On failure the id is None, and the exchange has the error.
    """
    if not exchange.question.strip():
        return None, exchange
    try:
        session.id = session.id or kept.begin(exchange.question, session.owner).id
        return session.id, kept.keep(session.id, exchange, session.owner)
    except BadConversations as error:
        return None, replace(exchange, error=sentence(error))


def _keep(kept: Conversations, where: str, exchange: Exchange, replaced: Sequence[Exchange], session: Session) -> None:
    """Store an exchange in place of those that it replaces; without an answer, these stay."""
    owner = session.owner
    try:
        if replaced and exchange.answer is None:
            kept.cut(where, [exchange], owner)
        else:
            kept.keep(where, exchange, owner)
            kept.cut(where, replaced, owner)
    except BadConversations as error:
        log.error("an answer could not be kept: %s", error)
        with suppress(LookupError):  # Gradio shows warnings in the tab that asked, which may be closed.
            gr.Warning(session.translate(sentence(error)))


def idle_box(session: Session, question: str | None = None) -> Any:
    """Return the box ready for a question, with `question` in it if given."""
    again: dict[str, Any] = {} if question is None else {"value": question}
    return gr.Textbox(submit_btn=texts(session.language).gettext("Ask"), stop_btn=False, **again)


def writing_box(session: Session) -> Any:
    """Return the box while an answer is written, with a stop button."""
    return gr.Textbox(submit_btn=False, stop_btn=texts(session.language).gettext("Stop"))
