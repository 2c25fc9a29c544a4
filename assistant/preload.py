"""Load a model once, in a background thread, when it is first needed."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from index.store.index import Index

_Made = TypeVar("_Made")


class Preloaded(Generic[_Made]):
    """A value that `load` makes of an index, loaded in the background, once for each of its embedding models.

    Thread-safe.

    `load` must not be a method of the owner: the reference cycle would keep models alive.
    """

    def __init__(self, index: "Index", load: "Callable[[Index], _Made]") -> None:
        self._index = index
        self._load = load
        self._loading: Future[_Made] | None = None
        self._loaded_for = ""
        self._lock = threading.Lock()

    def begin(self) -> "Future[_Made]":
        """Return the value's future; start loading if that has not begun, or has failed."""
        model = self._index.embedding.name  # Which changes when the index is rebuilt with the other one.
        with self._lock:
            failed = self._loading is not None and self._loading.done() and self._loading.exception() is not None
            if self._loading is None or failed or model != self._loaded_for:
                self._loaded_for = model
                index, load = self._index, self._load
                self._loading = index.in_background(lambda: load(index))
            return self._loading
