"""What the library does to the index, each in a thread of its own: taking in, reading again, removing, bringing back.

A run goes on when nobody watches it any more; one that is killed with the process leaves the index whole.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from assistant.web.page.library_state import Step
from assistant.web.page.uploads import MAX_FILES, MOST_BYTES, Upload, keep
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
"""Takes in the pages and feeds at some addresses; see `index.ingest.files.sync`."""

T = TypeVar("T")
_LOOK = 0.2  # Seconds between two looks at how far a run is.
_AT_ONCE = 8  # Articles brought back in one commit.


def watched(doing: str, job: Callable[[Progress], T]) -> Iterator[Step | T]:
    """Do a job in a thread; yields how far it is, and what it returned last. What it raises is raised here."""
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
        wait([done], timeout=_LOOK)
    yield done.result()


def add(index: "Index", uploads: Sequence[Upload], progress: Progress) -> Summary:
    """Take in uploaded files; those that cannot become articles are named in the summary as they were called.

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
                file, new = _kept(index.home, upload)
                kept[file.resolve()] = (upload.name, new)
            except (ValueError, OSError) as error:
                problems.append(Problem(upload.name, str(error)))
        summary = sync(index, list(kept), progress=progress) if kept else Summary()
    except BaseException:
        # Nothing came of them, and they are given again.
        _discard(file for file, (_, new) in kept.items() if new)
        raise
    # Of a file with several articles, some may have been taken in.
    _discard(file for file, (_, new) in kept.items() if new and not index.catalog.at_path(str(file)))
    # They are told to who added them, and are not there to be tried again.
    index.catalog.failures.forget([str(file) for file in kept if not file.exists()])
    summary.failed[:] = [*problems, *(_as_called(problem, kept) for problem in summary.failed)]
    summary.skipped[:] = [_as_called(problem, kept) for problem in summary.skipped]
    return summary


def _as_called(problem: Problem, kept: Mapping[Path, tuple[str, bool]]) -> Problem:
    """Name a kept file as the browser did."""
    name, _ = kept.get(Path(problem.source), (problem.source, False))
    return Problem(name, problem.reason.replace(problem.source, name))


def renew(index: "Index", addresses: Addresses, ids: Sequence[str] | None, progress: Progress) -> Summary:
    """Read articles again from their files or, through `addresses`, from the web; all of them when `ids` is None.

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
    """Remove articles; returns what `restore` needs to bring them back. Those that are gone already are passed over.

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
    """Write removed articles again, as they were; returns how many. One that has come back by itself stays as it is.

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


def _kept(home: Path, upload: Upload) -> tuple[Path, bool]:
    """Keep an upload; raises a ValueError that says why it is no article."""
    reason = unsupported(Path(upload.name), named=True)
    if reason:
        raise ValueError(reason)
    if upload.file is None or upload.file.stat().st_size > MOST_BYTES:
        raise ValueError(f"it is longer than {MOST_BYTES // 1024**2} MB; split it")
    return keep(home, upload.name, upload.file.read_bytes())


def _discard(files: Iterator[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
