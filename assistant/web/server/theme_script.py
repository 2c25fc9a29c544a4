"""Put theme.js into the head of the page, so that the chosen theme is there before the first paint.

Gradio adds a custom head only after its scripts have run, when the page was already visible in the wrong colours.
"""

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Until the style sheets are loaded, Gradio's page has the background of the system's theme.
_STYLE = """
html[data-theme="dark"] body { background: var(--bg-dark); color: var(--col-dark); }
html[data-theme="light"] body { background: var(--bg); color: var(--col); }
"""


class ThemeScript:
    """Middleware that puts theme.js into the head of the page; plain ASGI."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app
        script = files("assistant.web.page").joinpath("theme.js").read_text(encoding="utf-8")
        self._added = f"<style>{_STYLE}</style><script>{script}</script>".encode()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on, and add the script to the response if it is the page."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/":
            await self.app(scope, receive, send)
            return
        start: Message | None = None

        async def painted(message: "Message") -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message  # Sent later, since its length changes.
                return
            if start is not None:
                body = message.get("body", b"")
                whole = body.replace(b"<head>", b"<head>" + self._added, 1)
                await send({**start, "headers": _longer(start["headers"], len(whole) - len(body))})
                start, message = None, {**message, "body": whole}
            await send(message)

        await self.app(scope, receive, painted)


def _longer(headers: "list[tuple[bytes, bytes]]", by: int) -> "list[tuple[bytes, bytes]]":
    return [(name, b"%d" % (int(value) + by) if name == b"content-length" else value) for name, value in headers]
