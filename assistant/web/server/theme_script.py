"""The theme that was chosen last in a browser, there before the first paint: theme.js in the head of the page.

Gradio puts a head of one's own in when its scripts have run, which is after the page was seen in the other colours.
"""

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The page's own paper is laid down by Gradio's page as the system has it, until the style sheets are there.
_STYLE = """
html[data-theme="dark"] body { background: var(--bg-dark); color: var(--col-dark); }
html[data-theme="light"] body { background: var(--bg); color: var(--col); }
"""


class FirstPaint:
    """Puts theme.js into the head of the page; plain ASGI."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app
        script = files("assistant.web.page").joinpath("theme.js").read_text(encoding="utf-8")
        self._added = f"<style>{_STYLE}</style><script>{script}</script>".encode()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on, and add to what comes back if it is the page."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/":
            await self.app(scope, receive, send)
            return
        start: Message | None = None

        async def painted(message: "Message") -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message  # Its length is not known yet.
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
