"""The real `mcp` client, over streamable HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

T = TypeVar("T")


def connected(address: str, use: Callable[[ClientSession], Awaitable[T]]) -> T:
    """Open a session with the server, in an event loop of its own."""

    async def session() -> T:
        async with (
            streamable_http_client(f"{address}/gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as opened,
        ):
            await opened.initialize()
            return await use(opened)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, session()).result(60)
