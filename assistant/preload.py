"""What is loaded once, when it is first needed, beside what goes on; anew where that failed."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from index.store.index import Index

_Made = TypeVar("_Made")


class Beside(Generic[_Made]):
    """Something of an index that takes a while to load. Safe to share between threads.

    `load` is no method of what keeps this: models are freed with the last reference, and a circle would keep them.
    """

    def __init__(self, index: "Index", load: "Callable[[Index], _Made]") -> None:
        self._index = index
        self._load = load
        self._loading: Future[_Made] | None = None
        self._lock = threading.Lock()

    def begin(self) -> "Future[_Made]":
        """Load it in another thread where that has not begun, or has failed."""
        with self._lock:
            failed = self._loading is not None and self._loading.done() and self._loading.exception() is not None
            if self._loading is None or failed:
                index, load = self._index, self._load
                self._loading = index.in_background(lambda: load(index))
            return self._loading
