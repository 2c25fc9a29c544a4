"""The views of the page and the way between them: one is shown at a time.

The masthead names them. The server has no part in it: each view is laid out when the page is made, nav.js says on the
element around them which one is meant (`data-view`), and style.css hides the others. The address says it too
(`?view=library`).
"""

from collections.abc import Sequence
from importlib.resources import files

import gradio as gr

from assistant.web.page.html import Markup
from assistant.web.page.views import VIEWS, View


def build(views: Sequence[View] = VIEWS) -> gr.HTML:
    """Lay out the names of the views inside the current Blocks."""
    script = files("assistant.web.page").joinpath("nav.js").read_text(encoding="utf-8")
    return gr.HTML(Markup().nav(views), elem_id="nav", js_on_load=script, apply_default_css=False)
