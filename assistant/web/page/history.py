"""The history pane: stored conversations, to open, search, rename and delete.

As in the sources pane, the list is `gr.HTML` with buttons that carry only ids; history.js triggers the pane's single
event `act` with what was pressed, and the server decides what that means for the user.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import gradio as gr

from assistant.errors import BadConversations, sentence
from assistant.render.i18n import ENGLISH, texts
from assistant.storage.conversations import Conversations
from assistant.types import PAGE
from assistant.web.page.session import Session
from index.text.clean import plain


@dataclass(frozen=True, slots=True)
class HistoryPane:
    """The components of the history that the page uses."""

    fresh: gr.Button
    search: gr.Textbox
    list: gr.HTML

    @property
    def labelled(self) -> Sequence[Any]:
        """The components that `labels` returns properties for, in order."""
        return self.fresh, self.search


def build() -> HistoryPane:
    """Build the history inside the current Blocks."""
    script = files("assistant.web.page").joinpath("history.js").read_text(encoding="utf-8")
    words: Any = labels(ENGLISH)
    with gr.Sidebar(label="Conversations", width=264, elem_id="history-pane"):
        fresh = gr.Button(**words[0], elem_id="new-chat", size="sm")
        search = gr.Textbox(
            elem_id="history-search",
            **words[1],
            show_label=False,
            container=False,
            lines=1,
        )
        listed = gr.HTML(elem_id="history", js_on_load=script, apply_default_css=False)
    return HistoryPane(fresh, search, listed)


def labels(language: str) -> Sequence[dict[str, Any]]:
    """Return the labels of the history in a language, as properties."""
    _ = texts(language).gettext
    return {"value": _("New chat")}, dict.fromkeys(("label", "placeholder"), _("Search conversations"))


def render(kept: Conversations, session: Session) -> str:
    """Return the session's list: the conversations that match its search, up to its length."""
    try:
        found = kept.headings(session.owner, session.search, limit=session.listed + 1)
    except BadConversations as error:
        return session.markup.unlisted(sentence(error))
    return session.markup.history(
        found[: session.listed],
        current=session.id,
        more=len(found) > session.listed,
        search=session.search,
        deleted=session.deleted,
    )


def search(kept: Conversations, session: Session, words: str) -> str:
    """Search the conversations."""
    session.search, session.listed = plain(words).strip()[:200], PAGE
    return render(kept, session)


def act(kept: Conversations, session: Session, pressed: object) -> str | None:
    """Handle a press in the list; return the id of the conversation to open, "" for a new one, None for none.

    `pressed` comes from the browser and may be anything; the owner of the session limits what it can do.
    """
    action, id_, title = (_text(pressed, key) for key in ("action", "id", "title"))
    match action:
        case "open":
            return id_ if kept.heading(id_, session.owner) else None
        case "rename":
            kept.rename(id_, title, session.owner)
        case "delete":
            gone = kept.heading(id_, session.owner)
            kept.delete(id_, session.owner)
            session.deleted = gone
            return "" if gone and id_ == session.id else None
        case "undo" if session.deleted:
            kept.restore(session.deleted.id, session.owner)
            session.deleted = None
        case "more":
            session.listed += PAGE
    return None


def _text(pressed: object, key: str) -> str:
    value = pressed.get(key) if isinstance(pressed, dict) else None
    return plain(value) if isinstance(value, str) else ""
