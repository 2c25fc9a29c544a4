"""The vectors of all passages, in a local Chroma database; the only module that imports Chroma.

A vector has the id of its passage. The catalog decides which passages exist; a vector without a passage is an orphan.
"""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import IndexClosed, IndexDamaged
from index.types import EVERYTHING, Article, Filter

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api.models.Collection import Collection
    from chromadb.config import System
    from numpy.typing import NDArray

FIRST_FOLDER = "vectors-1"
"""The folder of an index's vectors before its first rebuild."""

_COLLECTION = "passages"
# Chroma caches its clients per process, and not thread-safely.
_OPEN_LOCK = threading.Lock()
_PAGE = 10_000
# Chroma saves its whole graph each time this many vectors were added, and adds later ones again when it is opened.
_MIN_SYNC_THRESHOLD = 1_000
# Large graphs are saved when one vector in this many is new; with a fixed threshold writes would grow quadratically.
_VECTORS_PER_NEW = 100


def vector_folders(home: Path) -> dict[int, Path]:
    """Return the folders of vectors in `home`, by number."""
    named = ((re.fullmatch(r"vectors-(\d+)", folder.name), folder) for folder in home.iterdir() if folder.is_dir())
    return {int(match.group(1)): folder for match, folder in named if match}


class Vectors:
    """The Chroma collection in one folder. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self._closed = False
        self._adds_until_check = 0

    def add(self, ids: Sequence[str], vectors: "NDArray[np.float32]", articles: Sequence[Article]) -> None:
        """Add vectors (number, dimension), or replace those with the same ids, each with the article it is of."""
        self._adjust_sync_threshold(len(ids))
        with self._using() as opened:
            for start in range(0, len(ids), opened.largest_batch):
                part = slice(start, start + opened.largest_batch)
                fields: list[Mapping[str, Any]] = [_fields(article) for article in articles[part]]
                opened.collection.upsert(ids=list(ids[part]), embeddings=vectors[part], metadatas=fields)

    def delete(self, ids: Sequence[str]) -> None:
        """Delete vectors; missing ids are ignored."""
        with self._using() as opened:
            for start in range(0, len(ids), opened.largest_batch):
                opened.collection.delete(ids=list(ids[start : start + opened.largest_batch]))

    def nearest(
        self,
        vector: "NDArray[np.float32]",
        limit: int,
        allowed: Filter = EVERYTHING,
        copied: Sequence[str] = (),
    ) -> dict[str, float]:
        """Find the `limit` nearest vectors of articles that are `allowed`: id to cosine (-1 to 1), best first.

        `copied` are the ids of articles that have a copy by one of the filter's publishers, and count as theirs.
        """
        with self._using() as opened:
            found = opened.collection.query(
                query_embeddings=vector[None, :],
                n_results=limit,
                where=_where(allowed, copied),
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        return {id_: 1.0 - float(distance) for id_, distance in zip(found["ids"][0], distances, strict=True)}

    def get(self, ids: Sequence[str]) -> dict[str, "NDArray[np.float32]"]:
        """Return vectors by id; missing ids are left out."""
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
        """Return the number of vectors."""
        with self._using() as opened:
            return opened.collection.count()

    def open(self) -> None:
        """Open the collection ahead of its use, if it is not open yet."""
        with self._using():
            pass

    def reopen(self) -> None:
        """Let the next call open the collection again, so that it sees what other processes wrote.

        An open Chroma client keeps searching the graph it loaded, whatever other processes add.
        """
        with self._lock:
            opened, self._opened = self._opened, None
        if opened:
            self._release(opened)

    def close(self) -> None:
        """Close the files as soon as no search uses them; later calls raise `IndexClosed`."""
        self._closed = True
        self.reopen()

    def _adjust_sync_threshold(self, more: int) -> None:
        """Set how often Chroma saves the graph, by its size, before `more` vectors are added."""
        self._adds_until_check -= more
        if self._adds_until_check >= 0:
            return
        with self._using() as opened:
            count = opened.collection.count()
            self._adds_until_check = max(count, _MIN_SYNC_THRESHOLD * _VECTORS_PER_NEW - count)
            wanted = max(_MIN_SYNC_THRESHOLD, count // _VECTORS_PER_NEW)
            if wanted > opened.collection.configuration_json["hnsw"]["sync_threshold"]:
                opened.collection.modify(configuration={"hnsw": {"sync_threshold": wanted}})
                self.reopen()  # An open client keeps the threshold it was opened with.

    @contextmanager
    def _using(self) -> "Iterator[_Opened]":
        """Yield the open collection, and keep it open in the block even if it is opened again meanwhile."""
        with self._lock:
            if self._closed:
                raise IndexClosed(f"the vectors in {self.folder} are closed; open the index anew")
            if self._opened is None:
                with _OPEN_LOCK:
                    self._opened = _open(self.folder)
            opened = self._opened
            opened.users += 1
        try:
            yield opened
        finally:
            self._release(opened)

    def _release(self, opened: "_Opened") -> None:
        with self._lock:
            opened.users -= 1
            last = opened.users == 0
        if last:
            opened.system.stop()


@dataclass(slots=True)
class _Opened:
    """A collection as it was when it was opened; its graph and files stay open while it has `users`.

    One of its users is the `Vectors` that opened it, until that opens it again.
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
            # Otherwise chromadb would return this system, with the graph loaded then, to whoever opens the folder next.
            SharedSystemClient._identifier_to_system.pop(str(folder), None)
        collection = client.get_or_create_collection(
            _COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 200}}
        )
        # Reads the graph, so that damage is found here and not during a search.
        collection.peek(1)
        return _Opened(collection, system, client.get_max_batch_size())
    except (ChromaError, KeyError, ValueError, OSError, RuntimeError) as error:
        raise IndexDamaged(
            f"the vectors in {folder} cannot be read ({_first_line(error)}); "
            "run `assistant doctor --fix` to make them again from the catalog"
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def _fields(article: Article) -> dict[str, Any]:
    fields: dict[str, Any] = {"article": article.id}
    if article.publisher:
        fields["publisher"] = article.publisher
    if article.published:
        fields["published"] = article.published.toordinal()
    return fields


def _where(allowed: Filter, copied: Sequence[str]) -> dict[str, Any] | None:
    """Return a filter in Chroma's syntax; see `Vectors.nearest`."""
    parts: list[dict[str, Any]] = []
    if allowed.publishers:
        by = {"publisher": {"$in": list(allowed.publishers)}}
        parts.append({"$or": [by, {"article": {"$in": list(copied)}}]} if copied else by)
    if allowed.since:
        parts.append({"published": {"$gte": allowed.since.toordinal()}})
    if allowed.until:
        parts.append({"published": {"$lte": allowed.until.toordinal()}})
    if allowed.articles:
        parts.append({"article": {"$in": list(allowed.articles)}})
    return parts[0] if len(parts) == 1 else {"$and": parts} if parts else None
