"""Following files, folders and addresses: remember them, and bring all of them up to date in one run."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import FetchError, LoadError, NotFollowed, UnknownType
from index.ingest.files import fail, sync
from index.ingest.progress import Begin, Progress, Stopped, unseen
from index.ingest.report import Summary
from index.ingest.web import sync_addresses
from index.load.discover import find, unsupported
from index.store.followed import Followed
from index.store.index import Index
from index.store.lock import held
from index.urls import identity, is_address, tidy

if TYPE_CHECKING:
    from index.web.fetch import Fetcher


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did for one of the followed; `error` says why nothing of it could be read, if so."""

    followed: Followed
    summary: Summary
    error: str | None = None

    def counts(self) -> dict[str, object]:
        """Write it as the catalog keeps it; see `Followed`."""
        found = {one.name: getattr(self.summary, one.name) for one in fields(Summary)}
        counted = {name: value for name, value in found.items() if isinstance(value, int)}
        return {**counted, "failed": len(self.summary.failed), "error": self.error}


def total(outcomes: Sequence[Outcome]) -> Summary:
    """Add up what a run did."""
    return reduce(add, (outcome.summary for outcome in outcomes), Summary())


def check(source: str) -> Followed:
    """Make something to follow of a path or an address, written as it is remembered; it is not looked up on the web.

    Raises:
        LoadError: the path does not exist or cannot be read, or the address is none.
        UnknownType: no loader for this kind of file.
    """
    if is_address(source):
        return Followed(tidy(source), "address", "")
    path = Path(source)
    for _ in find(path, lambda *_: None):
        break
    if path.is_file() and (reason := unsupported(path.resolve(), named=True)):
        raise UnknownType(f"{path}: {reason}")
    return Followed(str(path.resolve()), "file" if path.is_file() else "folder", "")


def follow(index: Index, checked: Followed, *, later: bool = False, fetcher: "Fetcher | None" = None) -> Followed:
    """Remember something that was checked, or find it among what is followed already.

    With `later` an address is asked for once, and nothing is taken in.

    Raises:
        FetchError: nothing can be had from the address; it is not followed then.
    """
    known = _known(index, checked)
    if known:
        return known
    if later and is_address(checked.source):
        from index.web.fetch import Fetcher

        with nullcontext(fetcher) if fetcher else Fetcher() as fetching:
            fetching.fetch(checked.source)
    index.catalog.followed.add(checked.source, checked.kind)
    return next(one for one in index.catalog.followed.all() if one.source == checked.source)


def unfollow(index: Index, sources: Sequence[str]) -> list[Followed]:
    """Follow some no longer; their articles stay.

    Raises:
        NotFollowed: one of them is not followed; nothing is changed then.
    """
    found = []
    for source in sources:
        given = Followed(tidy(source) if is_address(source) else str(Path(source).resolve()), "", "")
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
    begin: Begin = unseen,
    fetcher: "Fetcher | None" = None,
) -> Iterator[Outcome]:
    """Bring files, folders and addresses that are followed up to date, one after the other, as the iterator is read.

    One that cannot be read at all is a failure in its summary, and stops nothing. With `prune`, articles whose file has
    gone from a folder are removed; those of a folder that is gone itself are kept. `begin` is called before each with
    its path or address. One run of this at a time.

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
                    outcome = _sync_one(index, one, prune, begin(one.source), fetching)
                except Stopped as stopped:
                    raise Stopped(done + stopped.summary) from None
                done += outcome.summary
                index.catalog.followed.note(one.source, outcome.followed.kind, outcome.counts())
                yield outcome


def _sync_one(index: Index, one: Followed, prune: bool, progress: Progress, fetcher: "Fetcher") -> Outcome:
    if is_address(one.source):
        summary = sync_addresses(index, [one.source], progress=progress, fetcher=fetcher)
        error = next((problem.reason for problem in summary.failed if problem.source == one.source), None)
        known = index.catalog.addresses.read(one.source)
        kind = (known.kind if known else None) or one.kind
        return Outcome(Followed(one.source, kind, one.since), summary, error)
    try:
        return Outcome(one, sync(index, [Path(one.source)], prune=prune, progress=progress))
    except LoadError as failed:
        summary = Summary()
        fail(index, summary, one.source, str(failed))
        return Outcome(one, summary, str(failed))


def _known(index: Index, given: Followed) -> Followed | None:
    return next((one for one in index.catalog.followed.all() if _same(one.source, given.source)), None)


def _same(one: str, other: str) -> bool:
    if one == other or not (is_address(one) and is_address(other)):
        return one == other
    try:
        return identity(one) == identity(other)
    except FetchError:
        return False
