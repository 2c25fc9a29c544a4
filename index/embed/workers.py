"""Work that is done on all cores at once, each part of it on one.

Numeric libraries share one product among threads of their own, which wait for each other at its end. Where another
process takes one of the cores for a moment they all stand still, and a small product costs more to share than to
compute. Several products side by side, each on one thread, have neither trouble.
"""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


def cores() -> int:
    """Tell how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class SideBySide:
    """Threads, as many as there are cores. `prepare` runs in each before its first work."""

    def __init__(self, prepare: Callable[[], object] = lambda: None) -> None:
        self._prepare = prepare
        self._pool: ThreadPoolExecutor | None = None
        self._opening = threading.Lock()

    def map(self, do: Callable[[_Given], _Made], given: Sequence[_Given]) -> list[_Made]:
        """Do something with each of the given, and return what came of it in their order."""
        if len(given) < 2:
            return [do(one) for one in given]
        with self._opening:
            self._pool = self._pool or ThreadPoolExecutor(cores(), "core", self._prepare)
        return list(self._pool.map(do, given))
