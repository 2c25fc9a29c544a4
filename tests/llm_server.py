"""A server that speaks OpenAI's chat completions and says what a test tells it to: what real models do badly.

Made of sockets, so that it can send half a character, fall silent, and hang up.
"""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "scripted"


class HangUp:
    """In a script: the connection is closed without an end."""


class Silence:
    """In a script: nothing more is said, and the connection stays open."""


Part = str | bytes | float | type[HangUp] | type[Silence]


class ScriptedLLM:
    """What the server says, and what it was asked."""

    def __init__(self) -> None:
        self.address = ""
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.models: list[dict[str, Any]] = [{"id": MODEL, "object": "model", "meta": {"n_ctx": 8192}}]
        self.begun = threading.Event()
        self.left = threading.Event()
        self._script: list[Sequence[Part]] = []
        self._failures: list[tuple[int, dict[str, Any]]] = []
        self.finish = "stop"

    @property
    def setting(self) -> str:
        """What `--llm` is given."""
        return f"{self.address}/v1#{MODEL}"

    def says(self, *parts: Part) -> None:
        """Answer every question so: words as they are, bytes unchanged onto the wire, numbers as pauses in seconds."""
        self._script = [parts]

    def says_in_turn(self, *answers: str) -> None:
        """Answer one question after the other."""
        self._script = [(answer,) for answer in answers]

    def fails(self, status: int, message: str, times: int = 1_000, **fields: Any) -> None:
        """Refuse so many requests."""
        self._failures = [(status, {"error": {"message": message, **fields}})] * times

    def next_failure(self) -> tuple[int, dict[str, Any]] | None:
        return self._failures.pop() if self._failures else None

    def next_script(self) -> Sequence[Part]:
        return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def prompt(self) -> str:
        """The last prompt, whole."""
        return "\n".join(message["content"] for message in self.asked[-1]["messages"])


@contextmanager
def scripted_llm() -> Iterator[ScriptedLLM]:
    """Run the server on a free port."""
    llm = ScriptedLLM()

    class Handler(_Handler):
        script = llm

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    llm.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield llm
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    script: ScriptedLLM

    def do_GET(self) -> None:
        self._json(200, {"object": "list", "data": self.script.models})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.script.asked.append(body)
        self.script.begun.set()
        self.script.keys.append(self.headers.get("Authorization", ""))
        if failure := self.script.next_failure():
            self._json(*failure)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            self._stream(self.script.next_script())
        except (BrokenPipeError, ConnectionResetError):
            self.script.left.set()

    def _stream(self, parts: Sequence[Part]) -> None:
        for part in parts:
            if part is HangUp:
                return
            if part is Silence:
                self._wait_for_leaving()
                return
            if isinstance(part, bytes):
                self.wfile.write(part)
            elif isinstance(part, str):
                self._send({"index": 0, "delta": {"content": part}, "finish_reason": None})
            elif isinstance(part, int | float):
                time.sleep(part)
            self.wfile.flush()
        self._send({"index": 0, "delta": {}, "finish_reason": self.script.finish})
        self.wfile.write(b"data: [DONE]\n\n")

    def _wait_for_leaving(self) -> None:
        self.connection.settimeout(30)
        if not self.connection.recv(1):
            self.script.left.set()

    def _send(self, choice: dict[str, Any]) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def _json(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass
