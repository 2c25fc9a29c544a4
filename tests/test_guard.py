"""Other web pages in the user's browser can neither ask the server nor read from it; programs and its own page can."""

import asyncio
import http.server
import threading
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser
from starlette.types import Message, Receive, Scope, Send

from assistant.assistant import Assistant
from assistant.web.server.origin_check import MAX_BODY_BYTES, MAX_UPLOAD_BYTES, OriginCheck

PATHS = ["/", "/docs", "/openapi.json", "/v1/models", "/gradio_api/info", "/gradio_api/mcp/"]
CHAT = {"messages": [{"role": "user", "content": "who drove the policy shift?"}]}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "10.0.0.1", "", "[::1"]
)
def test_a_request_to_another_name_is_refused(address: str, path: str, host: str) -> None:
    response = httpx.get(address + path, headers={"Host": host})
    assert response.status_code == 421
    assert response.json()["error"]["message"].endswith("open the address that it printed.")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST:80"])
def test_a_request_to_this_machine_is_served_whatever_its_port(address: str, host: str) -> None:
    assert httpx.get(f"{address}/v1/models", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", [*PATHS, "/v1/chat/completions", "/api/answer", "/gradio_api/queue/join"])
@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "http://localhost", "null", ""])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_request_from_another_page_is_refused(address: str, path: str, origin: str, method: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    response = httpx.request(method, address + path, headers=asked)
    assert response.status_code == 403
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_a_request_from_the_servers_own_page_is_served(address: str) -> None:
    response = httpx.post(f"{address}/v1/chat/completions", json=CHAT, headers={"Origin": address}, timeout=60)
    assert response.status_code == 200


def test_a_body_that_is_too_long_or_does_not_say_how_long_is_refused(address: str) -> None:
    bounds = dict.fromkeys(("/v1/chat/completions", "/api/answer", "/gradio_api/mcp/"), MAX_BODY_BYTES)
    for path, most in {**bounds, "/gradio_api/upload": MAX_UPLOAD_BYTES}.items():
        assert httpx.post(address + path, content=b"x" * (most + 1)).status_code == 413
        assert httpx.post(address + path, content=iter([b"{}"])).status_code == 411


def test_refusals_carry_the_headers_that_keep_the_browser_at_home(address: str) -> None:
    refused = httpx.get(address, headers={"Host": "evil.example"})
    assert "default-src 'self'" in refused.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("listens", "host", "served"),
    [
        ("0.0.0.0", "192.168.1.7:7860", True),
        ("0.0.0.0", "localhost:7860", True),
        ("::", "[fe80::1]:7860", True),
        ("0.0.0.0", "evil.example:7860", False),
        ("192.168.1.7", "192.168.1.7:7860", True),
        ("192.168.1.7", "192.168.1.8:7860", False),
        ("box.local", "Box.local:7860", True),
    ],
)
def test_listening_on_all_addresses_any_address_is_its_own_but_no_foreign_name(
    listens: str, host: str, served: bool
) -> None:
    assert reached(listens, [(b"host", host.encode())]) is served


def reached(listens: str, headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a request gets past the guard of a server that listens there."""
    passed: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        passed.append(scope)

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        pass

    def run() -> None:
        asyncio.run(OriginCheck(app, listens)({"type": "http", "headers": headers}, receive, send))

    # A thread of its own: where a browser is being driven, this one has a loop that runs.
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return bool(passed)


def test_a_real_page_from_elsewhere_can_neither_read_nor_ask(
    browser: Browser, address: str, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(assistant, "stream", lambda *given, **_: asked.append(given))

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    evil = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=evil.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        page = browser.new_context().new_page()
        page.goto(f"http://localhost:{evil.server_address[1]}/")
        tried = page.evaluate(
            """async (address) => {
                const body = '{"messages": [{"role": "user", "content": "why?"}], "question": "why?"}';
                const tried = {};
                for (const mode of ["cors", "no-cors"])
                    for (const path of ["/v1/chat/completions", "/api/answer"])
                        for (const type of ["text/plain", "application/json"])
                            tried[[mode, path, type]] = await fetch(address + path, {
                                method: "POST", mode, body, headers: {"Content-Type": type},
                            }).then((response) => response.type, () => "failed");
                return tried;
            }""",
            address,
        )
    finally:
        evil.shutdown()
        evil.server_close()
    assert len(tried) == 8
    assert set(tried.values()) <= {"failed", "opaque"}
    assert not asked
