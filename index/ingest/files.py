"""The pipeline from files to the index: see what changed, take that in, say what happened.

Files are told apart by the hash of their bytes, so a run over unchanged files parses, embeds and writes nothing.
Articles are written a few at a time; a run that is stopped or killed goes on where it was.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import islice
from pathlib import Path

from index.errors import LoadError, UnknownType
from index.ingest.multi_article import take_parts
from index.ingest.pipeline import Batch
from index.ingest.progress import Steps
from index.ingest.report import Problem, Summary
from index.load.discover import find, unsupported
from index.load.formats import Kind, kind_of
from index.load.jsonl import Names
from index.load.loader import load
from index.load.unexpected import failing_as_one
from index.store.index import Index
from index.store.writer import Writer
from index.types import READING, Entry, article_id

# Files whose hashes are looked up together.
_TOGETHER = 256


class Stopped(KeyboardInterrupt):
    """A run was stopped by its `progress`: what was in hand is written, and `summary` says what was done."""

    def __init__(self, summary: Summary) -> None:
        super().__init__()
        self.summary = summary


Progress = Callable[[int, int, str], None]
"""Called before each file with: files done, files in all, the file's name; a KeyboardInterrupt of it ends the run."""
Begin = Callable[[str], Progress]
"""Called when a run comes to something of a path or an address that was given; gives the progress of that alone."""


def silent(_done: int, _total: int, _name: str) -> None:
    """Show no progress."""


def unseen(_source: str) -> Progress:
    """Show no progress of a source."""
    return silent


def sync(
    index: Index,
    paths: Sequence[Path],
    *,
    prune: bool = False,
    names: Names | None = None,
    progress: Progress = silent,
    begin: Begin = unseen,
) -> Summary:
    """Bring the index up to date with the files at and below `paths`.

    A file that cannot become an article is named in the summary and stops nothing; an article it was before stays
    as it is. With `prune`, articles whose file has gone from one of the folders are removed.
    `names` says what exports call their fields, `{"text": "body_text"}`; None, what was said of each before.
    `progress` is told of all files, what `begin` gives of those of one path.

    Raises:
        LoadError: a path does not exist; nothing is written then.
        Stopped: `progress` raised a KeyboardInterrupt.
        IndexBusy: another process is writing.
        ModelMismatch: the index was built with another embedding model.
    """
    began = time.perf_counter()
    summary = Summary()
    left = _count(paths)
    total = left.total()
    with index.writing(paths) as writer, Batch(index, summary, lambda: nullcontext(writer)) as batch:
        stoppable = partial(_stoppable, batch, summary)
        steps = Steps(stoppable(progress), lambda source: stoppable(begin(source)))
        for number, (path, file, known) in enumerate(_known(index, _files(index, paths, summary)), 1):
            left[path] -= 1
            steps.next(str(path), file.name, total - number, left[path])
            if (kind := kind_of(file)) and kind.several:
                _take_parts(index, writer, batch, file, names, summary, partial(_tell, steps, file))
            elif entry := _changed(index, writer, file, known, summary):
                batch.add(entry)
        batch.flush()
        _handle_vanished(index, writer, paths, prune, summary)
        still = {problem.source for problem in summary.failed}
        index.catalog.failures.forget_below([path.resolve() for path in paths], still)
        steps.end()
    summary.seconds = time.perf_counter() - began
    return summary


def _stoppable(batch: Batch, summary: Summary, progress: Progress) -> Progress:
    """Write what is in hand when the run is stopped."""

    def step(done: int, total: int, name: str) -> None:
        try:
            progress(done, total, name)
        except KeyboardInterrupt:
            batch.flush()
            raise Stopped(summary) from None

    return step


def fail(index: Index, summary: Summary, source: str, reason: str) -> None:
    """Count and remember that something cannot be taken in."""
    # Names of files and words of errors may be what no database keeps.
    source, reason = (said.encode("utf-8", "replace").decode("utf-8") for said in (source, reason))
    summary.failed.append(Problem(source, reason))
    index.catalog.failures.note(source, reason)


def _count(paths: Sequence[Path]) -> Counter[Path]:
    """Count the files of each path that may be articles, and make sure that the paths are there."""
    found = ((path, file) for path in dict.fromkeys(paths) for file in find(path, lambda *_: None))
    return Counter(path for path, file in found if unsupported(file, named=path.is_file()) is None)


