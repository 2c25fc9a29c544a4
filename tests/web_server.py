"""A web server that does what a test tells it to: what real sites do badly, and what hostile ones do on purpose."""

import gzip
import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from index.web.fetch import Fetcher, Limits

LIMITS = Limits(bytes=200_000, seconds=0.8, silence=0.4, redirects=3)
MakeFetcher = Callable[..., Fetcher]
Body = bytes | Callable[[], Iterable[bytes]]


@dataclass
class Answer:
    """What the server says at a path; a body that is a function is sent as it comes, without a length."""

    body: Body = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class ScriptedSite:
    """What the server says, and what it was asked: `asked` holds `(path, status given)`."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[tuple[str, int]] = []
        self.seen_headers: list[dict[str, str]] = []
        self._pages: dict[str, list[Answer]] = {}

    @property
    def address(self) -> str:
        """Where it is, by a name that the tests' resolver knows."""
        return f"http://wire.example:{self.port}"

    def says(self, path: str, body: Body | str, kind: str = "text/html; charset=utf-8", **headers: str) -> str:
        """Answer so at a path from now on; returns its address."""
        raw = body.encode() if isinstance(body, str) else body
        self._pages[path] = [
            Answer(raw, kind, headers={name.replace("_", "-"): value for name, value in headers.items()})
        ]
        return f"{self.address}{path}"

    def gives(self, path: str, answer: Answer) -> None:
        """Answer exactly so at a path."""
        self._pages[path] = [answer]

    def sends_on(self, path: str, to: str, status: int = 302) -> str:
        """Redirect a path."""
        self._pages[path] = [Answer(status=status, headers={"Location": to})]
        return f"{self.address}{path}"

    def fails(self, path: str, status: int, times: int = 1, **headers: str) -> None:
        """Refuse so many requests, then answer as before."""
        self._pages[path] = [*[Answer(status=status, headers=_spelled(headers))] * times, *self._pages.get(path, [])]

    def forget(self) -> None:
        """Forget what was asked."""
        self.asked.clear()
        self.seen_headers.clear()

    def answer(self, path: str) -> Answer:
        answers = self._pages.get(path) or [Answer(b"nothing here", status=404)]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def fetched(self, status: int = 200) -> list[str]:
        """The paths that were answered with a status, robots.txt left out."""
        return [path for path, given in self.asked if given == status and path != "/robots.txt"]


@contextmanager
def scripted_site(certificate: Path | None = None) -> Iterator[ScriptedSite]:
    """Run the server on a free port; with a certificate (and its key, in one file) over TLS."""
    site = ScriptedSite()

    class Handler(_Handler):
        script = site

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    script: ScriptedSite
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        answer = self.script.answer(self.path)
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:8]}"' if isinstance(answer.body, bytes) else ""
        self.script.seen_headers.append(dict(self.headers.items()))
        if answer.status == 200 and etag and self.headers.get("If-None-Match") == etag:
            self._begin(Answer(status=304), etag, 0)
            return
        if isinstance(answer.body, bytes):
            self._begin(answer, etag, len(answer.body))
            self.wfile.write(answer.body)
            return
        self._begin(answer, "", None)
        self.close_connection = True
        try:
            for chunk in answer.body():
                self.wfile.write(chunk)
                self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _begin(self, answer: Answer, etag: str, length: int | None) -> None:
        self.script.asked.append((self.path, answer.status))
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        else:
            self.send_header("Connection", "close")
        if etag and answer.status in (200, 304):
            self.send_header("ETag", etag)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def _spelled(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def endless() -> Iterable[bytes]:
    """A page that never ends."""
    while True:
        yield b"<p>and on it goes</p>" * 1000


def drip() -> Iterable[bytes]:
    """A byte now and then, so that there is never silence."""
    while True:
        yield b"x"
        time.sleep(0.05)


def silence() -> Iterable[bytes]:
    """A beginning, and nothing more."""
    yield b"<html>"
    time.sleep(2)


def bomb(size: int) -> bytes:
    """Few bytes that unpack to many."""
    return gzip.compress(b"\0" * size, 9)
