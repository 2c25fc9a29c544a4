"""The whole server, as `assistant chat` starts it, on a free port."""

import asyncio
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from assistant.assistant import Assistant
from assistant.web.serve import create_assistant_server

# Gradio sums up its queue with pandas in ways that pandas 3 deprecates; all other warnings stay errors.
QUIET = [
    pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting' is deprecated"),
    pytest.mark.filterwarnings("ignore:The copy keyword is deprecated"),
]


@contextmanager
def serving(assistant: Assistant, host: str = "127.0.0.1", *, login: bool = False) -> Iterator[str]:
    """Serve the page, the API and the MCP tool of an assistant; gives the address."""
    addresses: queue.Queue[str] = queue.Queue()
    servers: queue.Queue[uvicorn.Server] = queue.Queue()

    async def create() -> uvicorn.Server:
        # Where no event loop runs, Gradio makes a dozen of them and never closes one.
        return create_assistant_server(assistant, host=host, port=0, login=login, on_ready=addresses.put)

    def run() -> None:
        servers.put(asyncio.run(create()))
        servers.queue[0].run()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield addresses.get(timeout=60)
    finally:
        servers.get(timeout=1).should_exit = True
        thread.join(20)
        assert not thread.is_alive()
