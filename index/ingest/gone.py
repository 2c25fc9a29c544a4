"""Which articles a feed lists no more."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from index.urls import identity, tidy

if TYPE_CHECKING:
    from index.store.catalog import Catalog


def gone_from(catalog: "Catalog", feed: str, entries: Iterable[str]) -> int:
    """Count the articles of the index that the feed at an address listed when it was last read, and lists no more.

    `entries` are the addresses it lists now. Has to be asked before what is known of the feed is written anew.
    """
    before = catalog.addresses.read(feed)
    if before is None or before.kind == "sitemaps":
        return 0
    listed = {identity(entry) for entry in entries}
    gone: set[str] = set()
    for link in before.links:
        known = None if identity(link.address) in listed else catalog.addresses.read(tidy(link.address))
        gone.update(known.articles if known else ())
    for id_ in before.articles:
        article = catalog.article(id_)
        if article and article.url and identity(article.url) not in listed:
            gone.add(id_)
    return sum(catalog.hashes(id_) is not None for id_ in gone)
