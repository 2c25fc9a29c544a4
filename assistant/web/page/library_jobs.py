"""The library's jobs on the index, each in a thread of its own: add, update, remove, restore.

A job continues if nobody watches it any more; if it is killed with the process, the index stays intact.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from assistant.web.page.library_state import Step
from assistant.web.page.uploads import MAX_FILE_BYTES, MAX_FILES, Upload, keep
from index.embed.passages import Entry
from index.errors import ArticleNotFound
from index.ingest.files import sync
from index.ingest.progress import Progress
from index.ingest.report import Problem, Summary
from index.load.discover import unsupported
from index.types import Copy

if TYPE_CHECKING:
    from index.store.index import Index
    from index.store.listing import Origin

Addresses = Callable[[Sequence[str], Progress], Summary]
"""Indexes the pages and feeds at some addresses; see `index.ingest.web.sync_addresses`."""

T = TypeVar("T")
_POLL_SECONDS = 0.2  # Seconds between checks of the progress.
_AT_ONCE = 8  # Articles restored in one commit.


def watched(doing: str, job: Callable[[Progress], T]) -> Iterator[Step | T]:
    """Run a job in a thread; yield its progress, and at last its result. Its errors are raised here."""
    told = [Step(doing)]
    done: Future[T] = Future()

    def progress(number: int, total: int, name: str) -> None:
        told[0] = Step(doing, number, total, name)

    def run() -> None:
        try:
            done.set_result(job(progress))
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    while not done.done():
        yield told[0]
        wait([done], timeout=_POLL_SECONDS)
    yield done.result()


def add(index: "Index", uploads: Sequence[Upload], progress: Progress) -> Summary:
    """Index uploaded files; the summary names failed ones as the browser did.

    Raises:
        IndexBusy, ModelMismatch: see `index.ingest.files.sync`.
    """
    problems = [
        Problem(upload.name, f"more than {MAX_FILES} files at once; add it by itself") for upload in uploads[MAX_FILES:]
    ]
    kept: dict[Path, tuple[str, bool]] = {}
    try:
        for upload in uploads[:MAX_FILES]:
            try:
                file, new = _stored(index.home, upload)
                kept[file.resolve()] = (upload.name, new)
            except (ValueError, OSError) as error:
                problems.append(Problem(upload.name, str(error)))
        summary = sync(index, list(kept), progress=progress) if kept else Summary()
    except BaseException:
        # Nothing was indexed; the user will upload them again.
        _discard(file for file, (_, new) in kept.items() if new)
        raise
    # Of a file with several articles, some may have been indexed.
    _discard(file for file, (_, new) in kept.items() if new and not index.catalog.at_path(str(file)))
    # The user has been told, and deleted files cannot be retried.
    index.catalog.failures.forget([str(file) for file in kept if not file.exists()])
    summary.failed[:] = [*problems, *(_as_called(problem, kept) for problem in summary.failed)]
    summary.skipped[:] = [_as_called(problem, kept) for problem in summary.skipped]
    return summary


def _as_called(problem: Problem, kept: Mapping[Path, tuple[str, bool]]) -> Problem:
    """Return a problem with the file named as the browser did."""
    name, _ = kept.get(Path(problem.source), (problem.source, False))
    return Problem(name, problem.reason.replace(problem.source, name))


def renew(index: "Index", addresses: Addresses, ids: Sequence[str] | None, progress: Progress) -> Summary:
    """Index articles again from their files or, with `addresses`, from the web; all of them if `ids` is None.

    Raises:
        IndexBusy, ModelMismatch: see `index.ingest.files.sync`.
    """
    problems: list[Problem] = []
    files: list[Path] = []
    urls: list[str] = []
    listed = index.catalog.listing.origins(ids)
    copies = index.catalog.copies.of([origin.id for origin in listed])
    origins: list[Origin | Copy] = [*listed, *(copy for found in copies.values() for copy in found)]
    for origin in origins:
        if origin.path and Path(origin.path).is_file():
            files.append(Path(origin.path))
        elif origin.path:
            problems.append(Problem(origin.path, "the file is gone; put it back, or remove the article"))
        elif origin.url:
            urls.append(origin.url)
        else:
            problems.append(Problem(origin.title, "it came from no file and no address; add it again"))
    summary = sync(index, files, progress=progress) if files else Summary()
    if urls:
        summary += addresses(urls, progress)
    summary.failed[:0] = dict.fromkeys(problems)
    return summary


def remove(index: "Index", ids: Sequence[str], _progress: Progress) -> list[Entry]:
    """Remove articles; return the entries that `restore` needs. Missing ones are skipped.

    Raises:
        IndexBusy, ModelMismatch: see `index.store.index.Index.writing`.
    """
    entries = []
    for id_ in ids:
        article, hashes = index.catalog.article(id_), index.catalog.hashes(id_)
        if article and hashes:
            entries.append(Entry(article, (), hashes[1]))
            copies = index.catalog.copies
            entries += [copies.entry(copy.id, article.text) for copy in copies.of([id_]).get(id_, [])]
    try:
        index.remove([id_ for id_ in ids if index.catalog.article(id_)])
    except ArticleNotFound:  # Another process removed one just now.
        return remove(index, ids, _progress)
    return entries


def restore(index: "Index", entries: Sequence[Entry], progress: Progress) -> int:
    """Restore removed articles; return their number. Articles that were indexed again meanwhile are skipped.

    Raises:
        IndexBusy, ModelMismatch: see `index.store.index.Index.writing`.
    """
    back = [entry for entry in entries if index.catalog.hashes(entry.article.id) is None]
    with index.writing() as writer:
        for start in range(0, len(back), _AT_ONCE):
            part = back[start : start + _AT_ONCE]
            progress(start, len(back), part[0].article.title)
            writer.write([writer.entry(one.article, one.raw_hash) for one in part])
    return len(back)


def _stored(home: Path, upload: Upload) -> tuple[Path, bool]:
    """Store an upload; return its path and whether it is new. A ValueError says why it is no article."""
    reason = unsupported(Path(upload.name), named=True)
    if reason:
        raise ValueError(reason)
    if upload.file is None or upload.file.stat().st_size > MAX_FILE_BYTES:
        raise ValueError(f"it is longer than {MAX_FILE_BYTES // 1024**2} MB; split it")
    return keep(home, upload.name, upload.file.read_bytes())


def _discard(files: Iterator[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
