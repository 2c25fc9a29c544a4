"""The sources pane: the list of an answer's sources, or one article with its quotes highlighted.

How a mark opens its article: marks and list entries are real buttons which carry only two numbers, the place of
the answer in the conversation and the number of the citation or hit. script.js, loaded by this pane's `gr.HTML`,
listens for presses anywhere on the page and triggers the pane's own Gradio event `open_source` with them. The
server looks them up in the conversation it keeps for this browser tab and sends back the article, so a press is
worth no more than two integers, no article text rides along unseen, and marks of earlier answers keep working.
"""

from importlib.resources import files
from typing import Any

import gradio as gr

from assistant.web.page.html import Markup
from assistant.web.page.session import Session


def build() -> gr.HTML:
    """Lay out the sources inside the current Blocks."""
    scripts = (
        files("assistant.web.page").joinpath(name).read_text(encoding="utf-8") for name in ("script.js", "peek.js")
    )
    with gr.Column(elem_id="sources-pane", scale=4, min_width=320):
        return gr.HTML(Markup().no_sources(), elem_id="sources", js_on_load="\n".join(scripts), apply_default_css=False)


def latest(session: Session) -> Any:
    """Return the source list of the last exchange, or leave the pane as it is while that grows, or when it failed."""
    conversation = session.conversation
    if conversation and conversation[-1].answer is not None and not conversation[-1].growing:
        return session.markup.source_list(len(conversation) - 1, conversation[-1].answer)
    return gr.skip()


def opened(session: Session, event: gr.EventData) -> str:
    """Return what a press asks for: the article behind a citation, behind a hit, or the list of an answer's sources.

    The numbers come from the browser and may be anything; what names nothing shows that the answer is gone.
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
    """Return a number from the browser when it is a place in a list, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
