"""Servers in this process, each on a free port: the whole one, as `assistant chat` starts it, and that of the page."""

import asyncio
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import gradio as gr
import uvicorn

from assistant.assistant import Assistant
from assistant.storage.conversations import Conversations
from assistant.web.page.app import create_page
from assistant.web.page.library_jobs import Addresses
from assistant.web.page.theme import look
from assistant.web.serve import create_assistant_server
from assistant.web.server.application import create_server


@contextmanager
def serving(assistant: Assistant, host: str = "127.0.0.1", *, login: bool = False) -> Iterator[str]:
    """Serve the page, the API and the MCP tool of an assistant; gives the address."""
    with _served(
        lambda ready: create_assistant_server(assistant, host=host, port=0, login=login, on_ready=ready)
    ) as at:
        yield at


@contextmanager
def running(
    assistant: Assistant, kept: Conversations | None = None, port: int = 0, addresses: Addresses | None = None
) -> Iterator[str]:
    """Serve the page alone of an assistant, on a free port if none is given; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        shown = kept or Conversations(Path(folder) / "conversations.db")

        def create(ready: Callable[[str], None]) -> uvicorn.Server:
            def page() -> gr.Blocks:
                return create_page(assistant, shown, addresses=addresses)

            return create_server(page, look, host="127.0.0.1", port=port, on_ready=ready)

        with _served(create) as address:
            yield address


@contextmanager
def _served(create: Callable[[Callable[[str], None]], uvicorn.Server]) -> Iterator[str]:
    """Run a server in a thread from its making to its end; gives its address."""
    address: Future[str] = Future()
    servers: list[uvicorn.Server] = []

    async def made() -> uvicorn.Server:
        # Where no event loop runs, Gradio makes a dozen of them and never closes one.
        return create(address.set_result)

    def run() -> None:
        try:
            servers.append(asyncio.run(made()))
            servers[0].run()
        except BaseException as error:
            if address.done():
                raise
            address.set_exception(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield address.result(60)
    finally:
        for server in servers:
            server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
