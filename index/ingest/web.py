"""The pipeline from web addresses to the index: fetch what changed, take that in, say what happened.

An address is a page or a document, or a feed or sitemap whose entries are taken in. What stood there is remembered, so
that a second run asks only whether it has changed. Articles are written a few at a time, through the same writer as
files. Only then is the run the one that writes: while a site takes its time, others may.
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
from index.ingest.files import fail, hash_of
from index.ingest.gone import gone_from
from index.ingest.pipeline import Batch
from index.ingest.progress import Begin, Progress, Steps, Stopped, silent, unseen
from index.ingest.report import Problem, Summary
from index.ingest.web_queue import Item, is_as_listed, listed_by
from index.load.loader import load_page
from index.load.unexpected import failing_as_one
from index.store.index import Index
from index.store.known import Known
from index.types import READING, Article
from index.urls import identity, tidy
from index.web.articles import load_fetched
from index.web.feeds import Feed, FeedEntry, read_feed

if TYPE_CHECKING:
    from index.web.fetch import Fetcher, Validators

_MAX_SITEMAPS = 50


def sync_addresses(
    index: Index,
    addresses: Sequence[str],
    *,
    progress: Progress = silent,
    begin: Begin = unseen,
    fetcher: "Fetcher | None" = None,
) -> Summary:
    """Bring the index up to date with pages, documents, feeds and sitemaps on the web.

    An address that cannot become an article is named in the summary's `failed`, with one sentence that says why, and
    stops nothing; an article it was before stays as it is. `progress` is called before each address, with the number
    done, the number known so far (it grows when a feed is read) and the address; a KeyboardInterrupt that it raises
    ends the run when what is in hand is written. What `begin` gives is told of one of `addresses` and of what that
    lists. `fetcher` says how addresses are fetched, and is left open.

    Raises:
        IndexBusy: another process is writing.
        Stopped: `progress` raised a KeyboardInterrupt.
        ModelMismatch: the index was built with another embedding model.
    """
    from index.web.fetch import Fetcher

    began = time.perf_counter()
    summary = Summary()
    with index.writing():
        pass  # Who is refused should be so before anything is fetched.
    batch = Batch(index, summary, lambda: index.writing(addresses, part=True))
    with batch, nullcontext(fetcher) if fetcher else Fetcher() as fetching:
        run = _Run(index, batch, fetching, summary, Steps(progress, begin))
        try:
            run.take_all(addresses)
        except KeyboardInterrupt:
            run.settle()
            raise Stopped(summary) from None
    if not set(addresses).isdisjoint(index.unfinished()):
        with index.writing(addresses, part=True) as writer:
            writer.finish()
    summary.seconds = time.perf_counter() - began
    return summary


class _Run:
    """One run over addresses."""

    def __init__(self, index: Index, batch: Batch, fetcher: "Fetcher", summary: Summary, steps: Steps) -> None:
        self._index = index
        self._catalog = index.catalog
        self._failing = index.catalog.failures.sources()
        self._fetcher = fetcher
        self._summary = summary
        self._steps = steps
        self._batch = batch
        # What is known of an address is kept once the article it tells of is written, never before.
        self._learnt: list[Known] = []
        self._queue: deque[Item] = deque()
        self._queued: set[str] = set()
        self._taken: dict[str, str] = {}

    def take_all(self, addresses: Sequence[str]) -> None:
        for address in addresses:
            self._add(Item(address))
        given, self._queue = self._queue, deque()
        while given:
            source = given.popleft()
            # What it lists comes right after it, so that each is done before the next one is come to.
            self._queue.append(source)
            while self._queue:
                item = self._queue.popleft()
                self._steps.next(source.address, item.address, len(given) + len(self._queue), len(self._queue))
                self._take_or_name(item)
        self.settle()
        self._steps.end()

    def settle(self) -> None:
        """Write what is in hand."""
        self._keep_learnt()
        self._batch.flush()

    def _add(self, item: Item) -> None:
        try:
            item, same = replace(item, address=tidy(item.address)), identity(item.address)
        except LoadError as error:
            fail(self._index, self._summary, item.address, str(error))
            return
        if same not in self._queued:
            self._queued.add(same)
            self._queue.append(item)

    def _mend(self, address: str) -> None:
        if address in self._failing:
            self._catalog.failures.forget([address])

    def _keep_learnt(self) -> None:
        if self._learnt:
            learnt, self._learnt = self._learnt, []
            self._batch.later(lambda: self._catalog.addresses.keep(learnt))

    def _take_or_name(self, item: Item) -> None:
        try:
            self._take(item)
        except LoadError as error:
            fail(self._index, self._summary, item.address, str(error))
        else:
            self._mend(item.address)
        self._keep_learnt()

    def _take(self, item: Item) -> None:
        known = self._known(item.address)
        if known and is_as_listed(known, item):
            self._pass_over(known)
            return
        asked = date.today().isoformat() if item.stamp else None
        with failing_as_one(item.address):
            fetched = self._fetcher.fetch(item.address, _validators(known) if known else None)
        if fetched is None:
            assert known
            self._pass_over(known)
            self._learn(known, replace(known, stamp=item.stamp, asked=asked))
            return
        raw_hash = hash_of(fetched.data)
        learnt = Known(
            address=item.address,
            found=fetched.address,
            raw_hash=raw_hash,
            etag=fetched.validators.etag,
            last_modified=fetched.validators.last_modified,
            kind="document" if fetched.document else "page",
            stamp=item.stamp,
            asked=asked,
        )
        if known and known.raw_hash == raw_hash and (fetched.document or known.found == fetched.address):
            self._pass_over(known)
            self._learn(known, replace(learnt, articles=known.articles, links=known.links, kind=known.kind))
        elif not fetched.document and (feed := read_feed(fetched.address, fetched.data, fetched.charset)):
            self._take_feed(item, feed, learnt)
        else:
            self._take_article(load_fetched(item.address, fetched, item.published), learnt)

    def _known(self, address: str) -> Known | None:
        """Read what is known of an address; None when it has to be read anew."""
        known = self._catalog.addresses.read(address)
        if known is None or known.pipeline != READING:
            return None
        return known if all(self._catalog.hashes(id_) for id_ in known.articles) else None

    def _learn(self, known: Known, learnt: Known) -> None:
        if learnt != known:
            self._learnt.append(learnt)

    def _pass_over(self, known: Known) -> None:
        for id_ in known.articles:
            if self._is_new(id_, known.address):
                self._summary.unchanged += 1
        for link in known.links:
            published = date.fromisoformat(link.published) if link.published else None
            self._add(Item(link.address, published, listed_by(known.kind), link.stamp))

    def _is_new(self, article_id: str, address: str) -> bool:
        """Say whether an article has not come up in this run, from another address."""
        first = self._taken.setdefault(article_id, address)
        if first != address:
            self._summary.skipped.append(
                Problem(address.partition("#")[0], f"the same article as {first}".partition("#")[0])
            )
        return first == address

    def _take_article(self, article: Article, learnt: Known) -> None:
        hashes = self._catalog.hashes(article.id)
        entry = None
        if not hashes or hashes[0] != article.content_hash:
            with failing_as_one(learnt.address.partition("#")[0]):
                entry = entry_of(self._index.embedding, article, learnt.raw_hash)
        self._learnt.append(replace(learnt, articles=(article.id,)))
        if not self._is_new(article.id, learnt.address):
            return
        if entry:
            self._batch.add(entry)
        else:
            self._summary.unchanged += 1

    def _take_feed(self, item: Item, feed: Feed, learnt: Known) -> None:
        if item.listed == "feed":
            raise FetchError(f"{item.address} is a feed that another feed lists; give it by itself to index it")
        of_sitemaps = feed.kind == "sitemaps"
        if of_sitemaps and item.listed:
            raise FetchError(f"{item.address} is an index of sitemaps in another one; give it by itself to index it")
        taken = feed.entries[:_MAX_SITEMAPS] if of_sitemaps else feed.entries
        left_out = feed.left_out + len(feed.entries) - len(taken)
        articles, links = [], []
        for entry in taken:
            if entry.page and (article := self._take_carried(item, entry, entry.page)):
                articles.append(article)
            else:
                # A sitemap is always asked for: its stamp is left out.
                stamp = None if of_sitemaps else entry.updated or None
                listed = Item(entry.address, entry.published, listed_by(feed.kind), stamp)
                links.append(listed.link())
                self._add(listed)
        self._tell_of_rest(item, left_out, feed.unusable)
        if not left_out:
            self._summary.gone += gone_from(self._catalog, item.address, [entry.address for entry in feed.entries])
        self._learnt.append(replace(learnt, articles=tuple(articles), links=tuple(links), kind=feed.kind))

    def _take_carried(self, item: Item, entry: FeedEntry, page: bytes) -> str | None:
        """Take in an article that a feed carries; None when it has to be fetched after all."""
        same = identity(entry.address)
        key = f"{item.address}#{same}"
        raw_hash = hash_of(page)
        known = self._known(key)
        if known and known.raw_hash == raw_hash:
            self._pass_over(known)
        else:
            try:
                article = load_page(entry.address, page, "text/html", "utf-8")
                known = Known(address=key, found=item.address, raw_hash=raw_hash, articles=(article.id,))
                self._take_article(article, known)
            except LoadError:
                return None
        self._queued.add(same)
        return known.articles[0]

    def _tell_of_rest(self, item: Item, left_out: int, unusable: int) -> None:
        if left_out:
            self._summary.skipped.append(Problem(item.address, f"{left_out:,} entries beyond the first are left out"))
        if unusable:
            self._summary.skipped.append(Problem(item.address, f"{unusable:,} entries have no web address"))


def _validators(known: Known) -> "Validators":
    from index.web.fetch import Validators

    return Validators(known.found, known.etag, known.last_modified)
