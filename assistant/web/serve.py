"""The page, the API and the MCP tool on one server, for one person or for many."""

import webbrowser
from collections.abc import Callable, Sequence
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
    """Serve the page of an assistant, its API and its MCP tool until interrupted.

    `port` None is the first free one from 7860, a port in use raises `PortTaken`. Once the page can be opened,
    `on_ready` gets its address and, if `open_browser`, the user's browser opens it. See `create_assistant_server`.
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
    """Return the server of all that an assistant offers: the page, the API and the MCP tool; see `create_server`.

    Conversations and preferences are kept beside the index. With `login` people sign in, and each has their own. Only
    who asks on this machine alone may ask as often as they like, and exchange the LLM.
    """
    from assistant.storage.conversations import Conversations
    from assistant.storage.preferences import KeptPreferences
    from assistant.storage.users import People
    from assistant.web.page.llm_setting import LLMChoice
    from assistant.web.server.origin_check import is_loopback
    from assistant.web.server.rate_limits import Questions

    settings = assistant.settings
    kept = Conversations(settings.conversations)
    people = People(settings.people) if login else None
    bounded = login or not is_loopback(host)
    pace = Questions(settings.questions_per_minute) if bounded else None
    llm = LLMChoice(assistant, KeptPreferences(settings.conversations), changeable=not bounded and not names)
    llm.take_up()

    def page() -> "gr.Blocks":
        from assistant.web.api.mcp import create_tool

        return create_page(assistant, kept, create_tool(assistant, pace), pace, llm=llm)

    def routes() -> "APIRouter":
        from assistant.web.api.downloads import create_downloads
        from assistant.web.api.routes import create_routes
        from assistant.web.page.login import create_login

        router = create_routes(assistant, pace)
        router.include_router(create_downloads(kept))
        if people:
            router.include_router(create_login(people))
        return router

    def look() -> "Look":
        from assistant.web.page import theme

        return theme.look()

    return create_server(page, look, host=host, port=port, on_ready=on_ready, routes=routes, names=names, people=people)