def _files(index: Index, paths: Sequence[Path], summary: Summary) -> Iterator[tuple[Path, Path]]:
    """Find the files that may be articles, each once, and the path that it is of."""
    # Hashes alone, for there may be very many files.
    seen: set[int] = set()
    for path in paths:
        named = path.is_file()
        try:
            for file in find(path, lambda folder, reason: fail(index, summary, str(folder.absolute()), reason)):
                if reason := unsupported(file, named=named):
                    summary.skipped.append(Problem(str(file), reason))
                elif hash(file) not in seen:
                    seen.add(hash(file))
                    yield path, file
        except LoadError as error:  # It was there a moment ago, when the files were counted.
            fail(index, summary, str(path.resolve()), str(error))


def _known(index: Index, files: Iterator[tuple[Path, Path]]) -> Iterator[tuple[Path, Path, tuple[str, str] | None]]:
    """Look up for each file, many together, by what hashes its article was known before the run came to it."""
    while some := list(islice(files, _TOGETHER)):
        ids = [article_id(str(file)) for _, file in some]
        known = index.catalog.hashes_of(ids)
        yield from ((path, file, known.get(id_)) for (path, file), id_ in zip(some, ids, strict=True))


def _changed(index: Index, writer: Writer, file: Path, known: tuple[str, str] | None, summary: Summary) -> Entry | None:
    """Load a file and split its article when it has changed since it was `known`; otherwise None."""
    try:
        data = _read(file)
        raw_hash = hash_of(data)
        if known and known[1] == raw_hash:
            summary.unchanged += 1
            return None
        article = load(file, data)
        if known and known[0] == article.content_hash:
            index.catalog.set_raw_hash(article.id, raw_hash)
            summary.unchanged += 1
            return None
        with failing_as_one(file):
            return writer.entry(article, raw_hash)
    except LoadError as error:
        fail(index, summary, str(file), str(error))
        return None


def hash_of(data: bytes) -> str:
    """Hash what an article is loaded from, so that it is loaded again only when that, or how it is done, changes."""
    return hashlib.sha256(READING.encode() + b"\0" + data).hexdigest()


def _read(file: Path) -> bytes:
    try:
        _check(file)
        return file.read_bytes()
    except OSError as error:
        raise LoadError(f"{file} cannot be read ({error.strerror}); check its permissions") from error


def _check(file: Path) -> None:
    """Make sure that a file can be read, and is not too long."""
    if not file.is_file():
        raise LoadError(f"{file} is not a regular file; remove it or point the link at an article")
    most = (kind_of(file) or Kind()).max_bytes
    if most is not None and file.stat().st_size > most:
        raise LoadError(f"{file} is longer than {most // 1024**2} MB, the most that is read of its kind; split it")


def _take_parts(
    index: Index,
    writer: Writer,
    batch: Batch,
    file: Path,
    names: Names | None,
    summary: Summary,
    tell: Callable[[str], None],
) -> None:
    """Take in what is new or changed in a file with several articles, and remove what it no longer holds."""
    try:
        _check(file)
        taken = take_parts(index, writer, file, names, take=batch.add, tell=tell)
    except UnknownType as error:
        summary.skipped.append(Problem(str(file), str(error).removeprefix(f"{file}: ")))
        return
    except LoadError as error:
        fail(index, summary, str(file), str(error))
        return
    batch.flush()
    if taken.gone:
        writer.remove(taken.gone)
    if taken.learnt:
        index.catalog.files.keep(taken.learnt)
    summary.vanished += len(taken.gone)
    summary.removed += len(taken.gone)
    summary.unchanged += taken.unchanged
    for reason in taken.failed:
        fail(index, summary, str(file), reason)
    summary.skipped += [Problem(str(file), reason) for reason in taken.skipped]


def _tell(steps: Steps, file: Path, place: str) -> None:
    steps.tell(f"{file.name}, {place}")


def _handle_vanished(index: Index, writer: Writer, paths: Sequence[Path], prune: bool, summary: Summary) -> None:
    vanished = list(_vanished(index, [path.resolve() for path in paths if path.is_dir()]))
    summary.vanished += len(vanished)
    if prune and vanished:
        writer.remove(vanished)
        summary.removed += len(vanished)


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
