"""Make answers in threads and stream them to the event loop; stop if the client disconnects."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress

from assistant.types import Answer

# Interval in seconds of checking whether the client is still connected.
_CHECK_SECONDS = 0.5

Start = Callable[[threading.Event], Iterator[Answer]]
"""Starts an answer that stops when the event is set."""


async def answer_snapshots(
    start: Start, pool: ThreadPoolExecutor, gone: Callable[[], Awaitable[bool]]
) -> AsyncIterator[Answer]:
    """Yield the snapshots of an answer made in a thread of the pool; its errors are raised here.

    `gone` says whether the client has disconnected; then the answer is stopped, as when the iterator is closed.
    """
    loop = asyncio.get_running_loop()
    snapshots: asyncio.Queue[Answer | Exception | None] = asyncio.Queue()
    stop = threading.Event()

    def tell(snapshot: Answer | Exception | None) -> None:
        # The loop may have ended meanwhile.
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
            if loop.time() - looked >= _CHECK_SECONDS:
                if await gone():
                    return
                looked = loop.time()
            try:
                snapshot = await asyncio.wait_for(snapshots.get(), _CHECK_SECONDS)
            except TimeoutError:
                continue
            if snapshot is None:
                return
            if isinstance(snapshot, Exception):
                raise snapshot
            yield snapshot
    finally:
        stop.set()


async def with_ticks(snapshots: AsyncIterator[Answer], every: float) -> AsyncIterator[Answer | None]:
    """Yield snapshots as they arrive, and None whenever none has arrived for `every` seconds."""
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
