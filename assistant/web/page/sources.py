"""The sources pane: the list of an answer's sources, or one article with its quotes highlighted.

Marks and list entries are buttons that carry two numbers: the place of the answer in the conversation, and the number
of the citation or hit. sources.js, loaded by this pane's `gr.HTML`, listens for presses on the whole page and triggers
the pane's event `open_source` with these numbers. The server looks them up in the session's conversation and returns
the article. So a press can contain no more than two integers, no article text is sent unseen, and marks of earlier
answers keep working.
"""

from importlib.resources import files
from typing import Any

import gradio as gr

from assistant.web.page.html import Markup
from assistant.web.page.session import Session


def build() -> gr.HTML:
    """Build the sources inside the current Blocks."""
    scripts = (
        files("assistant.web.page").joinpath(name).read_text(encoding="utf-8") for name in ("sources.js", "peek.js")
    )
    with gr.Column(elem_id="sources-pane", scale=4, min_width=320):
        return gr.HTML(Markup().no_sources(), elem_id="sources", js_on_load="\n".join(scripts), apply_default_css=False)


def latest(session: Session) -> Any:
    """Return the source list of the last exchange, or no update while that grows, or if it failed."""
    conversation = session.conversation
    if conversation and conversation[-1].answer is not None and not conversation[-1].growing:
        return session.markup.source_list(len(conversation) - 1, conversation[-1].answer)
    return gr.skip()


def opened(session: Session, event: gr.EventData) -> str:
    """Return what was pressed: the article of a citation or of a hit, or the list of an answer's sources.

    The numbers come from the browser and may be anything; invalid ones show that the answer is gone.
    """
    pressed = event._data if isinstance(event._data, dict) else {}
    place, number = _whole(pressed.get("place")), _whole(pressed.get("number"))
    if place is None or number is None or place >= len(session.conversation):
        return session.markup.lost_sources()
    answer = session.conversation[place].answer
    if answer is None:
        return session.markup.lost_sources()
    if pressed.get("source") == "list":
        return session.markup.source_list(place, answer)
    markup = session.markup
    article = markup.cited_article if pressed.get("source") == "citation" else markup.retrieved_article
    return article(place, answer, number) or markup.lost_sources()


def _whole(value: object) -> int | None:
    """Return a number from the browser if it is a valid index, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
