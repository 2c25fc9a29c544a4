"""The library pane: every article there is."""

import gradio as gr


def build() -> None:
    """Lay out the library inside the current Blocks."""
    with gr.Column(elem_id="library-view"):
        gr.HTML("<h2>Library</h2>", apply_default_css=False)
