"""Index web addresses: fetch what changed, index it, and report.

An address is a page or document, or a feed or sitemap whose entries are indexed. What was found is stored, so that a
later run only asks whether it has changed. Articles are written in batches, through the same writer as files. The write
lock is held only while a batch is written: others may write while a slow site responds.
"""

import time
from collections import deque
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from index.embed.passages import entry_of
from index.errors import FetchError, LoadError
from index.ingest.files import raw_hash_of, record_failure
from index.ingest.gone import count_gone
from index.ingest.pipeline import Pipeline
from index.ingest.progress import Begin, Progress, ProgressReporter, Stopped, no_progress, no_source_progress
from index.ingest.report import Problem, Summary
from index.ingest.web_queue import QueuedAddress, is_unchanged, listed_by
from index.load.loader import load_page
from index.load.unexpected import failing_as_one
from index.store.index import Index
from index.store.known import KnownAddress
from index.types import READING, Article
from index.urls import identity, normalise
from index.web.articles import load_fetched
from index.web.feeds import Feed, FeedEntry, read_feed

if TYPE_CHECKING:
    from index.web.fetch import Fetcher, Validators

_MAX_SITEMAPS = 50


def sync_addresses(
    index: Index,
    addresses: Sequence[str],
    *,
    progress: Progress = no_progress,
    begin: Begin = no_source_progress,
    fetcher: "Fetcher | None" = None,
) -> Summary:
    """Bring the index up to date with pages, documents, feeds and sitemaps on the web.

    An address that cannot be indexed is in the summary's `failed`, with the reason as one sentence, and does not stop
    the run; its earlier article stays. `progress` is called before each address, with the number done, the number known
    so far (which grows when a feed is read) and the address; if it raises KeyboardInterrupt, the run ends once
    everything loaded is written. What `begin` returns reports one of `addresses` and the entries it lists. A given
    `fetcher` is used and left open.

    Raises:
        IndexBusy: another process is writing.
        Stopped: `progress` raised a KeyboardInterrupt.
        ModelMismatch: the index was built with another embedding model.
    """
    from index.web.fetch import Fetcher

    began = time.perf_counter()
    summary = Summary()
    with index.writing():
        pass  # Fails before anything is fetched if it may not write.
    pipeline = Pipeline(index, summary, lambda: index.writing(addresses, intermittent=True))
    with pipeline, nullcontext(fetcher) if fetcher else Fetcher() as fetching:
        run = _WebRun(index, pipeline, fetching, summary, ProgressReporter(progress, begin))
        try:
            run.index_all(addresses)
        except KeyboardInterrupt:
            run.flush()
            raise Stopped(summary) from None
    if not set(addresses).isdisjoint(index.unfinished()):
        with index.writing(addresses, intermittent=True) as writer:
            writer.finish()
    summary.seconds = time.perf_counter() - began
    return summary


