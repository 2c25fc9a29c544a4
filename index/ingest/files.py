"""Index files: find what changed, index it, and report.

A file has changed if the hash of its bytes has, so a run over unchanged files parses, embeds and writes nothing.
Articles are written in batches; after a run is stopped or killed, the next one resumes.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import islice
from pathlib import Path

from index.embed.passages import Entry
from index.errors import LoadError, UnknownType
from index.ingest.multi_article import load_changed_parts
from index.ingest.pipeline import Pipeline
from index.ingest.progress import Begin, Progress, ProgressReporter, Stopped, no_progress, no_source_progress
from index.ingest.report import Problem, Summary
from index.load.discover import find, unsupported
from index.load.formats import Kind, kind_of
from index.load.jsonl import Names
from index.load.loader import load
from index.load.unexpected import failing_as_one
from index.store.index import Index
from index.store.writer import Writer
from index.types import READING, article_id

# Files whose hashes are looked up at once.
_LOOKUP_BATCH = 256


def sync(
    index: Index,
    paths: Sequence[Path],
    *,
    prune: bool = False,
    names: Names | None = None,
    progress: Progress = no_progress,
    begin: Begin = no_source_progress,
) -> Summary:
    """Bring the index up to date with the files at and below `paths`.

    A file that cannot be indexed is reported in the summary and does not stop the run; its earlier article stays. With
    `prune`, articles whose file no longer exists in one of the folders are removed. `names` maps article fields to
    those of exports, `{"text": "body_text"}`; None uses the names given before for each file. `progress` reports all
    files, what `begin` returns those of one path.

    Raises:
        LoadError: a path does not exist; nothing is written then.
        Stopped: `progress` raised a KeyboardInterrupt.
        IndexBusy: another process is writing.
        ModelMismatch: the index was built with another embedding model.
    """
    began = time.perf_counter()
    summary = Summary()
    left = _count_files(paths)
    total = left.total()
    with index.writing(paths) as writer, Pipeline(index, summary, lambda: nullcontext(writer)) as pipeline:
        stoppable = partial(_stoppable, pipeline, summary)
        reporter = ProgressReporter(stoppable(progress), lambda source: stoppable(begin(source)))
        for number, (path, file, known) in enumerate(_with_known_hashes(index, _find_files(index, paths, summary)), 1):
            left[path] -= 1
            reporter.next(str(path), file.name, total - number, left[path])
            if (kind := kind_of(file)) and kind.several:
                _index_parts(index, writer, pipeline, file, names, summary, partial(_show, reporter, file))
            elif entry := _load_if_changed(index, writer, file, known, summary):
                pipeline.add(entry)
        pipeline.flush()
        _handle_vanished(index, writer, paths, prune, summary)
        still = {problem.source for problem in summary.failed}
        index.catalog.failures.forget_below([path.resolve() for path in paths], still)
        reporter.end()
    summary.seconds = time.perf_counter() - began
    return summary


def _stoppable(pipeline: Pipeline, summary: Summary, progress: Progress) -> Progress:
    """Return a progress that writes everything loaded so far when the run is stopped."""

    def step(done: int, total: int, name: str) -> None:
        try:
            progress(done, total, name)
        except KeyboardInterrupt:
            pipeline.flush()
            raise Stopped(summary) from None

    return step


def record_failure(index: Index, summary: Summary, source: str, reason: str) -> None:
    """Record in the summary and the catalog that a source cannot be indexed."""
    # File names and error messages may contain surrogates, which SQLite cannot store.
    source, reason = (text.encode("utf-8", "replace").decode("utf-8") for text in (source, reason))
    summary.failed.append(Problem(source, reason))
    index.catalog.failures.note(source, reason)


def _count_files(paths: Sequence[Path]) -> Counter[Path]:
    """Count the supported files of each path; fails if a path does not exist."""
    found = ((path, file) for path in dict.fromkeys(paths) for file in find(path, lambda *_: None))
    return Counter(path for path, file in found if unsupported(file, named=path.is_file()) is None)


def _find_files(index: Index, paths: Sequence[Path], summary: Summary) -> Iterator[tuple[Path, Path]]:
    """Yield each supported file once, with the path it was found under: `(path, file)`."""
    # Only hashes, because there may be very many files.
    seen: set[int] = set()
    for path in paths:
        named = path.is_file()
        try:
            for file in find(
                path, lambda folder, reason: record_failure(index, summary, str(folder.absolute()), reason)
            ):
                if reason := unsupported(file, named=named):
                    summary.skipped.append(Problem(str(file), reason))
                elif hash(file) not in seen:
                    seen.add(hash(file))
                    yield path, file
        except LoadError as error:  # It was deleted since the files were counted.
            record_failure(index, summary, str(path.resolve()), str(error))


def _with_known_hashes(
    index: Index, files: Iterator[tuple[Path, Path]]
) -> Iterator[tuple[Path, Path, tuple[str, str] | None]]:
    """Yield `(path, file, hashes)`, with the stored hashes of the file's article, looked up many at once."""
    while some := list(islice(files, _LOOKUP_BATCH)):
        ids = [article_id(str(file)) for _, file in some]
        known = index.catalog.hashes_of(ids)
        yield from ((path, file, known.get(id_)) for (path, file), id_ in zip(some, ids, strict=True))


