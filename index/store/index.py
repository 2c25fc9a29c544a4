"""The index: a catalog and vectors, kept in step.

A write adds new vectors first, then commits the catalog, which replaces the article at once, and then deletes the old
vectors. If the process is killed, every article is either the old or the new one; at worst orphaned vectors are left,
which searches ignore and the next write deletes.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from index.embed.packaged import DEFAULT_MODEL, PACKAGED
from index.errors import ArticleNotFound, IndexClosed, ModelMismatch
from index.store.lock import held
from index.store.vectors import FIRST_FOLDER, Vectors
from index.store.writer import Writer
from index.types import EVERYTHING, Article, Filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embed.model import SentenceEmbedding

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Statistics:
    """Index-wide statistics, cached per catalog revision because every question needs them.

    `languages` are those of the articles, codes of ISO 639-1, the most frequent first.
    """

    revision: int
    passages: int
    publishers: tuple[str, ...]
    has_near_duplicates: bool
    languages: tuple[str, ...] = ()


class Index:
    """All articles under one home folder: a catalog, and the vectors of its passages.

    Any number of threads and processes may read and search; one process at a time may write, inside `writing()`. The
    embedding model is loaded at its first use.

    An index has threads and open files: `close` it, or use it in a `with` block.

    `model` names the embedding model. None is the one that the index was built with, if that is packaged, and for a new
    index `index.embed.model.DEFAULT_MODEL`, until `choose_model` has another.

    Raises (any method):
        IndexClosed: it was closed.
        IndexDamaged: the catalog or the vectors cannot be read.
    """

    def __init__(self, home: Path, model: str | None = None) -> None:
        # Imported here because SQLAlchemy takes a while to import.
        from index.store.catalog import Catalog

        self.home = home
        self.catalog = Catalog(home / "catalog.db")
        self.names_model = model is not None
        self._model = model
        self._embedding: SentenceEmbedding | None = None
        self._lock = threading.Lock()
        self._vectors: Vectors | None = None
        self._seen_revision = -1
        self._statistics: Statistics | None = None
        self._background = ThreadPoolExecutor(thread_name_prefix="background")
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the threads, close the files and release the model; closing twice does nothing.

        Calls in other threads are waited for, or raise `IndexClosed`.
        """
        with self._lock:
            self._closed = True
            vectors, self._vectors, self._embedding = self._vectors, None, None
        # Outside the lock, because background calls may be waiting for it.
        self._background.shutdown()
        if vectors:
            vectors.close()
        self.catalog.close()

    def _closed_error(self) -> IndexClosed:
        return IndexClosed(f"the index in {self.home} is closed; open it anew")

    # --- reading

    @property
    def embedding(self) -> "SentenceEmbedding":
        """The embedding model."""
        with self._lock:
            if self._closed:
                raise self._closed_error()
            if self._embedding is None:
                from index.embed.model import SentenceEmbedding

                built = self.catalog.get("model")
                name = self._model or (built if built in PACKAGED else DEFAULT_MODEL)
                # Questions are embedded at the precision of the passages.
                self._embedding = SentenceEmbedding(name, precision=self.catalog.get("precision"))
            return self._embedding

    def follow_model(self) -> None:
        """Use the packaged model that the index has now: another process may have built it with the other one since."""
        built = self.catalog.get("model") if self._model is None else None
        with self._lock:
            if built in PACKAGED and self._embedding is not None and self._embedding.name != built:
                self._embedding = None

    def choose_model(self, name: str | None) -> None:
        """Embed with this packaged model from now on, whatever the index was built with; None: with that again.

        For a new index, and for a rebuild; without effect on an index whose model was named.
        """
        if self.names_model:
            return
        wanted = name or self.catalog.get("model")
        with self._lock:
            self._model = name
            if self._embedding is not None and wanted and wanted != self._embedding.name:
                self._embedding = None

    def article(self, article_id: str) -> Article:
        """Read one article.

        Raises:
            ArticleNotFound: no article has this id.
        """
        found = self.catalog.article(article_id)
        if found is None:
            raise ArticleNotFound(f"no article has the id {article_id!r}; `assistant articles` lists them")
        return found

    def statistics(self) -> Statistics:
        """Return index-wide statistics, computed again when the catalog has changed."""
        # The revision is read first: statistics newer than their revision are only computed once too often.
        revision = self.catalog.revision()
        statistics = self._statistics
        if statistics is None or statistics.revision != revision:
            statistics = self._statistics = Statistics(
                revision=revision,
                passages=self.catalog.count()[1],
                publishers=tuple(self.catalog.publishers()),
                has_near_duplicates=self.catalog.near_duplicates.any(),
                languages=tuple(self.catalog.languages()),
            )
        return statistics

    def dense(self, vector: "NDArray[np.float32]", limit: int, allowed: Filter = EVERYTHING) -> dict[str, float]:
        """Find passages by meaning: passage id to cosine with `vector`, best first.

        Raises:
            ModelMismatch: the index was built with another embedding model.
        """
        return self.dense_search(allowed)(vector, limit)

    def dense_search(self, allowed: Filter = EVERYTHING) -> "Callable[[NDArray[np.float32], int], dict[str, float]]":
        """Prepare `dense` before the vector is known; the returned function takes the vector and the limit.

        Raises:
            ModelMismatch: the index was built with another embedding model.
        """
        state = self._state()
        self._check(state)
        vectors = self._opened(state)
        copied = self.catalog.copies.published_by(allowed.publishers) if allowed.publishers else []

        def search(vector: "NDArray[np.float32]", limit: int) -> dict[str, float]:
            found = vectors.nearest(vector, limit, allowed, copied)
            if state.get("dirty"):
                # During a write, and after a killed one, there are vectors without a passage.
                existing = self.catalog.existing_passages(list(found))
                found = {id_: score for id_, score in found.items() if id_ in existing}
            return found

        return search

    def lexical(self, words: Sequence[str], limit: int, allowed: Filter = EVERYTHING) -> dict[str, float]:
        """Find passages by their words: passage id to BM25 score, best first."""
        return self.catalog.search(words, limit, allowed)

    def in_background(self, do: "Callable[[], _Result]") -> "Future[_Result]":
        """Run a function in another thread."""
        with self._lock:
            if self._closed:
                raise self._closed_error()
            return self._background.submit(do)

    def check_model(self) -> None:
        """Check that the index was built with the embedding model in use.

        Raises:
            ModelMismatch: the index was built with another embedding model.
        """
        self.follow_model()
        self._check(self.catalog.read(("fingerprint", "model")))

    def vectors(self) -> Vectors:
        """Return the vectors, opened again if another process has changed the index."""
        return self._opened(self._state())

    def _state(self) -> dict[str, str]:
        return self.catalog.read(("revision", "vectors", "fingerprint", "model", "dirty"))

    def _opened(self, state: Mapping[str, str]) -> Vectors:
        revision = int(state.get("revision", 0))
        with self._lock:
            if self._closed:
                raise self._closed_error()
            folder = self.home / state.get("vectors", FIRST_FOLDER)
            if self._vectors is None or self._vectors.folder != folder:
                if self._vectors:
                    self._vectors.reopen()  # Releases what it has open.
                self._vectors = Vectors(folder)
            elif revision != self._seen_revision:
                self._vectors.reopen()
            self._seen_revision = revision
            return self._vectors

    def _check(self, state: Mapping[str, str]) -> None:
        built = state.get("fingerprint")
        if built is None:
            return
        embedding = self.embedding
        if built != embedding.fingerprint:
            raise ModelMismatch(
                f"the index in {self.home} was built with the embedding model {state.get('model')} ({built}), "
                f"not {embedding.name} ({embedding.fingerprint}); "
                "name that model again, or run `assistant index --rebuild`"
            )

    # --- writing

    @contextmanager
    def writing(
        self, paths: Sequence[Path | str] = (), *, any_model: bool = False, intermittent: bool = False
    ) -> Iterator[Writer]:
        """Be the only writer in the block; `paths` and addresses count as unfinished until a block ends without error.

        Orphaned vectors of an earlier, killed writer are deleted first. `any_model` is for a rebuild, which may change
        the model. `intermittent` is for a run that takes the lock for each write: it waits for other writers, they wait
        for it, and its paths stay unfinished until its last block calls `Writer.finish`.

        Raises:
            IndexBusy: another process is writing.
            ModelMismatch: the index was built with another embedding model.
        """
        if not any_model:
            self.check_model()
        with held(self.home, "write", brief=intermittent):
            writer = Writer(self, [str(path.resolve()) if isinstance(path, Path) else path for path in paths])
            if self.catalog.get("dirty") and not any_model:
                writer.sweep()
            yield writer
            if intermittent:
                writer.pause()
            else:
                writer.finish()

    def note_own_write(self) -> None:
        """Record that the latest change is this process's own, which its Chroma client has seen already."""
        self._seen_revision = self.catalog.revision()

    def unfinished(self) -> list[str]:
        """Return the paths and addresses of interrupted runs that no later run has finished."""
        return [str(path) for path in json.loads(self.catalog.get("unfinished") or "[]")]

    def remove(self, ids: Sequence[str]) -> list[Article]:
        """Remove articles and their copies, with their rows, vectors and full-text entries.

        Raises:
            ArticleNotFound: no article has one of the ids; nothing is removed then.
        """
        articles = [self.article(id_) for id_ in ids]
        copies = [copy.id for found in self.catalog.copies.of(ids).values() for copy in found]
        with self.writing() as writer:
            writer.remove([*ids, *copies])
        return articles
