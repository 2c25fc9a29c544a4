"""Addresses to be fetched, and what lists them: whether a feed can be believed that a page has not changed."""

from dataclasses import dataclass
from datetime import date, timedelta

from index.store.known import KnownAddress, Link

_BELIEVED = timedelta(days=7)  # Some feeds never tell of a change, and some sitemaps tell of one long past.


@dataclass(frozen=True, slots=True)
class Item:
    """An address to be fetched; `listed` tells by what: nothing (the user gave it), a feed, or an index of sitemaps.

    `stamp` is when it last changed, in the words of what lists it.
    """

    address: str
    published: date | None = None
    listed: str = ""
    stamp: str | None = None

    def link(self) -> Link:
        """Write it as what is known of a feed keeps it."""
        return Link(self.address, self.published.isoformat() if self.published else None, self.stamp)


def listed_by(kind: str | None) -> str:
    """Say by what an address is listed that came from something of a kind; see `Item`."""
    return "sitemaps" if kind == "sitemaps" else "feed"


def is_as_listed(known: KnownAddress, item: Item) -> bool:
    """Say whether the feed that lists an address can be believed that it has not changed since it was asked."""
    if not item.stamp or item.stamp != known.stamp or not known.asked:
        return False
    # A day alone says nothing of what changed later that day.
    early = len(item.stamp) <= len(known.asked) and known.asked[: len(item.stamp)] <= item.stamp
    return not early and date.today() - date.fromisoformat(known.asked) < _BELIEVED
