"""The rating under each answer: two thumbs and a comment.

They are part of the answer's HTML; feedback.js triggers the event `rate` of this component with what was pressed, and
shows what is stored. Ids come from the browser and may be anything; only the owner's answers can be rated.
"""

from dataclasses import replace
from importlib.resources import files
from typing import Any

import gradio as gr

from assistant.errors import BadConversations, sentence
from assistant.storage.conversations import Conversations
from assistant.types import Feedback
from assistant.web.page.session import Session
from index.text.clean import plain

MAX_COMMENT_LENGTH = 500
"""Longest feedback comment, in characters."""


def build() -> gr.HTML:
    """Build the component of the ratings inside the current Blocks; it is visible to screen readers only."""
    script = files("assistant.web.page").joinpath("feedback.js").read_text(encoding="utf-8")
    return gr.HTML(elem_id="feedback", js_on_load=script, apply_default_css=False)


def rate(kept: Conversations, session: Session, pressed: object) -> str:
    """Store, change or remove a rating; return the stored one as HTML."""
    given: dict[str, Any] = pressed if isinstance(pressed, dict) else {}
    id_, verdict, word = (given.get(key) for key in ("exchange", "verdict", "word"))
    if not isinstance(id_, int) or isinstance(id_, bool) or not 0 < id_ < 2**63:
        return session.markup.rated(None, None, lost=True)
    said = plain(word).strip()[:MAX_COMMENT_LENGTH] if isinstance(word, str) else ""
    feedback = Feedback(verdict, said) if verdict in ("up", "down") else None
    places = [place for place, exchange in enumerate(session.conversation) if exchange.id == id_]
    try:
        if not kept.rate(id_, feedback, session.owner):
            return session.markup.rated(id_, None, lost=True)
    except BadConversations as error:
        gr.Warning(session.translate(sentence(error)))
        return session.markup.rated(id_, session.conversation[places[0]].feedback if places else None)
    for place in places:
        session.conversation[place] = replace(session.conversation[place], feedback=feedback)
    return session.markup.rated(id_, feedback)
