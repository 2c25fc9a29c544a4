"""Work that is done on all cores at once, each part of it on one.

Numeric libraries share one product among threads of their own, which wait for each other at its end. Where another
process takes one of the cores for a moment they all stand still, and a small product costs more to share than to
compute. Several products side by side, each on one thread, have neither trouble.
"""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


class SideBySide:
    """Threads, as many as there are cores: `count`.

    `prepare` runs in each before its first work, `alone` is the context in which they all work.
    """

    def __init__(
        self,
        prepare: Callable[[], object] = lambda: None,
        alone: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self.count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._prepare = prepare
        self._alone = alone
        self._pool: ThreadPoolExecutor | None = None
        self._opening = threading.Lock()

    def map(self, do: Callable[[_Given], _Made], given: Sequence[_Given]) -> list[_Made]:
        """Do something with each of the given, and return what came of it in their order."""
        if len(given) < 2:
            return [do(one) for one in given]
        with self._opening:
            self._pool = self._pool or ThreadPoolExecutor(self.count, "core", self._prepare)
        with self._alone():
            return list(self._pool.map(do, given))


def one_thread() -> AbstractContextManager[object]:
    """Keep each product of numpy's on one thread, until the context is left by the thread that entered it.

    Where another thread is inside one already, this one does nothing: the limit is one for the process.
    """
    from threadpoolctl import ThreadpoolController

    limit: AbstractContextManager[object] = ThreadpoolController().select(internal_api="openblas").limit(limits=1)
    return limit
