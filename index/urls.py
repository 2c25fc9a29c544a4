"""Web addresses: what is one, how it is asked for, and which spellings of it mean the same page.

Two spellings are one page when they differ in the scheme (http or https), a leading `www.`, the case of the host, the
scheme's own port, the fragment, a slash at the end, the order of what is asked for, percent-encoding that changes
nothing, or parameters that only tell where a reader came from. A site that serves different pages under its name with
and without `www.` is not known to us; many serve the same one.
"""

import re
from urllib.parse import urljoin

from index.errors import FetchError

_ANY_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# Only names that mean nothing else: `source`, `id` or `cid` may well choose the article.
_TRACKING = re.compile(
    r"utm_\w+ | fbclid | gclid | gclsrc | dclid | gbraid | wbraid | msclkid | yclid | twclid | ttclid | igshid | igsh"
    r"| mc_[ce]id | mkt_tok | _ga | _gl | _hsenc | _hsmi | vero_id | oly_(?:anon|enc)_id | ref_src | ref_url | cmpid"
    r"| xtor",
    re.IGNORECASE | re.VERBOSE,
)
_HOST = re.compile(r"[a-z0-9._:-]+")
_UNRESERVED = re.compile(rb"[A-Za-z0-9._~-]")
# The same site made for other screens: m.wire.example says that www.wire.example has the page.
_SCREENS = {"www", "m", "mobile", "amp"}
_LONGEST = 2_000


def is_address(text: str) -> bool:
    """Say whether a word is meant as a web address rather than a path: it begins with a scheme."""
    return _ANY_SCHEME.match(text.strip()) is not None


def tidy(address: str, *, tracking: bool = False) -> str:
    """Spell an address as it is asked for: no fragment, no tracking parameters, host and path in their plain form.

    With `tracking` those parameters stay: a server that redirects to them would do so again.

    Raises:
        FetchError: it is not a web address, or carries a password.
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
    if len(text) > _LONGEST:
        raise FetchError(f"{shown} is not a web address; it is longer than {_LONGEST:,} characters")
    if url.userinfo:
        raise FetchError(f"the address of {url.host} carries a user name or password; give it without")
    asked = [part for part in url.query.decode("ascii").split("&") if part and (tracking or not _is_tracking(part))]
    return str(url.copy_with(fragment=None, path=url.path or "/", query="&".join(asked).encode() or None))


def identity(address: str) -> str:
    """Fold the spellings of an address into one; what comes out identifies the page and need not be an address.

    Raises:
        FetchError: it is not a web address.
    """
    import httpx

    url = httpx.URL(tidy(address))
    port = f":{url.port}" if url.port not in (None, 80, 443) else ""
    path, _, query = _plain_percents(url.raw_path).partition("?")
    asked = "&".join(sorted(query.split("&")))
    host = url.raw_host.decode("ascii").removeprefix("www.").rstrip(".")
    return f"{host}{port}{path.rstrip('/') or '/'}{'?' if asked else ''}{asked}"


def canonical(address: str, link: str | None) -> str:
    """Choose the address a page is known by: the one it names itself, where that is on the same site, else its own.

    A page that names the front page of its site is not believed: many templates do, and all pages would be one.
    """
    own = tidy(address)
    if not link:
        return own
    try:
        named = tidy(urljoin(own, link))
    except (FetchError, ValueError):
        return own
    to_front = identity(named).endswith("/") and not identity(own).endswith("/")
    return own if to_front or _site(named) != _site(own) else named


def host_of(address: str) -> str:
    """Name the host of an address without its `www.`."""
    import httpx

    return httpx.URL(address).host.removeprefix("www.")


def name_of(address: str) -> str:
    """Make a name for a page that has no title, of the end of its path, or else of its host."""
    import httpx

    words = httpx.URL(address).path.rstrip("/").rpartition("/")[2]
    return re.sub(r"\.\w{1,5}$", "", words).replace("-", " ").replace("_", " ").strip() or host_of(address)


def _is_tracking(part: str) -> bool:
    return _TRACKING.fullmatch(part.partition("=")[0]) is not None


def _plain_percents(raw: bytes) -> str:
    def plain(match: re.Match[bytes]) -> bytes:
        byte = bytes([int(match.group(1), 16)])
        return byte if _UNRESERVED.match(byte) else match.group().upper()

    return re.sub(rb"%([0-9A-Fa-f]{2})", plain, raw).decode("ascii")


def _site(address: str) -> list[str]:
    *sub, name, ending = ["", "", *host_of(address).split(".")]
    return [*(label for label in sub if label and label not in _SCREENS), name, ending]
