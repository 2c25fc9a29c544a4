"""The page put together from its panes, and served."""

import os
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from assistant.web.conversation import Answers, Session
from assistant.web.server import create_server

if TYPE_CHECKING:
    import gradio as gr


def create_page(assistant: Answers) -> "gr.Blocks":
    """Build the page over an assistant: the masthead, the chat and the sources, and what happens between them."""
    # Read by Gradio at import and by huggingface_hub in its threads: no version check, no usage report.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    import gradio as gr

    from assistant.web import chat, markup, sources

    page: gr.Blocks
    with gr.Blocks(title="Article assistant", analytics_enabled=False, fill_width=True, fill_height=True) as page:
        session = gr.State(Session())
        with gr.Row(elem_id="masthead"):
            masthead = gr.HTML(markup.masthead(chat.articles(assistant)[0]), apply_default_css=False)
            fresh = gr.Button("New chat", elem_id="new-chat", size="sm", scale=0, min_width=0)
        with gr.Row(elem_id="panes"):
            pane = chat.build(assistant)
            panel = sources.build()

        def heading() -> str:
            return markup.masthead(chat.articles(assistant)[0])

        def ask(typed: str, now: Session, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
            for messages, box in chat.ask(assistant, chat.picked(event) or typed, now):
                yield messages, box, now, sources.latest(now), heading()

        def start_over(now: Session) -> tuple[Any, ...]:
            now.end_writing()
            now.conversation = []
            return gr.Chatbot([], **chat.opening(assistant)), chat.asking(""), now, markup.no_sources(), heading()

        def stop(now: Session) -> None:
            now.end_writing()

        def refresh() -> tuple[Any, ...]:
            return gr.Chatbot(**chat.opening(assistant)), heading()

        shown = [pane.log, pane.box, session, panel, masthead]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        # One listener for both ways to ask: a second question waits for the first, whichever way it comes.
        asked: Any = gr.on(
            [pane.box.submit, pane.log.example_select],
            ask,
            [pane.box, session],
            shown,
            trigger_mode="once",
            concurrency_limit=4,
            **quiet,
        )
        pane.box.stop(stop, session, None, queue=False, **quiet)
        fresh.click(start_over, session, shown, cancels=asked, queue=False, **quiet)
        page.load(refresh, None, [pane.log, masthead], queue=False, **quiet)
        panel.open_source(sources.opened, session, panel, queue=False, **quiet)
    return page


def serve(
    assistant: Answers, *, host: str, port: int | None, open_browser: bool, on_ready: Callable[[str], None]
) -> None:
    """Serve the page of an assistant until interrupted.

    `port` None is the first free one from 7860, a port in use raises `PortTaken`. Once the page can be opened,
    `on_ready` gets its address and, if `open_browser`, the user's browser opens it.
    """

    def ready(address: str) -> None:
        on_ready(address)
        if open_browser:
            webbrowser.open(address)

    with suppress(KeyboardInterrupt):
        create_server(lambda: create_page(assistant), host=host, port=port, on_ready=ready).run()
