"""The chat pane: the conversation, the example questions and the box to ask in.

Messages are `gr.HTML` inside `gr.Chatbot`. Chatbot runs plain text through a sanitiser that drops the attributes
the marks need and yet loads the images named in it; an HTML component is shown as the templates wrote it, escaped.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from assistant.errors import AssistantError, BadConversations, sentence
from assistant.storage.conversations import Conversations
from assistant.storage.preferences import Preferences
from assistant.types import Exchange
from assistant.web.page import filters as asking
from assistant.web.page.html import Markup
from assistant.web.page.i18n import ENGLISH, texts
from assistant.web.page.session import Answers, Session, left, offered, settle
from index.errors import IndexingError
from index.types import Filter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChatPane:
    """The components of the chat that other panes and the page connect to."""

    log: gr.Chatbot
    box: gr.Textbox
    notice: gr.HTML
    suggested: gr.HTML
    filters: asking.Filters

    @property
    def labelled(self) -> Sequence[Any]:
        """What `labels` names, in its order."""
        return [self.box, *self.filters.labelled]


def build(assistant: Answers) -> ChatPane:
    """Lay out the chat inside the current Blocks."""
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
        filters = asking.build()
        box = gr.Textbox(
            elem_id="question",
            show_label=False,
            lines=1,
            max_lines=8,
            **labels(ENGLISH)[0],
            container=False,
            autofocus=True,
        )
    return ChatPane(log, box, notice, suggested, filters)


def labels(language: str) -> Sequence[dict[str, Any]]:
    """Return what the components below the log are called in a language, as their properties."""
    _ = texts(language).gettext
    box = {"label": _("Question"), "placeholder": _("Ask a question"), "submit_btn": _("Ask")}
    return [box, *asking.labels(language)]


def opening(assistant: Answers, language: str) -> dict[str, Any]:
    """Return what the log is called, and what it shows while it is empty, as arguments of `gr.Chatbot`."""
    count, error = articles(assistant)
    welcome, label = Markup(language).welcome(count, error), texts(language).gettext("Conversation")
    examples: list[dict[str, str]] = [{"text": question} for question in (assistant.examples() if count else ())]
    return {"label": label, "placeholder": welcome, "examples": examples}


def articles(assistant: Answers) -> tuple[int | None, str | None]:
    """Count the articles of the live index; None and the sentence for the user when it cannot be read."""
    try:
        return assistant.count(), None
    except (AssistantError, IndexingError) as error:
        return None, sentence(error)


def messages(conversation: Sequence[Exchange], markup: Markup) -> list[dict[str, Any]]:
    """Turn a conversation into what `gr.Chatbot` shows: each question, then what came of it so far."""
    shown: list[dict[str, Any]] = []
    for place, exchange in enumerate(conversation):
        if exchange.question.strip():
            shown.append(_message("user", markup.question(place, exchange)))
        last = place == len(conversation) - 1
        shown.append(_message("assistant", markup.reply(place, exchange, last=last)))
    return shown


def _message(role: str, html: str) -> dict[str, Any]:
    return {"role": role, "content": gr.HTML(html, apply_default_css=False)}


def picked(session: Session, event: gr.EventData) -> str | None:
    """Return the question that was pressed, an example or one suggested, or None when none was.

    A suggestion that is not there any more, as after a restart, is the empty question.
    """
    if isinstance(event.target, gr.Chatbot):
        return str(event._data["value"]["text"])
    pressed = event._data if isinstance(event.target, gr.HTML) and isinstance(event._data, dict) else {}
    number = pressed.get("suggested")
    if number is None:
        return None
    known = type(number) is int and 0 <= number < len(session.suggested)
    return session.suggested[number] if known else ""


def repeated(event: gr.EventData) -> int | None:
    """Return the place of the exchange that is to be asked anew, or None when a question was typed or picked."""
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
    wishes: Preferences | None = None,
) -> Iterator[tuple[list[dict[str, Any]], Any]]:
    """Put the question at the end of the session's conversation, then answer it: messages and box, as they grow.

    The box is emptied at once and gets a question back that could not be answered; while an LLM writes, its button
    stops it. With `place` the question replaces the exchange there and all after it, once there is an answer. When a
    new chat was begun in the meantime, there is nothing more to show. The question is kept before it is answered, and
    the answer when it is whole, or when nobody waits for the rest of it. `stop` is what `session.begin_writing` gave,
    `wishes` are those of the person who asks.
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
        for grown in [exchange] if exchange.error else settle(assistant, question, before, allowed, stop, wishes):
            conversation[place] = exchange = replace(grown, id=exchange.id)
            if session.conversation is not conversation:
                break
            if exchange.growing:
                yield messages(conversation, session.markup), gr.skip() if writing else stopping(session)
                writing = True
    finally:
        # Also when the page is gone, or a new chat has called this off.
        stop.set()
        conversation[place] = exchange = left(exchange)
        failed = exchange.answer is None
        if replaced and failed:
            conversation[place:] = replaced
        if where:
            _keep(kept, where, exchange, replaced, session.owner)
    if session.conversation is conversation:
        if replaced and exchange.error:
            gr.Warning(exchange.error)
        yield messages(conversation, session.markup), ready(session, None if exchange.error is None else question)


def suggest(assistant: Answers, session: Session) -> str | None:
    """Find questions to go on with after the last answer; None when something else was begun in the meantime."""
    conversation = session.conversation
    found = () if session.is_writing() else offered(assistant, conversation)
    if session.is_writing() or session.conversation is not conversation:
        return None
    session.suggested = found
    return session.markup.suggestions(found)


def _begun(kept: Conversations, session: Session, exchange: Exchange) -> tuple[str | None, Exchange]:
    """Keep a question, in a conversation begun for it if need be; returns where, and the reason if it cannot be."""
    if not exchange.question.strip():
        return None, exchange
    try:
        session.id = session.id or kept.begin(exchange.question, session.owner).id
        return session.id, kept.keep(session.id, exchange, session.owner)
    except BadConversations as error:
        return None, replace(exchange, error=sentence(error))


def _keep(kept: Conversations, where: str, exchange: Exchange, replaced: Sequence[Exchange], owner: str) -> None:
    """Keep what came of a question: in the place of what it replaces, or not at all where that has to stay."""
    try:
        if replaced and exchange.answer is None:
            kept.cut(where, [exchange], owner)
        else:
            kept.keep(where, exchange, owner)
            kept.cut(where, replaced, owner)
    except BadConversations as error:
        log.error("an answer could not be kept: %s", error)
        with suppress(LookupError):  # Gradio shows warnings to whoever asked, and there may be nobody any more.
            gr.Warning(sentence(error))


def ready(session: Session, question: str | None = None) -> Any:
    """Return the box as one asks in it, with a question put back into it if one is given."""
    again: dict[str, Any] = {} if question is None else {"value": question}
    return gr.Textbox(submit_btn=texts(session.language).gettext("Ask"), stop_btn=False, **again)


def stopping(session: Session) -> Any:
    """Return the box while an answer is written: its button stops the writing."""
    return gr.Textbox(submit_btn=False, stop_btn=texts(session.language).gettext("Stop"))
