"""What a server answers: where it sends us, what kind of thing it brings, and its bytes, unpacked and bounded."""

import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from index.errors import FetchError, Unreachable
from index.load.decompress import TooLarge, collect, inflate
from index.urls import normalise

if TYPE_CHECKING:
    import httpcore

_TEXT = ("text/html", "application/xhtml+xml", "text/plain", "text/markdown", "text/x-markdown")
_FEED = ("application/xml", "text/xml", "application/json", "text/json", "application/rss", "application/gzip")
_PACKED = ("gzip", "x-gzip", "deflate")
_LOOKED_AT = 1_024


def target(address: str, response: "httpcore.Response") -> str:
    """Read where a response redirects to.

    Raises:
        Unreachable: nowhere that is fetched.
    """
    place = headers_of(response).get("location", "")
    try:
        return normalise(urljoin(address, place), tracking=True)
    except (FetchError, ValueError) as error:
        raise Unreachable(f"leads to {place[:200]!r}, which is not a web address; save the page as a file") from error


def headers_of(response: "httpcore.Response") -> dict[str, str]:
    """Read the headers of a response, their names in lower case."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


def content_type(value: str) -> tuple[str, str | None]:
    """Read a Content-Type: the kind, in lower case, and the encoding where it is named. A missing one is HTML."""
    from email.message import Message

    message = Message()
    message["Content-Type"] = value or "text/html"
    charset = message.get_param("charset")
    return message.get_content_type(), charset if isinstance(charset, str) else None


def is_wanted(media_type: str, address: str) -> bool:
    """Say whether an article or a feed may be of this kind."""
    known = media_type in _TEXT or media_type.startswith(_FEED) or media_type.endswith(("+xml", "+json"))
    # Many servers do not know what a sitemap.xml.gz is.
    packed = media_type in ("application/x-gzip", "application/octet-stream") and address.endswith(".gz")
    return (known and not media_type.startswith("image/")) or packed


def body(response: "httpcore.Response", most: int, check: Callable[[bytes], object] = lambda _begins: None) -> bytes:
    """Read what a response brings, unpacked; `check` sees its first bytes before the rest is read, and may raise.

    Raises:
        Unreachable: it is more than `most` bytes, or damaged, or packed in a way that was not asked for.
    """
    encoding = headers_of(response).get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", *_PACKED):
        raise Unreachable(f"comes packed as {encoding[:40]}, which was not asked for; save the page as a file")
    try:
        return collect(_checked(_unpacked(response), check), most)
    except TooLarge as error:
        reason = f"is larger than {most / 1e6:g} MB; save it, or the article in it, as a file and index that"
        raise Unreachable(reason) from error
    except zlib.error as error:
        raise Unreachable(f"comes as damaged {encoding}; try again later") from error


def beginning(response: "httpcore.Response", most: int) -> bytes:
    """Read the first `most` bytes of a response, unpacked.

    Raises:
        Unreachable: it is damaged.
    """
    data = bytearray()
    try:
        for chunk in _unpacked(response):
            data += chunk
            if len(data) >= most:
                break
    except zlib.error as error:
        raise Unreachable("is not fetched: the robots.txt of its site is damaged; try again later") from error
    return bytes(data[:most])


def retry_after(value: str | None) -> float | None:
    """Read a Retry-After, which is a number of seconds or a date."""
    if value is None:
        return None
    from email.utils import parsedate_to_datetime

    if value.strip().isdecimal():
        return float(value.strip()[:9])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _unpacked(response: "httpcore.Response") -> Iterable[bytes]:
    packed = headers_of(response).get("content-encoding", "").strip().lower() in _PACKED
    return inflate(response.iter_stream()) if packed else response.iter_stream()


def _checked(chunks: Iterable[bytes], check: Callable[[bytes], object]) -> Iterator[bytes]:
    rest, begins = iter(chunks), b""
    while len(begins) < _LOOKED_AT and (chunk := next(rest, None)) is not None:
        begins += chunk
    check(begins)
    yield begins
    yield from rest
