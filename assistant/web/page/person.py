"""Who is signed in, in the masthead, and the way out."""

from importlib.resources import files

import gradio as gr


def build() -> gr.HTML:
    """Lay out who is signed in inside the current Blocks; filled when the page loads."""
    script = files("assistant.web.page").joinpath("person.js").read_text(encoding="utf-8")
    return gr.HTML(elem_id="person", js_on_load=script, apply_default_css=False)