def _load_if_changed(
    index: Index, writer: Writer, file: Path, known: tuple[str, str] | None, summary: Summary
) -> Entry | None:
    """Load a file and split its article if it differs from its `known` hashes; else return None."""
    try:
        data = _read(file)
        raw_hash = raw_hash_of(data)
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
        record_failure(index, summary, str(file), str(error))
        return None


def raw_hash_of(data: bytes) -> str:
    """Hash what an article is loaded from, together with the version of the loader."""
    return hashlib.sha256(READING.encode() + b"\0" + data).hexdigest()


def _read(file: Path) -> bytes:
    try:
        _check_readable(file)
        return file.read_bytes()
    except OSError as error:
        raise LoadError(f"{file} cannot be read ({error.strerror}); check its permissions") from error


def _check_readable(file: Path) -> None:
    """Check that a file can be read and is not too large."""
    if not file.is_file():
        raise LoadError(f"{file} is not a regular file; remove it or point the link at an article")
    most = (kind_of(file) or Kind()).max_bytes
    if most is not None and file.stat().st_size > most:
        raise LoadError(f"{file} is longer than {most // 1024**2} MB, the most that is read of its kind; split it")


def _index_parts(
    index: Index,
    writer: Writer,
    pipeline: Pipeline,
    file: Path,
    names: Names | None,
    summary: Summary,
    show: Callable[[str], None],
) -> None:
    """Index what is new or changed in a file with several articles, and remove what it no longer contains."""
    try:
        _check_readable(file)
        report = load_changed_parts(index, writer, file, names, add=pipeline.add, show=show)
    except UnknownType as error:
        summary.skipped.append(Problem(str(file), str(error).removeprefix(f"{file}: ")))
        return
    except LoadError as error:
        record_failure(index, summary, str(file), str(error))
        return
    pipeline.flush()
    if report.gone:
        writer.remove(report.gone)
    if report.read_file:
        index.catalog.files.keep(report.read_file)
    summary.vanished += len(report.gone)
    summary.removed += len(report.gone)
    summary.unchanged += report.unchanged
    for reason in report.failed:
        record_failure(index, summary, str(file), reason)
    summary.skipped += [Problem(str(file), reason) for reason in report.skipped]


def _show(reporter: ProgressReporter, file: Path, place: str) -> None:
    reporter.show(f"{file.name}, {place}")


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
    """Say whether a file certainly does not exist; in a folder without access it might."""
    try:
        file.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False
