"""The pipeline from files to the index: see what changed, take that in, say what happened.

Files are told apart by the hash of their bytes, so a run over unchanged files parses, embeds and writes nothing.
Articles are written a few at a time; a run that is stopped or killed goes on where it was.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from index.article import READING, Entry, article_id
from index.errors import LoadError
from index.load import find, load, unsupported
from index.store import Index
from index.writer import BATCH_PASSAGES, Writer


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or address that was not taken in, and why."""

    source: str
    reason: str


@dataclass(slots=True)
class Summary:
    """What a run did, in articles; `failed` and `skipped` name files and addresses.

    `vanished` are articles whose file is gone from a folder that was indexed; `removed` those of them that were
    removed because the run was told to prune.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    vanished: int = 0
    passages: int = 0
    seconds: float = 0.0
    failed: list[Problem] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)

    def __add__(self, other: "Summary") -> "Summary":
        return Summary(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})


Progress = Callable[[int, int, str], None]
"""Called before each file with: files done, files in all, the file's name."""


def silent(_done: int, _total: int, _name: str) -> None:
    """Show no progress."""


class Batch:
    """Articles in hand: written a few at a time, and counted in the summary of a run."""

    def __init__(self, index: Index, writer: Writer, summary: Summary) -> None:
        self._index = index
        self._writer = writer
        self._summary = summary
        self._entries: list[Entry] = []

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Take an article in hand, and write those there are when they are enough."""
        self._entries.append(entry)
        if sum(len(entry.passages) for entry in self._entries) >= BATCH_PASSAGES:
            self.flush()

    def flush(self) -> None:
        """Write the articles in hand."""
        if not self._entries:
            return
        new = {entry.article.id for entry in self._entries if self._index.catalog.hashes(entry.article.id) is None}
        copied = self._writer.write(self._entries)
        written = [entry for entry in self._entries if entry.article.id not in copied]
        self._summary.added += len(new - copied)
        self._summary.changed += len(self._entries) - len(new | copied)
        self._summary.passages += sum(len(entry.passages) for entry in written)
        for entry in self._entries:
            if entry.article.id in copied:
                source = entry.article.path or entry.article.url or entry.article.title
                self._summary.skipped.append(Problem(source, "its text is indexed already, from another address"))
        self._entries.clear()


def sync(index: Index, paths: Sequence[Path], *, prune: bool = False, progress: Progress = silent) -> Summary:
    """Bring the index up to date with the files at and below `paths`.

    A file that cannot become an article is named in the summary and stops nothing; an article it was before stays
    as it is. With `prune`, articles whose file has gone from one of the folders are removed.

    Raises:
        LoadError: a path does not exist; nothing is written then.
        IndexBusy: another process is writing.
        ModelMismatch: the index was built with another embedding model.
    """
    began = time.perf_counter()
    summary = Summary()
    files = _files(paths, summary)
    with index.writing(paths) as writer:
        batch = Batch(index, writer, summary)
        for number, file in enumerate(files):
            progress(number, len(files), file.name)
            entry = _changed(index, writer, file, summary)
            if entry:
                batch.add(entry)
        batch.flush()
        _handle_vanished(index, writer, paths, prune, summary)
        progress(len(files), len(files), "")
    summary.seconds = time.perf_counter() - began
    return summary


def _files(paths: Sequence[Path], summary: Summary) -> list[Path]:
    files: dict[Path, None] = {}
    for path in paths:
        for file in find(path, lambda folder, reason: summary.failed.append(Problem(str(folder), reason))):
            if reason := unsupported(file, named=path.is_file()):
                summary.skipped.append(Problem(str(file), reason))
            else:
                files[file] = None
    return list(files)


def _changed(index: Index, writer: Writer, file: Path, summary: Summary) -> Entry | None:
    """Load a file and split its article when it has changed since it was indexed; otherwise None."""
    known = index.catalog.hashes(article_id(str(file)))
    try:
        data = _read(file)
        raw_hash = hash_of(data)
        if known and known[1] == raw_hash:
            summary.unchanged += 1
            return None
        article = load(file, data)
    except LoadError as error:
        summary.failed.append(Problem(str(file), str(error)))
        return None
    if known and known[0] == article.content_hash:
        index.catalog.set_raw_hash(article.id, raw_hash)
        summary.unchanged += 1
        return None
    return Entry(article, writer.split(article), raw_hash)


def hash_of(data: bytes) -> str:
    """Hash what an article is loaded from, so that it is loaded again only when that, or how it is done, changes."""
    return hashlib.sha256(READING.encode() + b"\0" + data).hexdigest()


def _read(file: Path) -> bytes:
    try:
        if not file.is_file():
            raise LoadError(f"{file} is not a regular file; remove it or point the link at an article")
        return file.read_bytes()
    except OSError as error:
        raise LoadError(f"{file} cannot be read ({error.strerror}); check its permissions") from error


def _handle_vanished(index: Index, writer: Writer, paths: Sequence[Path], prune: bool, summary: Summary) -> None:
    vanished = list(_vanished(index, [path.resolve() for path in paths if path.is_dir()]))
    summary.vanished = len(vanished)
    if prune and vanished:
        writer.remove(vanished)
        summary.removed = len(vanished)


def _vanished(index: Index, folders: Sequence[Path]) -> Iterator[str]:
    for id_, path in index.catalog.paths():
        if any(Path(path).is_relative_to(folder) for folder in folders) and _is_gone(Path(path)):
            yield id_


def _is_gone(file: Path) -> bool:
    """Say whether a file is gone for certain; one that cannot be looked for, under a closed folder, may be there."""
    try:
        file.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False
