"""Addresses to fetch, what lists them, and when a feed's word that a page has not changed is enough."""

from dataclasses import dataclass
from datetime import date, timedelta

from index.store.known import KnownAddress, Link

_MAX_TRUST = timedelta(days=7)  # Some feeds never report changes, and some sitemaps report them late.


@dataclass(frozen=True, slots=True)
class QueuedAddress:
    """An address to fetch. `listed` says where it is from: "" (the user), "feed", or "sitemaps" (an index of them).

    `stamp` is when it last changed, as its feed or sitemap writes it.
    """

    address: str
    published: date | None = None
    listed: str = ""
    stamp: str | None = None

    def link(self) -> Link:
        """Return the entry as it is stored with its feed."""
        return Link(self.address, self.published.isoformat() if self.published else None, self.stamp)


def listed_by(kind: str | None) -> str:
    """Return `QueuedAddress.listed` for an address found in a source of this kind."""
    return "sitemaps" if kind == "sitemaps" else "feed"


def is_unchanged(known: KnownAddress, queued: QueuedAddress) -> bool:
    """Say whether, by its feed's word, an address has not changed since it was last requested."""
    if not queued.stamp or queued.stamp != known.stamp or not known.asked:
        return False
    # A stamp that is only a date does not cover changes later that day.
    early = len(queued.stamp) <= len(known.asked) and known.asked[: len(queued.stamp)] <= queued.stamp
    return not early and date.today() - date.fromisoformat(known.asked) < _MAX_TRUST
