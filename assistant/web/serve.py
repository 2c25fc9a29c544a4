"""Serve the page, the API and the MCP tool, for one user or many."""

import webbrowser
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from assistant.web.page.app import create_page
from assistant.web.server.application import create_server

if TYPE_CHECKING:
    import gradio as gr
    import uvicorn
    from fastapi import APIRouter

    from assistant.assistant import Assistant
    from assistant.web.server.application import Look

# Answers over the API at a time: each waits for an LLM most of its time, or computes on all cores.
_ANSWERS_AT_ONCE = 8
# Password checks at a time: each needs 64 MiB for a moment.
_SIGN_INS_AT_ONCE = 2


def serve(
    assistant: "Assistant",
    *,
    host: str,
    port: int | None,
    names: Sequence[str] = (),
    login: bool = False,
    open_browser: bool,
    on_ready: Callable[[str], None],
) -> None:
    """Serve an assistant's page, API and MCP tool until interrupted.

    `port` None is the first free one from 7860; a port in use raises `PortTaken`. Once the page can be opened,
    `on_ready` gets its address and, with `open_browser`, the user's browser opens it. See `create_assistant_server`.
    """

    def ready(address: str) -> None:
        on_ready(address)
        if open_browser:
            webbrowser.open(address)

    with suppress(KeyboardInterrupt):
        create_assistant_server(assistant, host=host, port=port, names=names, login=login, on_ready=ready).run()


def create_assistant_server(
    assistant: "Assistant",
    *,
    host: str,
    port: int | None,
    names: Sequence[str] = (),
    login: bool = False,
    on_ready: Callable[[str], None],
) -> "uvicorn.Server":
    """Return the server of an assistant's page, API and MCP tool; see `create_server`.

    Conversations and preferences are stored beside the index; with `login`, each user has their own. Without other
    machines and sign-in, there is no rate limit, and the page may change the LLM.
    """
    from assistant.storage.conversations import Conversations
    from assistant.storage.preferences import KeptPreferences
    from assistant.storage.users import People
    from assistant.web.page.llm_setting import LLMChoice
    from assistant.web.server.origin_check import is_loopback
    from assistant.web.server.rate_limits import QuestionLimit

    settings = assistant.settings
    kept = Conversations(settings.conversations)
    people = People(settings.people) if login else None
    shared = login or not is_loopback(host)
    question_limit = QuestionLimit(settings.questions_per_minute) if shared else None
    llm = LLMChoice(assistant, KeptPreferences(settings.conversations), changeable=not shared and not names)
    llm.restore()
    answering = ThreadPoolExecutor(_ANSWERS_AT_ONCE, thread_name_prefix="api")
    signing_in = ThreadPoolExecutor(_SIGN_INS_AT_ONCE, thread_name_prefix="sign-in")

    def page() -> "gr.Blocks":
        from assistant.web.api.mcp import create_tool

        return create_page(assistant, kept, create_tool(assistant, question_limit), question_limit, llm=llm)

    def routes() -> "APIRouter":
        from assistant.web.api.downloads import create_downloads
        from assistant.web.api.routes import create_routes
        from assistant.web.page.login import create_login

        router = create_routes(assistant, answering, question_limit)
        router.include_router(create_downloads(kept))
        if people:
            router.include_router(create_login(people, signing_in))
        return router

    def look() -> "Look":
        from assistant.web.page import theme

        return theme.look()

    return create_server(
        page,
        look,
        host=host,
        port=port,
        on_ready=on_ready,
        routes=routes,
        names=names,
        people=people,
        pools=(answering, signing_in),
    )
