"""Gradio's theme with the page's fonts and colours.

style.css uses the same variables, so that each colour is defined once; fonts are those of the system.
"""

from importlib.resources import files

import gradio as gr

from assistant.web.server.application import Look

SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "DejaVu Sans", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "DejaVu Sans Mono", "monospace"]


def look() -> Look:
    """Return the page's theme and style sheets."""
    folder = files("assistant.web.page")
    sheets = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".css")),
        key=lambda file: (file.name != "style.css", file.name),
    )
    return Look(newspaper(), "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets))


def newspaper() -> gr.themes.Base:
    """Return the theme: ink on paper, one accent, in light and in dark."""
    theme = gr.themes.Base(
        font=SANS, font_mono=MONO, radius_size=gr.themes.sizes.radius_sm, text_size=gr.themes.sizes.text_md
    )
    return theme.set(
        body_background_fill="#faf8f4",
        body_background_fill_dark="#181715",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#201f1c",
        background_fill_secondary="#f3f0ea",
        background_fill_secondary_dark="#262421",
        body_text_color="#1f1d1a",
        body_text_color_dark="#ece8e1",
        body_text_color_subdued="#5f5a52",
        body_text_color_subdued_dark="#aaa49a",
        border_color_primary="#ddd7cc",
        border_color_primary_dark="#3a3732",
        color_accent="#14566b",
        color_accent_soft="#e3eef1",
        color_accent_soft_dark="#1d3239",
        link_text_color="#14566b",
        link_text_color_dark="#8fc7d6",
        button_primary_background_fill="#14566b",
        button_primary_background_fill_dark="#8fc7d6",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#10242b",
        input_background_fill="#ffffff",
        input_background_fill_dark="#201f1c",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
        block_padding="0",
    )
