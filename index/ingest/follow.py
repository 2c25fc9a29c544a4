"""Follow files, folders and addresses: store them, and bring all of them up to date in one run."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import FetchError, LoadError, NotFollowed, UnknownType
from index.ingest.files import record_failure, sync
from index.ingest.progress import Begin, Progress, Stopped, no_source_progress
from index.ingest.report import Summary
from index.ingest.web import sync_addresses
from index.load.discover import find, unsupported
from index.store.followed import Followed
from index.store.index import Index
from index.store.lock import held
from index.urls import identity, is_address, normalise

if TYPE_CHECKING:
    from index.web.fetch import Fetcher


@dataclass(frozen=True, slots=True)
class SyncResult:
    """The result of a run for one followed source; `error` is the reason if nothing could be read."""

    followed: Followed
    summary: Summary
    error: str | None = None

    def counts(self) -> dict[str, object]:
        """Return the result as the catalog stores it; see `Followed`."""
        found = {one.name: getattr(self.summary, one.name) for one in fields(Summary)}
        counted = {name: value for name, value in found.items() if isinstance(value, int)}
        return {**counted, "failed": len(self.summary.failed), "error": self.error}


def total(results: Sequence[SyncResult]) -> Summary:
    """Add up the results of a run."""
    return reduce(add, (result.summary for result in results), Summary())


def resolve(source: str) -> Followed:
    """Return a path or address as it would be followed; addresses are not fetched.

    Raises:
        LoadError: the path does not exist or cannot be read, or the address is invalid.
        UnknownType: no loader for this kind of file.
    """
    if is_address(source):
        return Followed(normalise(source), "address", "")
    path = Path(source)
    for _ in find(path, lambda *_: None):
        break
    if path.is_file() and (reason := unsupported(path.resolve(), named=True)):
        raise UnknownType(f"{path}: {reason}")
    return Followed(str(path.resolve()), "file" if path.is_file() else "folder", "")


def follow(index: Index, resolved: Followed, *, later: bool = False, fetcher: "Fetcher | None" = None) -> Followed:
    """Follow a resolved source, or return the one that is followed already.

    With `later` an address is only fetched once, as a test; nothing is indexed.

    Raises:
        FetchError: the address cannot be fetched; it is not followed then.
    """
    known = _known(index, resolved)
    if known:
        return known
    if later and is_address(resolved.source):
        from index.web.fetch import Fetcher

        with nullcontext(fetcher) if fetcher else Fetcher() as fetching:
            fetching.fetch(resolved.source)
    index.catalog.followed.add(resolved.source, resolved.kind)
    return next(one for one in index.catalog.followed.all() if one.source == resolved.source)


def unfollow(index: Index, sources: Sequence[str]) -> list[Followed]:
    """Stop following sources; their articles stay.

    Raises:
        NotFollowed: one of them is not followed; nothing is changed then.
    """
    found = []
    for source in sources:
        given = Followed(normalise(source) if is_address(source) else str(Path(source).resolve()), "", "")
        known = _known(index, given)
        if known is None:
            raise NotFollowed(f"{source} is not followed; `assistant following` lists what is")
        found.append(known)
    for one in found:
        index.catalog.followed.remove(one.source)
    return found


def sync_followed(
    index: Index,
    followed: Sequence[Followed],
    *,
    prune: bool = False,
    begin: Begin = no_source_progress,
    fetcher: "Fetcher | None" = None,
) -> Iterator[SyncResult]:
    """Bring followed sources up to date, one at a time, as the iterator is read.

    A source that cannot be read is a failure in its summary and does not stop the run. With `prune`, articles whose
    file no longer exists in a folder are removed; those of a folder that is gone itself are kept. `begin` is called
    before each source with its path or address. Only one such run may be active at a time.

    Raises:
        IndexBusy: another process is writing, or doing the same.
        ModelMismatch: the index was built with another embedding model.
        Stopped: `progress` raised a KeyboardInterrupt.
    """
    done = Summary()
    with held(index.home, "sync"):
        from index.web.fetch import Fetcher

        with nullcontext(fetcher) if fetcher else Fetcher() as fetching:
            for one in followed:
                try:
                    result = _sync_one(index, one, prune, begin(one.source), fetching)
                except Stopped as stopped:
                    raise Stopped(done + stopped.summary) from None
                done += result.summary
                index.catalog.followed.note(one.source, result.followed.kind, result.counts())
                yield result


def _sync_one(index: Index, one: Followed, prune: bool, progress: Progress, fetcher: "Fetcher") -> SyncResult:
    if is_address(one.source):
        summary = sync_addresses(index, [one.source], progress=progress, fetcher=fetcher)
        error = next((problem.reason for problem in summary.failed if problem.source == one.source), None)
        known = index.catalog.addresses.read(one.source)
        kind = (known.kind if known else None) or one.kind
        return SyncResult(Followed(one.source, kind, one.since), summary, error)
    try:
        return SyncResult(one, sync(index, [Path(one.source)], prune=prune, progress=progress))
    except LoadError as failed:
        summary = Summary()
        record_failure(index, summary, one.source, str(failed))
        return SyncResult(one, summary, str(failed))


def _known(index: Index, given: Followed) -> Followed | None:
    return next((one for one in index.catalog.followed.all() if _same(one.source, given.source)), None)


def _same(one: str, other: str) -> bool:
    if one == other or not (is_address(one) and is_address(other)):
        return one == other
    try:
        return identity(one) == identity(other)
    except FetchError:
        return False
