"""Refuse requests that other web pages in the user's browser send to the server.

Any page open in the browser can send requests to 127.0.0.1, and with DNS rebinding it can even read the responses. So a
request's `Host` must be this server, and its `Origin`, if any, this server's own page. Gradio itself would answer any
page when it listens on more than the loopback address.
"""

import ipaddress
import json
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

MAX_BODY_BYTES = 1024 * 1024
"""Longest body of a request."""
MAX_UPLOAD_BYTES = 17 * 1024 * 1024
"""Longest body of an upload of one file: the largest file that the library accepts, and its encoding."""

_UPLOADS = "/gradio_api/upload"

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class OriginCheck:
    """Middleware that refuses requests from other web pages, and bodies that are too long.

    `host` is the address the server listens on, `names` are other host names, as behind a proxy. A refusal is one
    sentence, in OpenAI's error format.
    """

    def __init__(self, app: "ASGIApp", host: str, names: "Sequence[str]" = ()) -> None:
        self.app = app
        self._names = _LOOPBACK | {host.lower(), *(name.lower() for name in names)}
        # A server on all addresses accepts any IP address as host, since no rebound name is one.
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
        most = MAX_UPLOAD_BYTES if scope.get("path") == _UPLOADS else MAX_BODY_BYTES
        if not length.isdecimal() or int(length) > most:
            return 413, f"The body of a request may have at most {most:,} bytes."
        return None

    def _is_own(self, host: str) -> bool:
        try:
            # The port is not compared: a forwarded one differs, and rebinding cannot change the name.
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or (self._any_address and _is_address(name))


async def refuse(send: "Send", status: int, message: str, headers: "Sequence[tuple[bytes, bytes]]" = ()) -> None:
    """Answer a request with one sentence, in OpenAI's error format."""
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
    said = json.dumps(body).encode("ascii")
    more = [(b"content-type", b"application/json"), (b"content-length", str(len(said)).encode("ascii")), *headers]
    await send({"type": "http.response.start", "status": status, "headers": more})
    await send({"type": "http.response.body", "body": said})


def is_loopback(host: str) -> bool:
    """Say whether a server on this address is reachable from this machine only."""
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
