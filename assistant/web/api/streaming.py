"""Answers made in threads, read in the event loop: the loop is never blocked, and who goes away is not written for."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress

from assistant.types import Answer

# How often the server looks whether somebody is still there who waits, in seconds.
_LOOK = 0.5

Start = Callable[[threading.Event], Iterator[Answer]]
"""Begins an answer that ends early when the event is set."""


async def growing(start: Start, pool: ThreadPoolExecutor, gone: Callable[[], Awaitable[bool]]) -> AsyncIterator[Answer]:
    """Yield the snapshots of an answer that is made in a thread of the pool; what it raises is raised here.

    `gone` tells whether nobody waits any more; then the snapshots end and the writing too. It also ends when the
    iterator is closed.
    """
    loop = asyncio.get_running_loop()
    snapshots: asyncio.Queue[Answer | Exception | None] = asyncio.Queue()
    stop = threading.Event()

    def tell(snapshot: Answer | Exception | None) -> None:
        # The loop may have come to its end in the meantime.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(snapshots.put_nowait, snapshot)

    def work() -> None:
        try:
            for answer in () if stop.is_set() else start(stop):
                tell(answer)
        except Exception as error:
            tell(error)
        finally:
            tell(None)

    pool.submit(work)
    looked = loop.time()
    try:
        while True:
            if loop.time() - looked >= _LOOK:
                if await gone():
                    return
                looked = loop.time()
            try:
                snapshot = await asyncio.wait_for(snapshots.get(), _LOOK)
            except TimeoutError:
                continue
            if snapshot is None:
                return
            if isinstance(snapshot, Exception):
                raise snapshot
            yield snapshot
    finally:
        stop.set()


async def ticking(snapshots: AsyncIterator[Answer], every: float) -> AsyncIterator[Answer | None]:
    """Yield snapshots as they come, and None where none has come for so many seconds."""
    async with aclosing(snapshots):  # type: ignore[type-var]
        waiting: asyncio.Future[Answer | None] | None = None
        try:
            while True:
                waiting = waiting or asyncio.ensure_future(_next(snapshots))
                await asyncio.wait({waiting}, timeout=every)
                if not waiting.done():
                    yield None
                    continue
                came, waiting = waiting, None
                if (snapshot := came.result()) is None:
                    return
                yield snapshot
        finally:
            if waiting:
                waiting.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await waiting


async def _next(snapshots: AsyncIterator[Answer]) -> Answer | None:
    return await anext(snapshots, None)
