"""Words as an LLM writes them: read in a thread of their own, so that whoever waits for them can stop at any moment."""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress

# How often a reader who waits for the next word looks whether it is to stop, in seconds.
_LOOK = 0.05


class GenerationFailed(Exception):
    """What broke a generation off; `error` is what its stream raised."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


Start = Callable[[], Awaitable[AsyncIterator[str]]]


class Generation:
    """The words of one text while they are being written. Iterate it once; `close` ends the writing at its source.

    `start` opens the stream, inside an event loop made for it; `patience` is how many seconds may pass without a
    word. What the stream raises, or `TimeoutError` when it stays silent, comes as `GenerationFailed`. Setting `stop`
    ends the iteration at once, also while the stream is silent; `stopped` tells then that it was ended so.
    """

    def __init__(self, start: Start, patience: float, stop: threading.Event | None = None) -> None:
        self.stopped = False
        self._start = start
        self._patience = patience
        self._stop = stop or threading.Event()
        self._words: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="llm", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[str]:
        try:
            while True:
                if self._stop.is_set():
                    self.stopped = True
                    return
                try:
                    word = self._words.get(timeout=_LOOK)
                except queue.Empty:
                    continue
                if word is None:
                    return
                if isinstance(word, BaseException):
                    raise GenerationFailed(word) from word
                yield word
        finally:
            self.close()

    def close(self) -> None:
        """End the writing: the connection is dropped, which is what makes a server stop. Does not wait for it."""
        self._closed.set()
        # The loop may have come to its end by itself in the meantime.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._read())
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            self._words.put(error)
        finally:
            self._words.put(None)

    async def _read(self) -> None:
        self._task = asyncio.current_task()
        if self._closed.is_set():
            return
        async with asyncio.timeout(self._patience) as patience:
            loop = asyncio.get_running_loop()
            words = await self._start()
            try:
                async for word in words:
                    patience.reschedule(loop.time() + self._patience)
                    self._words.put(word)
                    # A stream that has words waiting never pauses by itself, and could not be cancelled.
                    await asyncio.sleep(0)
            finally:
                # A cancelled generator has to be told, or its connection stays open until it is collected.
                if aclose := getattr(words, "aclose", None):
                    with suppress(RuntimeError):
                        await aclose()
