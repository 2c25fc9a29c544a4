"""What was fetched from a web address to an article: a page, a text or a document."""

from datetime import date
from typing import TYPE_CHECKING

from index.errors import EmptyArticle, FetchError
from index.load.encoding import decode
from index.load.html import feed_links
from index.load.loader import load_document, load_page
from index.load.unexpected import failing_as_one
from index.types import Article
from index.web.feeds import root_of

if TYPE_CHECKING:
    from index.web.fetch import Fetched


def load_fetched(asked: str, fetched: "Fetched", published: date | None) -> Article:
    """Turn what stands at an address into an article; `published` is what a feed said.

    A page is known by where it was found. A document is known by the address that was asked for: where that leads, to
    some store of files, may be another place each time.

    Raises:
        FetchError: it is none of what becomes an article.
        LoadError: see `index.load.loader.load_page` and `index.load.loader.load_document`.
    """
    if fetched.document:
        return load_document(asked, fetched.document, fetched.data, published)
    with failing_as_one(fetched.address):
        return _load_page_at(fetched, published)


def _load_page_at(fetched: "Fetched", published: date | None) -> Article:
    address, media_type = fetched.address, fetched.media_type
    if media_type == "text/xml" or not ("html" in media_type or media_type.startswith("text/")):
        if root_of(decode(address, fetched.data, fetched.charset, marked_up=True)) != "html":
            raise FetchError(f"{address} is {media_type}, and neither a feed nor a page; give the address of one")
        media_type = "text/html"
    try:
        return load_page(address, fetched.data, media_type, fetched.charset, published)
    except EmptyArticle as error:
        named = feed_links(decode(address, fetched.data, fetched.charset, marked_up=True)) if fetched.data else []
        if "html" not in media_type or not named:
            raise
        from urllib.parse import urljoin

        raise EmptyArticle(f"{error}, or its feed: {urljoin(address, named[0])}") from error
