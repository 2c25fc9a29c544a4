"""What is stored about a web address, so that a later run only has to ask whether it has changed."""

from dataclasses import dataclass
from typing import NamedTuple

from index.types import READING


class Link(NamedTuple):
    """An entry that a feed lists: its address, its date (ISO), and when it last changed, as the feed writes it."""

    address: str
    published: str | None = None
    stamp: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAddress:
    """An address as it was requested, and what was found there.

    `found` is the address after redirects; `etag` and `last_modified` are the server's; `raw_hash` is the hash of the
    content, and `pipeline` the version of the code that read it. `articles` are the ids of the articles indexed from
    it, `links` the entries a feed lists. `kind` is page, document, feed, sitemap, or sitemaps (an index of sitemaps).
    `stamp` is when it last changed, as its feed said on the day `asked`, when it was last requested.
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
