"""What is remembered of a web address, so that a later run need only ask whether it has changed."""

from dataclasses import dataclass
from typing import NamedTuple

from index.types import READING


class Link(NamedTuple):
    """What a feed lists to be fetched: an address, its day (ISO), and when it last changed, in the feed's words."""

    address: str
    published: str | None = None
    stamp: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An address as it was asked for, and what came of it.

    `found` is where it led; `etag` and `last_modified` are what its server said; `raw_hash` is the hash of its
    bytes, and `pipeline` how they were read. `articles` are the ids of what was made of it. `links` is what a feed
    lists to be fetched. `kind` is what stood there: a page, a feed, a sitemap, or sitemaps (an index of them).
    `stamp` is when it last changed, as the feed that lists it said when its server was asked, on the day `asked`.
    """

    address: str
    found: str
    raw_hash: str
    pipeline: str = READING
    etag: str | None = None
    last_modified: str | None = None
    articles: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    kind: str | None = None
    stamp: str | None = None
    asked: str | None = None
