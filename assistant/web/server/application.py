"""Build the server of the page and the API: bind the port, mount both, and set security headers.

Gradio's own `launch()` is not used: it requests a page from itself through the machine's proxy, and cannot set the
headers below.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.errors import PortTaken

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    import gradio as gr
    import uvicorn
    from fastapi import APIRouter, FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from assistant.storage.users import People

FIRST_PORT = 7860
PORTS_TRIED = 100

# The browser may load from and connect to this server only, whatever a library or an article contains. Gradio needs
# inline scripts, inline styles and eval.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode("ascii")),
    # No other server gets a referrer. With "no-referrer", browsers would also send no origin with our own forms, which
    # the origin check would refuse.
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a page: Gradio's theme, and additional style sheets."""

    theme: "gr.themes.Base"
    css: str


def create_server(
    build: Callable[[], "gr.Blocks"],
    look: Callable[[], Look],
    *,
    host: str,
    port: int | None,
    on_ready: Callable[[str], None],
    routes: "Callable[[], APIRouter] | None" = None,
    names: Sequence[str] = (),
    people: "People | None" = None,
    pools: "Sequence[ThreadPoolExecutor]" = (),
) -> "uvicorn.Server":
    """Bind a port and return the server of the page that `build` makes, with its `look`; `run()` blocks until stopped.

    With `routes` it also serves that API, its documentation, and the page's tools over MCP. `port` None is the first
    free one from 7860; a port in use raises `PortTaken`. `on_ready` gets the address once the page can be opened.
    `names` are other host names of the server; with `people`, only these users have access. `pools` are shut down with
    the server.
    """
    listener = _listen(host, port)  # Before Gradio's slow import, to report a used port at once.
    try:
        app = _application(build(), look(), routes() if routes else None, host, names, people)
    except BaseException:
        listener.close()
        raise
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets or [listener])
            if self.started:
                await asyncio.to_thread(on_ready, _address(host, listener))

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets)
            for pool in pools:
                pool.shutdown(wait=False, cancel_futures=True)

    # Open tabs keep connections forever: wait a moment for running answers, then stop.
    return Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))


def _application(
    page: "gr.Blocks", look: Look, routes: "APIRouter | None", host: str, names: Sequence[str], people: "People | None"
) -> "FastAPI":
    import gradio as gr
    from fastapi import FastAPI

    from assistant.web.server.authentication import Authentication, person
    from assistant.web.server.origin_check import OriginCheck
    from assistant.web.server.theme_script import ThemeScript

    app = _documented(routes) if routes else FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(ThemeScript)
    if people:
        app.add_middleware(Authentication, people=people)
    app.add_middleware(OriginCheck, host=host, names=names)
    app.add_middleware(_SecurityHeaders)
    page.queue()
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        auth_dependency=person if people else None,
        theme=look.theme,
        css=look.css,
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=routes is not None,
        enable_monitoring=False,
        pwa=False,
    )
    return app


def _documented(routes: "APIRouter") -> "FastAPI":
    """Return the application of the API, with documentation whose scripts are served locally, not from a CDN."""
    from importlib.metadata import version

    from fastapi_offline import FastAPIOffline

    app = FastAPIOffline(
        title="article-assistant",
        version=version("article-assistant"),
        description="Answers from your own articles, every sentence checked against quotes.",
        docs_url="/docs",
        redoc_url=None,
        static_url="/docs/static",
        # By default, Swagger UI sends the schema to an external validator.
        swagger_ui_parameters={"validatorUrl": None},
    )
    app.include_router(routes)
    return app


class _SecurityHeaders:
    """Middleware that adds `HEADERS` to every response; plain ASGI, so that streamed answers are not buffered."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        async def with_headers(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self.app(scope, receive, with_headers)


def _listen(host: str, port: int | None) -> socket.socket:
    candidates = [port] if port is not None else list(range(FIRST_PORT, FIRST_PORT + PORTS_TRIED))
    refusal: str | None = None
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in candidates:
        listener = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":  # Reuses a port that an earlier run has just released; on Windows it would share it.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen()
        except OSError as error:
            listener.close()
            refusal = error.strerror
        else:
            return listener
    if port is None:
        raise PortTaken(f"no port from {candidates[0]} to {candidates[-1]} is free on {host}; name another with --port")
    raise PortTaken(f"port {port} on {host} cannot be used ({refusal}); name another with --port")


def _address(host: str, listener: socket.socket) -> str:
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what to open when the user binds all of them
    name = everywhere.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}"
