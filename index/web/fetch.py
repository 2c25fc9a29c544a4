"""One web address to bytes, on guard: against addresses that are not public, and against what never ends.

Every address, and every one it redirects to, is checked where it is connected to (`index.web.public_network`), asked
for in robots.txt (`index.web.robots`), and bounded in bytes, in time and in silence.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.errors import FetchError, Unreachable
from index.urls import normalise
from index.web.media_types import ACCEPT, document_at, told_by, unread
from index.web.public_network import GuardedBackend, IPAddress, Resolve, is_public, resolve
from index.web.response import beginning, body, content_type, headers_of, is_wanted, retry_after, target
from index.web.robots import AGENT, MAX_BYTES, Robots

if TYPE_CHECKING:
    import ssl

    import httpcore

_REDIRECTS = (301, 302, 303, 307, 308)
_TRY_AGAIN = (429, 500, 502, 503, 504)
_ACCEPT = f"text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, text/*, {ACCEPT}, */*;q=0.1"
_SAID = {
    401: "asks for a password",
    403: "is refused to programs",
    404: "is not there; check the address",
    410: "is gone for good",
    429: "is asked for too often; try again later",
    451: "is closed for legal reasons",
}


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask "has it changed?" with, and the address it gave it for."""

    address: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an address is put up with."""

    bytes: int = 10_000_000
    """Unpacked."""
    document_bytes: int = 50_000_000
    """Those of a PDF or another document, unpacked."""
    seconds: float = 60.0
    """From the first request to the last byte, redirects included, pauses before another try not."""
    document_seconds: float = 300.0
    """The same, for a document."""
    silence: float = 15.0
    """Seconds without a byte."""
    redirects: int = 5
    tries: int = 3
    wait: float = 30.0
    """The longest pause before another try, in seconds; a server that asks for more is left."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What stands at an address: its bytes, unpacked, and what the server says of them.

    `validators.address` is where it was found, after redirects. `document` is the ending that a file of its kind has
    (".pdf"), None where it is a page, a text or a feed.
    """

    data: bytes
    media_type: str
    charset: str | None
    validators: Validators
    document: str | None = None

    @property
    def address(self) -> str:
        """Where it was found, after redirects."""
        return self.validators.address


class Fetcher:
    """Fetches addresses for one run, from one thread; close it, or use it in a `with` block.

    `resolve`, `allowed` and `sleep` are there for tests: how a host is looked up, which addresses may be connected to,
    and how a pause is made. Proxy settings of the environment are not used: behind a proxy nothing could be checked.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        resolve: Resolve = resolve,
        allowed: Callable[[IPAddress], bool] = is_public,
        sleep: Callable[[float], None] = time.sleep,
        ssl_context: "ssl.SSLContext | None" = None,
    ) -> None:
        import httpcore
        import httpx

        self.limits = limits or Limits()
        self._sleep = sleep
        self._backend = GuardedBackend(resolve, allowed)
        self._pool = httpcore.ConnectionPool(
            ssl_context or httpx.create_ssl_context(trust_env=False),
            max_keepalive_connections=4,
            network_backend=self._backend,
        )
        self._robots = Robots(self._read_robots)
        self._asked: dict[str, float] = {}

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def fetch(self, address: str, known: Validators | None = None) -> Fetched | None:
        """Fetch an address; None when it is as it was when the server gave the validators `known`.

        Raises:
            FetchError: it may not be fetched, cannot be reached, or is nothing an article could be read from.
        """
        asked = normalise(address)
        hops = [asked]
        try:
            return self._again_and_again(lambda: self._follow(hops, known))
        except Unreachable as error:
            through = "" if hops[-1] == asked else f" leads to {hops[-1]}, which"
            raise FetchError(f"{asked}{through} {error}") from error

    def _again_and_again(self, attempt: Callable[[], Fetched | None]) -> Fetched | None:
        import tenacity

        def pause(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.wait if isinstance(error, _TryAgain) else None
            return 2.0 ** (state.attempt_number - 1) if asked is None else asked

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_TryAgain),
            stop=tenacity.stop_after_attempt(self.limits.tries),
            wait=pause,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(attempt)

    def _follow(self, hops: list[str], known: Validators | None) -> Fetched | None:
        """Fetch the first of `hops`, and add to them where it leads."""
        del hops[1:]
        until = time.monotonic() + self.limits.seconds
        for _ in range(self.limits.redirects + 1):
            address = hops[-1]
            until += self._be_polite(address)
            with self._get(address, until, known) as response:
                if response.status not in _REDIRECTS:
                    return self._take(address, response, known)
                hops.append(target(address, response))
        raise Unreachable(f"leads on and on, more than {self.limits.redirects} times; give the address it ends at")

    def _be_polite(self, address: str) -> float:
        """Leave the pause that a site asks for; returns how many seconds that took."""
        import httpx

        delay, host = self._robots.check(address), httpx.URL(address).host
        pause = max(0.0, self._asked.get(host, float("-inf")) + delay - time.monotonic()) if delay else 0.0
        if pause:
            self._sleep(pause)
        self._asked[host] = time.monotonic()
        return pause

    @contextmanager
    def _get(self, address: str, until: float, known: Validators | None = None) -> "Iterator[httpcore.Response]":
        import httpcore
        import httpx

        url, silence = httpx.URL(address), self.limits.silence
        headers = [("Host", url.netloc.decode()), ("User-Agent", _user_agent()), ("Accept", _ACCEPT)]
        headers.append(("Accept-Encoding", "gzip, deflate"))
        if known and known.address == address:
            given = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
            headers += [(name, value) for name, value in given.items() if value]
        self._backend.until = until
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), silence)
        place = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            with self._pool.stream("GET", place, headers=headers, extensions={"timeout": timeout}) as response:
                yield response
        except httpcore.TimeoutException as error:
            if time.monotonic() >= self._backend.until:
                reason = f"takes longer than {self.limits.seconds + self._backend.until - until:.3g} seconds"
            else:
                reason = f"does not answer: {silence:g} seconds of silence"
            raise Unreachable(f"{reason}; try again later") from error
        except httpcore.ConnectError as error:
            trust = "CERTIFICATE_VERIFY_FAILED" in str(error)
            reason = (
                f"the certificate of {url.host} is not to be trusted" if trust else f"{url.host} takes no connection"
            )
            raise Unreachable(f"cannot be reached: {reason} ({_short(error)})") from error
        except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
            raise _TryAgain(f"cannot be read: the connection broke ({_short(error)}); try again later") from error
        except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
            raise Unreachable(f"cannot be asked for ({_short(error)}); check the address") from error

    def _take(self, address: str, response: "httpcore.Response", known: Validators | None) -> Fetched | None:
        headers = headers_of(response)
        if response.status == 304 and known and known.address == address:
            return None
        if response.status in _TRY_AGAIN:
            raise self._later(response.status, headers.get("retry-after"))
        if response.status != 200:
            said = _SAID.get(response.status, "does not answer with a page")
            raise Unreachable(f"{said} (status {response.status})")
        media_type, charset = content_type(headers.get("content-type", ""))
        named, document = document_at(address, media_type), None
        if named is not None:
            data, document = self._download(response, named, media_type)
        elif is_wanted(media_type, address):
            data = body(response, self.limits.bytes)
        else:
            raise Unreachable(unread(media_type))
        return Fetched(
            data=data,
            media_type=media_type,
            charset=charset,
            validators=Validators(address, headers.get("etag"), headers.get("last-modified")),
            document=document,
        )

    def _download(self, response: "httpcore.Response", named: str, media_type: str) -> tuple[bytes, str]:
        """Read a document and name it, unless its first bytes tell that it is none."""
        self._backend.until += self.limits.document_seconds - self.limits.seconds
        data = body(response, self.limits.document_bytes, lambda begins: told_by(begins, named, media_type))
        return data, told_by(data, named, media_type)

    def _later(self, status: int, asked: str | None) -> Unreachable:
        wait = retry_after(asked)
        if wait is not None and wait > self.limits.wait:
            return Unreachable(f"is not to be asked for again within {wait:.0f} seconds (status {status}); try then")
        return _TryAgain(f"{_SAID.get(status, 'has trouble; try again later')} (status {status})", wait=wait)

    def _read_robots(self, place: str) -> tuple[int, bytes]:
        until = time.monotonic() + self.limits.seconds
        address = place
        for _ in range(self.limits.redirects + 1):
            with self._get(address, until) as response:
                if response.status not in _REDIRECTS:
                    return response.status, beginning(response, MAX_BYTES)
                address = target(address, response)
        return 404, b""


class _TryAgain(Unreachable):
    """It may go better in a moment; `wait` is the pause the server asks for, in seconds."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


def _short(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]


def _user_agent() -> str:
    from importlib.metadata import version

    return f"{AGENT}/{version('article-assistant')} (reads pages its user names, and obeys robots.txt)"
