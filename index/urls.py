"""Web addresses: recognise and normalise them, and decide which of them mean the same page.

Two addresses mean the same page if they differ only in the scheme (http or https), a leading `www.`, the case of the
host, the default port, the fragment, a trailing slash, the order of query parameters, redundant percent-encoding, or
tracking parameters. We know of no site that serves different pages with and without `www.`; many serve the same.
"""

import re
from urllib.parse import urljoin

from index.errors import FetchError

_ANY_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# Only names with no other use: `source`, `id` or `cid` may well select the article.
_TRACKING = re.compile(
    r"utm_\w+ | fbclid | gclid | gclsrc | dclid | gbraid | wbraid | msclkid | yclid | twclid | ttclid | igshid | igsh"
    r"| mc_[ce]id | mkt_tok | _ga | _gl | _hsenc | _hsmi | vero_id | oly_(?:anon|enc)_id | ref_src | ref_url | cmpid"
    r"| xtor",
    re.IGNORECASE | re.VERBOSE,
)
_HOST = re.compile(r"[a-z0-9._:-]+")
_UNRESERVED = re.compile(rb"[A-Za-z0-9._~-]")
# Subdomains for other devices: m.wire.example may name a page of www.wire.example as canonical.
_DEVICE_SUBDOMAINS = {"www", "m", "mobile", "amp"}
_MAX_LENGTH = 2_000


def is_address(text: str) -> bool:
    """Say whether a text is meant as a web address rather than a path: it begins with a scheme."""
    return _ANY_SCHEME.match(text.strip()) is not None


def normalise(address: str, *, tracking: bool = False) -> str:
    """Normalise an address for fetching: no fragment, no tracking parameters, normalised host and path.

    With `tracking` those parameters stay: a server that redirects to an address with them would redirect again.

    Raises:
        FetchError: it is not a web address, or contains a user name or password.
    """
    import httpx

    text = address.strip()
    shown = text if len(text) <= 200 else f"{text[:200]}…"
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"{shown} is not a web address; give one that begins with http:// or https://") from error
    if url.scheme not in ("http", "https"):
        raise FetchError(f"{shown} is not a web address; only http:// and https:// are fetched")
    if not _HOST.fullmatch(url.raw_host.decode("ascii")):
        raise FetchError(f"{shown} is not a web address; check the name of its host")
    if len(text) > _MAX_LENGTH:
        raise FetchError(f"{shown} is not a web address; it is longer than {_MAX_LENGTH:,} characters")
    if url.userinfo:
        raise FetchError(f"the address of {url.host} carries a user name or password; give it without")
    asked = [part for part in url.query.decode("ascii").split("&") if part and (tracking or not _is_tracking(part))]
    return str(url.copy_with(fragment=None, path=url.path or "/", query="&".join(asked).encode() or None))


def identity(address: str) -> str:
    """Return what identifies the page at an address, the same for all spellings; it need not be an address itself.

    Raises:
        FetchError: it is not a web address.
    """
    import httpx

    url = httpx.URL(normalise(address))
    port = f":{url.port}" if url.port not in (None, 80, 443) else ""
    path, _, query = _normalise_percent_encoding(url.raw_path).partition("?")
    asked = "&".join(sorted(query.split("&")))
    host = url.raw_host.decode("ascii").removeprefix("www.").rstrip(".")
    return f"{host}{port}{path.rstrip('/') or '/'}{'?' if asked else ''}{asked}"


def canonical(address: str, link: str | None) -> str:
    """Return a page's canonical address: the `link` it names, if that is on the same site, else its own.

    A link to the site's front page is ignored: many templates name it on every page.
    """
    own = normalise(address)
    if not link:
        return own
    try:
        named = normalise(urljoin(own, link))
    except (FetchError, ValueError):
        return own
    to_front = identity(named).endswith("/") and not identity(own).endswith("/")
    return own if to_front or _site(named) != _site(own) else named


def host_of(address: str) -> str:
    """Return the host of an address without a leading `www.`."""
    import httpx

    return httpx.URL(address).host.removeprefix("www.")


def name_of(address: str) -> str:
    """Return a name for a page without a title, made from the end of its path, else from its host."""
    import httpx

    words = httpx.URL(address).path.rstrip("/").rpartition("/")[2]
    return re.sub(r"\.\w{1,5}$", "", words).replace("-", " ").replace("_", " ").strip() or host_of(address)


def _is_tracking(part: str) -> bool:
    return _TRACKING.fullmatch(part.partition("=")[0]) is not None


def _normalise_percent_encoding(raw: bytes) -> str:
    def plain(match: re.Match[bytes]) -> bytes:
        byte = bytes([int(match.group(1), 16)])
        return byte if _UNRESERVED.match(byte) else match.group().upper()

    return re.sub(rb"%([0-9A-Fa-f]{2})", plain, raw).decode("ascii")


def _site(address: str) -> list[str]:
    *sub, name, ending = ["", "", *host_of(address).split(".")]
    return [*(label for label in sub if label and label not in _DEVICE_SUBDOMAINS), name, ending]
