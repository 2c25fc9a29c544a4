"""Who may speak to the server: programs of this machine and its own page, not other pages in the user's browser.

Any page that is open in the browser can send requests to 127.0.0.1, and by pointing a name of its own there (DNS
rebinding) it can even read what comes back. So a request must name this server as its host, and one that says which
page sent it (`Origin`) must come from the server's own. Gradio alone would answer any page when it listens on more
than the loopback address.
"""

import ipaddress
import json
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

MOST_BYTES = 1024 * 1024
"""How long the body of a request may be."""
MAX_UPLOADED = 17 * 1024 * 1024
"""How long it may be where files are sent, one at a time: the longest that the library takes, and what is around it."""

_UPLOADS = "/gradio_api/upload"

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class OwnGuests:
    """Refuses requests that other web pages had the browser send, and bodies that are too long.

    `host` is the address the server listens on, `names` are others it goes by, as behind a proxy. A refusal is one
    sentence, in the shape of OpenAI's errors.
    """

    def __init__(self, app: "ASGIApp", host: str, names: "Sequence[str]" = ()) -> None:
        self.app = app
        self._names = _LOOPBACK | {host.lower(), *(name.lower() for name in names)}
        # Listening on all addresses, the server is reached by any of them, which no foreign name can be.
        self._any_address = host in ("0.0.0.0", "::", "")  # noqa: S104 - compared, not bound
        if self._any_address:
            name = socket.gethostname().lower()
            self._names |= {name, f"{name}.local"}

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on, or refuse it."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
            return
        await refuse(send, *refusal, [(b"connection", b"close")])

    def _refusal(self, scope: "Scope") -> tuple[int, str] | None:
        headers = {name: value.decode("latin-1").strip() for name, value in scope["headers"]}
        host, origin = headers.get(b"host", ""), headers.get(b"origin")
        if not self._is_own(host):
            return 421, "This server does not go by that name; open the address that it printed."
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return 403, "Requests from other web pages are refused."
        if b"transfer-encoding" in headers:
            return 411, "Send the length of the body (Content-Length)."
        length = headers.get(b"content-length", "0")
        most = MAX_UPLOADED if scope.get("path") == _UPLOADS else MOST_BYTES
        if not length.isdecimal() or int(length) > most:
            return 413, f"The body of a request may have at most {most:,} bytes."
        return None

    def _is_own(self, host: str) -> bool:
        try:
            # Not the port: a forwarded one differs, and a page that rebinds a name cannot take away the name.
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or (self._any_address and _is_address(name))


async def refuse(send: "Send", status: int, message: str, headers: "Sequence[tuple[bytes, bytes]]" = ()) -> None:
    """Answer a request with one sentence, in the shape of OpenAI's errors."""
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
    said = json.dumps(body).encode("ascii")
    more = [(b"content-type", b"application/json"), (b"content-length", str(len(said)).encode("ascii")), *headers]
    await send({"type": "http.response.start", "status": status, "headers": more})
    await send({"type": "http.response.body", "body": said})


def is_loopback(host: str) -> bool:
    """Tell whether nobody but this machine reaches a server that listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
