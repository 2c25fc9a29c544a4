"""The index: the catalog and the vectors kept in step.

Order of a write: new vectors first, then the catalog's commit, which makes the article new in one moment, then the
old vectors are deleted. Whatever kills the process leaves each article wholly old or wholly new, and at worst some
orphaned vectors, which no search shows and the next write sweeps.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from index.errors import ArticleNotFound, IndexClosed, ModelMismatch
from index.store.lock import held
from index.store.vectors import FIRST_FOLDER, Vectors
from index.store.writer import Writer
from index.types import EVERYTHING, Article, Filter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embed.model import SentenceEmbedding

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to know of all articles at one revision of the catalog, for every question asks for it.

    `alike` says whether any two articles are nearly the same.
    """

    revision: int
    passages: int
    publishers: tuple[str, ...]
    alike: bool


class Index:
    """All articles under one home folder: a catalog, and the vectors of its passages.

    Reading and searching are safe from any thread and any number of processes; writing happens inside
    `writing()`, by one process at a time. The embedding model is loaded at its first use.

    It has threads and open files: `close` it, or use it in a `with` block.

    Raises (any method):
        IndexClosed: it was closed.
        IndexDamaged: the catalog or the vectors cannot be read.
    """

    def __init__(self, home: Path, model: str | None = None) -> None:
        # SQLAlchemy takes a while to import: not before an index is really opened.
        from index.store.catalog import Catalog

        self.home = home
        self.catalog = Catalog(home / "catalog.db")
        self._model = model
        self._embedding: SentenceEmbedding | None = None
        self._opening = threading.Lock()
        self._vectors: Vectors | None = None
        self._seen_revision = -1
        self._fingerprint: str | None = None
        self._facts: Facts | None = None
        self._beside = ThreadPoolExecutor(thread_name_prefix="beside")
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the threads, close the files and let go of the model; to close it again does nothing.

        What other threads are at ends with `IndexClosed`, or is waited for.
        """
        with self._opening:
            self._closed = True
            vectors, self._vectors, self._embedding = self._vectors, None, None
        # Without the lock: what is under way beside this thread may wait for it.
        self._beside.shutdown()
        if vectors:
            vectors.close()
        self.catalog.close()

    def _is_closed(self) -> IndexClosed:
        return IndexClosed(f"the index in {self.home} is closed; open it anew")

    # --- reading

    @property
    def embedding(self) -> "SentenceEmbedding":
        """The embedding model."""
        with self._opening:
            if self._closed:
                raise self._is_closed()
            if self._embedding is None:
                from index.embed.model import DEFAULT_MODEL, SentenceEmbedding

                # A question is read as the passages were when this process first needed the model.
                precision = self.catalog.get("precision")
                self._embedding = SentenceEmbedding(self._model or DEFAULT_MODEL, precision=precision)
            return self._embedding

    def article(self, article_id: str) -> Article:
        """Read one article.

        Raises:
            ArticleNotFound: no article has this id.
        """
        found = self.catalog.article(article_id)
        if found is None:
            raise ArticleNotFound(f"no article has the id {article_id!r}; `assistant articles` lists them")
        return found

    def facts(self) -> Facts:
        """Tell what there is to know of all articles, counted anew when the catalog has changed."""
        # The revision is read first: what is counted may be newer than it, and then is counted again the next time.
        revision = self.catalog.revision()
        facts = self._facts
        if facts is None or facts.revision != revision:
            facts = self._facts = Facts(
                revision=revision,
                passages=self.catalog.count()[1],
                publishers=tuple(self.catalog.publishers()),
                alike=self.catalog.alike.any(),
            )
        return facts

    def dense(self, vector: "NDArray[np.float32]", limit: int, allowed: Filter = EVERYTHING) -> dict[str, float]:
        """Find passages by meaning: passage id to cosine with `vector`, best first.

        Raises:
            ModelMismatch: the index was built with another embedding model.
        """
        return self.dense_search(allowed)(vector, limit)

    def dense_search(self, allowed: Filter = EVERYTHING) -> "Callable[[NDArray[np.float32], int], dict[str, float]]":
        """Do all of `dense` that needs no vector yet; what is returned does the rest.

        Raises:
            ModelMismatch: the index was built with another embedding model.
        """
        known = self._known()
        self._check(known)
        vectors = self._opened(known)
        copied = self.catalog.copies.published_by(allowed.publishers) if allowed.publishers else []
        where = _where(allowed, copied)

        def search(vector: "NDArray[np.float32]", limit: int) -> dict[str, float]:
            found = vectors.nearest(vector, limit, where)
            if known.get("dirty"):
                # While somebody writes, and after a kill, there are vectors without a passage.
                there = self.catalog.has_passages(list(found))
                found = {id_: score for id_, score in found.items() if id_ in there}
            return found

        return search

    def lexical(self, words: Sequence[str], limit: int, allowed: Filter = EVERYTHING) -> dict[str, float]:
        """Find passages by their words: passage id to BM25 score, best first."""
        return self.catalog.search(words, limit, allowed)

    def beside(self, do: "Callable[[], _Made]") -> "Future[_Made]":
        """Do something in another thread, while this one goes on."""
        with self._opening:
            if self._closed:
                raise self._is_closed()
            return self._beside.submit(do)

    def check_model(self) -> None:
        """Make sure the index and the model agree.

        Raises:
            ModelMismatch: the index was built with another embedding model.
        """
        self._check(self.catalog.read(("fingerprint", "model")))

    def vectors(self) -> Vectors:
        """Open the vectors, again when another process has changed the index."""
        return self._opened(self._known())

    def _known(self) -> dict[str, str]:
        return self.catalog.read(("revision", "vectors", "fingerprint", "model", "dirty"))

    def _opened(self, known: Mapping[str, str]) -> Vectors:
        revision = int(known.get("revision", 0))
        with self._opening:
            if self._closed:
                raise self._is_closed()
            folder = self.home / known.get("vectors", FIRST_FOLDER)
            if self._vectors is None or self._vectors.folder != folder:
                if self._vectors:
                    self._vectors.reopen()  # That is, let go of what it has open.
                self._vectors = Vectors(folder)
            elif revision != self._seen_revision:
                self._vectors.reopen()
            self._seen_revision = revision
            return self._vectors

    def _check(self, known: Mapping[str, str]) -> None:
        built = known.get("fingerprint")
        if built is None:
            return
        if self._fingerprint is None:
            self._fingerprint = self.embedding.fingerprint
        if built != self._fingerprint:
            raise ModelMismatch(
                f"the index in {self.home} was built with the embedding model {known.get('model')} ({built}), "
                f"not {self.embedding.name} ({self._fingerprint}); "
                "name that model again, or run `assistant index --rebuild`"
            )

    # --- writing

    @contextmanager
    def writing(
        self, paths: Sequence[Path | str] = (), *, any_model: bool = False, part: bool = False
    ) -> Iterator[Writer]:
        """Be the one writer; `paths`, and addresses among them, are remembered as unfinished until a block ends well.

        Vectors that an earlier, killed writer left without a passage are swept first. `any_model` is for a
        rebuild, which is there to change the model. `part` is for a run that writes now and then: it waits its turn,
        others wait for it, and what is unfinished stays so until its last block calls `Writer.finish`.

        Raises:
            IndexBusy: another process is writing.
            ModelMismatch: the index was built with another embedding model.
        """
        if not any_model:
            self.check_model()
        with held(self.home, "write", brief=part):
            writer = Writer(self, [str(path.resolve()) if isinstance(path, Path) else path for path in paths])
            if self.catalog.get("dirty") and not any_model:
                writer.sweep()
            yield writer
            if part:
                writer.settle()
            else:
                writer.finish()

    def wrote(self) -> None:
        """Note that this process itself made the latest change, which its own Chroma client has seen."""
        self._seen_revision = self.catalog.revision()

    def unfinished(self) -> list[str]:
        """Tell the paths and addresses that interrupted runs were at, and no later run has finished."""
        return [str(path) for path in json.loads(self.catalog.get("unfinished") or "[]")]

    def remove(self, ids: Sequence[str]) -> list[Article]:
        """Remove articles whole, their copies as well: no row, no vector, no full-text entry stays.

        Raises:
            ArticleNotFound: no article has one of the ids; nothing is removed then.
        """
        articles = [self.article(id_) for id_ in ids]
        copies = [copy.id for found in self.catalog.copies.of(ids).values() for copy in found]
        with self.writing() as writer:
            writer.remove([*ids, *copies])
        return articles


def _where(allowed: Filter, copied: Sequence[str]) -> dict[str, Any] | None:
    """Write a filter as Chroma does; `copied` are articles that have a copy by one of its publishers."""
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
