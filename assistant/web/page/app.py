"""The page put together from its panes."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from assistant.web.page.session import Session

if TYPE_CHECKING:
    import gradio as gr

    from assistant.assistant import Assistant
    from assistant.storage.conversations import Conversations
    from assistant.web.page.chat import ChatPane
    from assistant.web.page.handlers import Handlers
    from assistant.web.page.history import HistoryPane
    from assistant.web.page.library_jobs import Addresses
    from assistant.web.page.llm_setting import LLMChoice
    from assistant.web.server.rate_limits import Questions
    from index.ingest.progress import Progress
    from index.ingest.report import Summary

_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_AT_ONCE: dict[str, Any] = {"queue": False, **_QUIET}


def create_page(
    assistant: "Assistant",
    kept: "Conversations",
    tool: Callable[..., str] | None = None,
    pace: "Questions | None" = None,
    addresses: "Addresses | None" = None,
    llm: "LLMChoice | None" = None,
) -> "gr.Blocks":
    """Build the page over an assistant: masthead, history, chat, sources, library, settings, and what connects them.

    `tool` is a function to offer over MCP, under its own name; `pace` bounds how often somebody may ask. `addresses`
    takes in pages and feeds for the library, in place of the guarded `index.ingest.web.sync_addresses`. `llm` is what
    may be done with the LLM, without it nothing.
    """
    # Read by Gradio at import and by huggingface_hub in its threads: no version check, no usage report.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    import gradio as gr
    from gradio.events import api

    from assistant.storage.preferences import KeptPreferences
    from assistant.web.page import chat, history, library, nav, rating, sources
    from assistant.web.page import person as who
    from assistant.web.page import settings as settings_pane
    from assistant.web.page.handlers import Handlers
    from assistant.web.page.llm_setting import LLMChoice
    from index.ingest.web import sync_addresses

    def take_in(asked: Sequence[str], progress: "Progress") -> "Summary":
        return sync_addresses(assistant.index, asked, progress=progress)

    preferences = KeptPreferences(kept.file)
    llm = llm or LLMChoice(assistant, preferences, changeable=False)
    does = Handlers(assistant, kept, preferences, pace)
    page: gr.Blocks
    with gr.Blocks(title="Article assistant", analytics_enabled=False, fill_width=True, fill_height=True) as page:
        session = gr.State(Session())
        with gr.Row(elem_id="masthead"):
            masthead = gr.HTML(does.heading(Session()), apply_default_css=False)
            names = nav.build()
            person = who.build()
        past = history.build()
        with gr.Row(elem_id="panes"):
            pane = chat.build(assistant)
            panel = sources.build()
            thumbs = rating.build()
        books = library.build(assistant.index, addresses or take_in)
        wishes = settings_pane.build(llm)
        # The id of the conversation that the page shows: the browser has it still when the server was restarted.
        current = gr.Textbox(visible="hidden", elem_id="current")

        outputs = [pane.log, pane.box, session, panel, masthead, past.list, current, pane.notice, pane.suggested]
        _ask(does, pane, past, session, current, outputs)
        past.list.act(does.act, session, outputs, **_AT_ONCE)
        past.list.edit_question(does.edit, [session, current], [pane.box, session, pane.notice], **_AT_ONCE)
        searched = [session, past.search]
        past.search.change(does.search, searched, [session, past.list], trigger_mode="always_last", **_AT_ONCE)
        panel.open_source(does.open_source, [session, current], panel, **_AT_ONCE)
        thumbs.rate(does.rate, [session, current], [session, thumbs], trigger_mode="multiple", **_AT_ONCE)
        library.connect(books, assistant.index, session, masthead, does.heading)
        settings_pane.connect(wishes, session, preferences, llm, assistant.settings)
        books.list.ask_about(does.about, books.shelf, pane.filters.articles, **_AT_ONCE)
        page.load(does.arrive, session, [*outputs, person, names, *past.labelled, *pane.labelled], **_AT_ONCE)
        page.unload(does.leave)
        if tool:
            # Past the queue, MCP calls the function itself; through it, the server would send itself a request.
            api(tool, queue=False)
    return page


def _ask(
    does: "Handlers",
    pane: "ChatPane",
    past: "HistoryPane",
    session: "gr.State",
    current: "gr.Textbox",
    outputs: Sequence[Any],
) -> None:
    """Connect what asks a question, what it is asked of, and what calls it off."""
    import gradio as gr

    filters = pane.filters
    given = [pane.box, session, current, *filters.inputs]
    # One question at a time: Gradio may lose what a second one says that begins just as the first one ends.
    once: dict[str, Any] = {"trigger_mode": "once", "concurrency_limit": 4, **_QUIET}
    typed: Any = gr.on([pane.box.submit, pane.log.example_select], does.ask, given, outputs, **once)
    pressed = [event(does.ask, given, outputs, **once) for event in (past.list.again, past.list.suggested)]
    asked = [typed, *pressed]
    for one in asked:
        one.then(does.suggest, session, pane.suggested, **_AT_ONCE)
    changed = [one.change for one in filters.inputs]
    gr.on(changed, does.chips, [session, *filters.inputs], filters.chips, trigger_mode="always_last", **_AT_ONCE)
    filters.chips.drop(does.drop, filters.inputs, filters.inputs, **_AT_ONCE)
    filters.panel.expand(does.choices, None, filters.publishers, **_AT_ONCE)
    pane.box.stop(does.stop, session, None, **_AT_ONCE)
    past.fresh.click(does.start_over, session, outputs, **_AT_ONCE)
