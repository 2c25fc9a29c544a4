"""Run tasks in parallel, one per core.

Numeric libraries split each matrix product among their own threads, which wait for each other at its end: when another
process takes one core for a moment, all of them stall, and small products cost more to split than to compute. Running
several products in parallel, each on one thread, avoids both.
"""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class CorePool:
    """A thread per core. `prepare` runs in each thread before its first task."""

    def __init__(self, prepare: Callable[[], object] = lambda: None) -> None:
        self._prepare = prepare
        self._pool: ThreadPoolExecutor | None = None
        self._opening = threading.Lock()

    def map(self, do: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
        """Call `do` with each item and return the results in order."""
        if len(items) < 2:
            return [do(one) for one in items]
        with self._opening:
            self._pool = self._pool or ThreadPoolExecutor(cores(), "core", self._prepare)
        return list(self._pool.map(do, items))
