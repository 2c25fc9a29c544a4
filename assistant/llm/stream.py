"""Stream an LLM's words from a thread of their own, so that the caller can stop at any time."""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress

# Interval in seconds at which a waiting caller checks whether to stop.
_LOOK = 0.05


class GenerationFailed(Exception):
    """A generation failed; `error` is what its stream raised."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


Start = Callable[[], Awaitable[AsyncIterator[str]]]


class Generation:
    """The words of a text as they are written. Iterate it once; `close` stops the server.

    `start` opens the stream, inside an event loop of its own; `patience` is the timeout in seconds without a word.
    Errors of the stream, and `TimeoutError` if it stays silent, are raised as `GenerationFailed`. Setting `stop` ends
    the iteration at once, even while the stream is silent, and sets `stopped`.
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
        """Drop the connection, which makes the server stop; does not wait for it."""
        self._closed.set()
        # The loop may have ended by itself.
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
                    # A stream with buffered words never yields control, and could not be cancelled.
                    await asyncio.sleep(0)
            finally:
                # Without this, the connection of a cancelled generator stays open until garbage collection.
                if aclose := getattr(words, "aclose", None):
                    with suppress(RuntimeError):
                        await aclose()
