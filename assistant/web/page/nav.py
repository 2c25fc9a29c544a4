"""The navigation between the views of the page, of which one is shown at a time.

The masthead links to them. The server is not involved: all views are built with the page, nav.js sets `data-view` on
the element around them, and style.css hides the others. The address has the view too (`?view=library`).
"""

from collections.abc import Sequence
from importlib.resources import files

import gradio as gr

from assistant.web.page.html import Markup
from assistant.web.page.views import VIEWS, View


def build(views: Sequence[View] = VIEWS) -> gr.HTML:
    """Build the links to the views inside the current Blocks."""
    script = files("assistant.web.page").joinpath("nav.js").read_text(encoding="utf-8")
    return gr.HTML(Markup().nav(views), elem_id="nav", js_on_load=script, apply_default_css=False)
