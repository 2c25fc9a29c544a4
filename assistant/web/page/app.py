"""Build the page from its panes, and connect them."""

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
    from assistant.web.server.rate_limits import QuestionLimit
    from index.ingest.progress import Progress
    from index.ingest.report import Summary

_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_AT_ONCE: dict[str, Any] = {"queue": False, **_QUIET}


def create_page(
    assistant: "Assistant",
    kept: "Conversations",
    tool: Callable[..., str] | None = None,
    question_limit: "QuestionLimit | None" = None,
    addresses: "Addresses | None" = None,
    llm: "LLMChoice | None" = None,
) -> "gr.Blocks":
    """Build an assistant's page: masthead, history, chat, sources, library, settings, and their events.

    `tool` is a function to offer over MCP, under its own name; `question_limit` is the rate limit. `addresses` indexes
    pages and feeds for the library, instead of `index.ingest.web.sync_addresses`. `llm` shows and changes the LLM; by
    default it cannot be changed.
    """
    # No version check and no usage report, by Gradio at import and by huggingface_hub in its threads.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    import gradio as gr
    from gradio.events import api

    from assistant.storage.preferences import KeptPreferences
    from assistant.web.page import chat, history, library, nav, person, rating, settings, sources
    from assistant.web.page.handlers import Handlers
    from assistant.web.page.llm_setting import LLMChoice
    from index.ingest.web import sync_addresses

    def index_addresses(asked: Sequence[str], progress: "Progress") -> "Summary":
        return sync_addresses(assistant.index, asked, progress=progress)

    preferences = KeptPreferences(kept.file)
    llm = llm or LLMChoice(assistant, preferences, changeable=False)
    handlers = Handlers(assistant, kept, preferences, question_limit)
    page: gr.Blocks
    with gr.Blocks(title="Article assistant", analytics_enabled=False, fill_width=True, fill_height=True) as page:
        session = gr.State(Session())
        with gr.Row(elem_id="masthead"):
            masthead = gr.HTML(handlers.heading(Session()), apply_default_css=False)
            view_names = nav.build()
            signed_in = person.build()
        history_pane = history.build()
        with gr.Row(elem_id="panes"):
            chat_pane = chat.build(assistant)
            source_pane = sources.build()
            rating_pane = rating.build()
        library_pane = library.build(assistant.index, addresses or index_addresses)
        settings_pane = settings.build(llm)
        # The id of the conversation shown: the browser still has it after a restart of the server.
        current = gr.Textbox(visible="hidden", elem_id="current")

        outputs = [
            chat_pane.log,
            chat_pane.box,
            session,
            source_pane,
            masthead,
            history_pane.list,
            current,
            chat_pane.notice,
            chat_pane.suggested,
        ]
        _ask(handlers, chat_pane, history_pane, session, current, outputs)
        history_pane.list.act(handlers.act, session, outputs, **_AT_ONCE)
        history_pane.list.edit_question(
            handlers.edit, [session, current], [chat_pane.box, session, chat_pane.notice], **_AT_ONCE
        )
        searched = [session, history_pane.search]
        history_pane.search.change(
            handlers.search, searched, [session, history_pane.list], trigger_mode="always_last", **_AT_ONCE
        )
        source_pane.open_source(handlers.open_source, [session, current], source_pane, **_AT_ONCE)
        rating_pane.rate(handlers.rate, [session, current], [session, rating_pane], trigger_mode="multiple", **_AT_ONCE)
        library.connect(library_pane, assistant.index, session, masthead, handlers.heading)
        settings.connect(settings_pane, session, preferences, llm, assistant.settings)
        library_pane.list.ask_about(handlers.about, library_pane.state, chat_pane.filters.articles, **_AT_ONCE)
        page.load(
            handlers.arrive,
            session,
            [*outputs, signed_in, view_names, *history_pane.labelled, *chat_pane.labelled],
            **_AT_ONCE,
        )
        page.unload(handlers.leave)
        if tool:
            # Without the queue, MCP calls the function directly; with it, the server would send itself a request.
            api(tool, queue=False)
    return page


def _ask(
    handlers: "Handlers",
    chat_pane: "ChatPane",
    history_pane: "HistoryPane",
    session: "gr.State",
    current: "gr.Textbox",
    outputs: Sequence[Any],
) -> None:
    """Connect the events that ask or stop a question, and the filters."""
    import gradio as gr

    filters = chat_pane.filters
    given = [chat_pane.box, session, current, *filters.inputs]
    # One question at a time: Gradio may lose output of a second one that begins just as the first one ends.
    once: dict[str, Any] = {"trigger_mode": "once", "concurrency_limit": 4, **_QUIET}
    typed: Any = gr.on([chat_pane.box.submit, chat_pane.log.example_select], handlers.ask, given, outputs, **once)
    pressed = [
        event(handlers.ask, given, outputs, **once) for event in (history_pane.list.again, history_pane.list.suggested)
    ]
    asked = [typed, *pressed]
    for one in asked:
        one.then(handlers.suggest, session, chat_pane.suggested, **_AT_ONCE)
    changed = [one.change for one in filters.inputs]
    gr.on(changed, handlers.chips, [session, *filters.inputs], filters.chips, trigger_mode="always_last", **_AT_ONCE)
    filters.chips.drop(handlers.drop, filters.inputs, filters.inputs, **_AT_ONCE)
    filters.panel.expand(handlers.choices, None, filters.publishers, **_AT_ONCE)
    chat_pane.box.stop(handlers.stop, session, None, **_AT_ONCE)
    history_pane.fresh.click(handlers.start_over, session, outputs, **_AT_ONCE)
