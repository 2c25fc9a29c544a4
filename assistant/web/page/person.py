"""The user's name and the sign-out button, in the masthead."""

from importlib.resources import files

import gradio as gr


def build() -> gr.HTML:
    """Build the user's name inside the current Blocks; it is filled when the page loads."""
    script = files("assistant.web.page").joinpath("person.js").read_text(encoding="utf-8")
    return gr.HTML(elem_id="person", js_on_load=script, apply_default_css=False)
