"""Trying again what could not be taken in."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import LoadError
from index.ingest.files import fail, sync
from index.ingest.progress import Begin, Stopped, unseen
from index.ingest.report import Summary
from index.ingest.web import sync_addresses
from index.load.discover import find
from index.store.index import Index
from index.store.lock import held
from index.urls import is_address

if TYPE_CHECKING:
    from index.web.fetch import Fetcher


def retry_failed(index: Index, *, begin: Begin = unseen, fetcher: "Fetcher | None" = None) -> Summary:
    """Try again what is among the failures, and nothing else; what is mended, or gone, is a failure no more.

    Raises:
        IndexBusy: another process is writing, or doing the same.
        ModelMismatch: the index was built with another embedding model.
        Stopped: `progress` raised a KeyboardInterrupt.
    """
    summary = Summary()
    sources = [failure.source for failure in index.catalog.failures.all()]
    paths = [path for path in (Path(one) for one in sources if not is_address(one)) if _is_usable(index, path, summary)]
    addresses = [one for one in sources if is_address(one)]
    with held(index.home, "sync"):
        if paths:
            summary += sync(index, paths, progress=begin("Failed files"))
        if addresses:
            try:
                summary += sync_addresses(index, addresses, progress=begin("Failed addresses"), fetcher=fetcher)
            except Stopped as stopped:
                raise Stopped(summary + stopped.summary) from None
    return summary


def _is_usable(index: Index, path: Path, summary: Summary) -> bool:
    """Say whether a run over a path can begin; when it cannot, that is noted, unless a file was deleted."""
    try:
        for _ in find(path, lambda *_: None):
            break
        return True
    except LoadError as error:
        followed = {one.source for one in index.catalog.followed.all()}
        if os.path.lexists(path) or str(path) in followed or not path.parent.is_dir():
            fail(index, summary, str(path), str(error))
        else:
            index.catalog.failures.forget([str(path)])
        return False
