"""Count the articles that a feed no longer lists."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from index.urls import identity, normalise

if TYPE_CHECKING:
    from index.store.catalog import Catalog


def count_gone(catalog: "Catalog", feed: str, entries: Iterable[str]) -> int:
    """Count the indexed articles that a feed listed when it was last read, and no longer lists.

    `entries` are the addresses it lists now. Call this before the stored entries of the feed are replaced.
    """
    before = catalog.addresses.read(feed)
    if before is None or before.kind == "sitemaps":
        return 0
    listed = {identity(entry) for entry in entries}
    gone: set[str] = set()
    for link in before.links:
        known = None if identity(link.address) in listed else catalog.addresses.read(normalise(link.address))
        gone.update(known.articles if known else ())
    for id_ in before.articles:
        article = catalog.article(id_)
        if article and article.url and identity(article.url) not in listed:
            gone.add(id_)
    return sum(catalog.hashes(id_) is not None for id_ in gone)
