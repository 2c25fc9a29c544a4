"""The vectors of all passages, in a local Chroma; the one module that knows Chroma by name.

Vectors are kept under the ids of their passages. Nothing here decides what exists: the catalog does, and a vector
it does not know is an orphan.
"""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import IndexClosed, IndexDamaged

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api.models.Collection import Collection
    from chromadb.config import System
    from numpy.typing import NDArray

FIRST_FOLDER = "vectors-1"
"""Where an index keeps its vectors until a rebuild moves them."""

_COLLECTION = "passages"
# Chroma's cache of clients is one for the process, and not made for threads that open at once.
_OPENING = threading.Lock()
_PAGE = 10_000
# Chroma saves its graph, whole, each time so many vectors were added, and adds those since then when it is opened.
_SAVED_AFTER = 1_000
# A graph of very many is saved when a hundredth of it is new: otherwise what is written grows with their square.
_SAVED_SHARE = 100


def vector_folders(home: Path) -> dict[int, Path]:
    """Find the folders that hold vectors below `home`, by number; whatever else lies there is not ours."""
    named = ((re.fullmatch(r"vectors-(\d+)", folder.name), folder) for folder in home.iterdir() if folder.is_dir())
    return {int(match.group(1)): folder for match, folder in named if match}


class Vectors:
    """The Chroma collection in one folder. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self._closed = False
        self._unmeasured = 0

    def add(self, ids: Sequence[str], vectors: "NDArray[np.float32]", metadata: Sequence[Mapping[str, Any]]) -> None:
        """Add vectors, or replace those whose id is there already. `metadata` holds what searches filter by."""
        self._prepare_for(len(ids))
        with self._using() as opened:
            for start in range(0, len(ids), opened.largest_batch):
                part = slice(start, start + opened.largest_batch)
                fields: list[Mapping[str, Any]] = [dict(one) for one in metadata[part]]
                opened.collection.upsert(ids=list(ids[part]), embeddings=vectors[part], metadatas=fields)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete vectors; ids that are not there are passed over."""
        with self._using() as opened:
            for start in range(0, len(ids), opened.largest_batch):
                opened.collection.delete(ids=list(ids[start : start + opened.largest_batch]))

    def nearest(
        self, vector: "NDArray[np.float32]", limit: int, where: Mapping[str, Any] | None = None
    ) -> dict[str, float]:
        """Find the `limit` nearest vectors: id to cosine (-1 to 1), best first. `where` is a Chroma filter."""
        with self._using() as opened:
            found = opened.collection.query(
                query_embeddings=vector[None, :],
                n_results=limit,
                where=dict(where) if where else None,
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        return {id_: 1.0 - float(distance) for id_, distance in zip(found["ids"][0], distances, strict=True)}

    def get(self, ids: Sequence[str]) -> dict[str, "NDArray[np.float32]"]:
        """Fetch vectors by id; ids that are not there are left out."""
        if not ids:
            return {}
        with self._using() as opened:
            found = opened.collection.get(ids=list(ids), include=["embeddings"])
        rows = found["embeddings"]
        if rows is None:
            return {}
        import numpy as np

        return {id_: np.asarray(row, np.float32) for id_, row in zip(found["ids"], rows, strict=True)}

    def ids(self) -> Iterator[str]:
        """Yield the id of every vector."""
        with self._using() as opened:
            for offset in range(0, opened.collection.count(), _PAGE):
                yield from opened.collection.get(include=[], limit=_PAGE, offset=offset)["ids"]

    def count(self) -> int:
        """Count the vectors."""
        with self._using() as opened:
            return opened.collection.count()

    def open(self) -> None:
        """Open what is not open yet, ahead of its use."""
        with self._using():
            pass

    def reopen(self) -> None:
        """Forget what was read, so that the next call sees what other processes wrote.

        An open Chroma client goes on searching the graph it loaded, whatever another process adds.
        """
        with self._lock:
            opened, self._opened = self._opened, None
        if opened:
            self._let_go(opened)

    def close(self) -> None:
        """Close the files, once nobody searches them any more; later calls raise `IndexClosed`."""
        self._closed = True
        self.reopen()

    def _prepare_for(self, more: int) -> None:
        """Have the graph saved as often as its size asks for, before more is added to it."""
        self._unmeasured -= more
        if self._unmeasured >= 0:
            return
        with self._using() as opened:
            count = opened.collection.count()
            self._unmeasured = max(count, _SAVED_AFTER * _SAVED_SHARE - count)
            wanted = max(_SAVED_AFTER, count // _SAVED_SHARE)
            if wanted > opened.collection.configuration_json["hnsw"]["sync_threshold"]:
                opened.collection.modify(configuration={"hnsw": {"sync_threshold": wanted}})
                self.reopen()  # A client keeps to what it was opened with.

    @contextmanager
    def _using(self) -> "Iterator[_Opened]":
        """Have the collection open, and what it holds in memory kept, however often it is opened again meanwhile."""
        with self._lock:
            if self._closed:
                raise IndexClosed(f"the vectors in {self.folder} are closed; open the index anew")
            if self._opened is None:
                with _OPENING:
                    self._opened = _open(self.folder)
            opened = self._opened
            opened.users += 1
        try:
            yield opened
        finally:
            self._let_go(opened)

    def _let_go(self, opened: "_Opened") -> None:
        with self._lock:
            opened.users -= 1
            last = opened.users == 0
        if last:
            opened.system.stop()


@dataclass(slots=True)
class _Opened:
    """A collection as it was when it was opened; its graph and its files stay open until nobody uses it any more.

    Among its users is the `Vectors` that has it open, until it opens another.
    """

    collection: "Collection"
    system: "System"
    largest_batch: int
    users: int = 1


def _open(folder: Path) -> _Opened:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
            system = SharedSystemClient._identifier_to_system[str(folder)]
        finally:
            # chromadb would give it to whoever opens this folder next, with the graph that it has loaded by then.
            SharedSystemClient._identifier_to_system.pop(str(folder), None)
        collection = client.get_or_create_collection(
            _COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 200}}
        )
        # Reads the graph, so that damage shows here and not in the middle of a search.
        collection.peek(1)
        return _Opened(collection, system, client.get_max_batch_size())
    except (ChromaError, KeyError, ValueError, OSError, RuntimeError) as error:
        raise IndexDamaged(
            f"the vectors in {folder} cannot be read ({_first_line(error)}); "
            "run `assistant doctor --fix` to make them again from the catalog"
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