class _WebRun:
    """One run over addresses."""

    def __init__(
        self, index: Index, pipeline: Pipeline, fetcher: "Fetcher", summary: Summary, reporter: ProgressReporter
    ) -> None:
        self._index = index
        self._catalog = index.catalog
        self._failing = index.catalog.failures.sources()
        self._fetcher = fetcher
        self._summary = summary
        self._reporter = reporter
        self._pipeline = pipeline
        # What is known about an address is stored only after its articles are written.
        self._to_store: list[KnownAddress] = []
        self._queue: deque[QueuedAddress] = deque()
        self._queued: set[str] = set()
        self._sources: dict[str, str] = {}

    def index_all(self, addresses: Sequence[str]) -> None:
        for address in addresses:
            self._add(QueuedAddress(address))
        given, self._queue = self._queue, deque()
        while given:
            source = given.popleft()
            # What it lists follows it directly, so that each source is done before the next one starts.
            self._queue.append(source)
            while self._queue:
                queued = self._queue.popleft()
                self._reporter.next(source.address, queued.address, len(given) + len(self._queue), len(self._queue))
                self._index_or_fail(queued)
        self.flush()
        self._reporter.end()

    def flush(self) -> None:
        """Write all articles loaded so far."""
        self._store_known()
        self._pipeline.flush()

    def _add(self, queued: QueuedAddress) -> None:
        try:
            queued, same = replace(queued, address=normalise(queued.address)), identity(queued.address)
        except LoadError as error:
            record_failure(self._index, self._summary, queued.address, str(error))
            return
        if same not in self._queued:
            self._queued.add(same)
            self._queue.append(queued)

    def _forget_failure(self, address: str) -> None:
        if address in self._failing:
            self._catalog.failures.forget([address])

    def _store_known(self) -> None:
        if self._to_store:
            known, self._to_store = self._to_store, []
            self._pipeline.after_writing(lambda: self._catalog.addresses.keep(known))

    def _index_or_fail(self, queued: QueuedAddress) -> None:
        try:
            self._index_address(queued)
        except LoadError as error:
            record_failure(self._index, self._summary, queued.address, str(error))
        else:
            self._forget_failure(queued.address)
        self._store_known()

    def _index_address(self, queued: QueuedAddress) -> None:
        known = self._known(queued.address)
        if known and is_unchanged(known, queued):
            self._count_unchanged(known)
            return
        asked = date.today().isoformat() if queued.stamp else None
        with failing_as_one(queued.address):
            fetched = self._fetcher.fetch(queued.address, _validators(known) if known else None)
        if fetched is None:
            assert known
            self._count_unchanged(known)
            self._store_if_changed(known, replace(known, stamp=queued.stamp, asked=asked))
            return
        raw_hash = raw_hash_of(fetched.data)
        found = KnownAddress(
            address=queued.address,
            found=fetched.address,
            raw_hash=raw_hash,
            etag=fetched.validators.etag,
            last_modified=fetched.validators.last_modified,
            kind="document" if fetched.document else "page",
            stamp=queued.stamp,
            asked=asked,
        )
        if known and known.raw_hash == raw_hash and (fetched.document or known.found == fetched.address):
            self._count_unchanged(known)
            self._store_if_changed(known, replace(found, articles=known.articles, links=known.links, kind=known.kind))
        elif not fetched.document and (feed := read_feed(fetched.address, fetched.data, fetched.charset)):
            self._index_feed(queued, feed, found)
        else:
            self._index_article(load_fetched(queued.address, fetched, queued.published), found)

    def _known(self, address: str) -> KnownAddress | None:
        """Return what is known about an address, or None if it has to be read again."""
        known = self._catalog.addresses.read(address)
        if known is None or known.pipeline != READING:
            return None
        return known if all(self._catalog.hashes(id_) for id_ in known.articles) else None

    def _store_if_changed(self, known: KnownAddress, new: KnownAddress) -> None:
        if new != known:
            self._to_store.append(new)

    def _count_unchanged(self, known: KnownAddress) -> None:
        for id_ in known.articles:
            if self._is_new(id_, known.address):
                self._summary.unchanged += 1
        for link in known.links:
            published = date.fromisoformat(link.published) if link.published else None
            self._add(QueuedAddress(link.address, published, listed_by(known.kind), link.stamp))

    def _is_new(self, article_id: str, address: str) -> bool:
        """Say whether an article was not found at another address earlier in this run."""
        first = self._sources.setdefault(article_id, address)
        if first != address:
            self._summary.skipped.append(
                Problem(address.partition("#")[0], f"the same article as {first}".partition("#")[0])
            )
        return first == address

    def _index_article(self, article: Article, found: KnownAddress) -> None:
        hashes = self._catalog.hashes(article.id)
        entry = None
        if not hashes or hashes[0] != article.content_hash:
            with failing_as_one(found.address.partition("#")[0]):
                entry = entry_of(self._index.embedding, article, found.raw_hash)
        self._to_store.append(replace(found, articles=(article.id,)))
        if not self._is_new(article.id, found.address):
            return
        if entry:
            self._pipeline.add(entry)
        else:
            self._summary.unchanged += 1

    def _index_feed(self, queued: QueuedAddress, feed: Feed, found: KnownAddress) -> None:
        if queued.listed == "feed":
            raise FetchError(f"{queued.address} is a feed that another feed lists; give it by itself to index it")
        of_sitemaps = feed.kind == "sitemaps"
        if of_sitemaps and queued.listed:
            raise FetchError(f"{queued.address} is an index of sitemaps in another one; give it by itself to index it")
        included = feed.entries[:_MAX_SITEMAPS] if of_sitemaps else feed.entries
        left_out = feed.left_out + len(feed.entries) - len(included)
        articles, links = [], []
        for entry in included:
            if entry.page and (article := self._index_full_text(queued, entry, entry.page)):
                articles.append(article)
            else:
                # Sitemaps are always fetched, so they get no stamp.
                stamp = None if of_sitemaps else entry.updated or None
                listed = QueuedAddress(entry.address, entry.published, listed_by(feed.kind), stamp)
                links.append(listed.link())
                self._add(listed)
        self._report_left_out(queued, left_out, feed.unusable)
        if not left_out:
            self._summary.gone += count_gone(self._catalog, queued.address, [entry.address for entry in feed.entries])
        self._to_store.append(replace(found, articles=tuple(articles), links=tuple(links), kind=feed.kind))

    def _index_full_text(self, queued: QueuedAddress, entry: FeedEntry, page: bytes) -> str | None:
        """Index an article whose text the feed contains; returns its id, or None if it has to be fetched after all."""
        same = identity(entry.address)
        key = f"{queued.address}#{same}"
        raw_hash = raw_hash_of(page)
        known = self._known(key)
        if known and known.raw_hash == raw_hash:
            self._count_unchanged(known)
        else:
            try:
                article = load_page(entry.address, page, "text/html", "utf-8")
                known = KnownAddress(address=key, found=queued.address, raw_hash=raw_hash, articles=(article.id,))
                self._index_article(article, known)
            except LoadError:
                return None
        self._queued.add(same)
        return known.articles[0]

    def _report_left_out(self, queued: QueuedAddress, left_out: int, unusable: int) -> None:
        if left_out:
            self._summary.skipped.append(Problem(queued.address, f"{left_out:,} entries beyond the first are left out"))
        if unusable:
            self._summary.skipped.append(Problem(queued.address, f"{unusable:,} entries have no web address"))


def _validators(known: KnownAddress) -> "Validators":
    from index.web.fetch import Validators

    return Validators(known.found, known.etag, known.last_modified)
