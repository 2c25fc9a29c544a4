"""Keep users out of each other's browser tabs.

Gradio identifies a tab only by a `session_hash` that the browser chooses: with another user's, one could read the
answers sent there, or act on that tab.
"""

import json
from collections import OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope

_GRADIO = "/gradio_api/"
_HEARTBEAT = f"{_GRADIO}heartbeat/"
_MAX_TABS = 10_000


class TabOwners:
    """Remembers the first user of each session hash, who owns the tab."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def admit(self, scope: "Scope", receive: "Receive", person: str) -> "Receive | None":
        """Return the `receive` of a request, or None if it names another user's tab."""
        body: Any = None
        if scope["method"] == "POST" and scope["path"].startswith(_GRADIO) and not _is_upload(scope):
            whole, receive = await _read(receive)
            try:
                body = json.loads(whole)
            except (ValueError, RecursionError):
                body = None
        return receive if all(self._is_own(tab, person) for tab in _named(scope, body)) else None

    def _is_own(self, tab: str, person: str) -> bool:
        if self._owners.setdefault(tab, person) != person:
            return False
        self._owners.move_to_end(tab)
        if len(self._owners) > _MAX_TABS:
            self._owners.popitem(last=False)
        return True


def _named(scope: "Scope", body: object) -> Iterator[str]:
    yield from parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", ())
    if scope["path"].startswith(_HEARTBEAT):
        yield scope["path"].removeprefix(_HEARTBEAT)
    tab = body.get("session_hash") if isinstance(body, dict) else None
    if isinstance(tab, str):
        yield tab


def _is_upload(scope: "Scope") -> bool:
    # Not "is JSON": a body without content type is also read as JSON.
    return any(name == b"content-type" and value.startswith(b"multipart/") for name, value in scope["headers"])


async def _read(receive: "Receive") -> tuple[bytes, "Receive"]:
    """Read a body, whose length is already limited; return it, and a `receive` that repeats it."""
    messages: list[Message] = []
    while not messages or messages[-1].get("more_body"):
        messages.append(await receive())
    whole = b"".join(message.get("body", b"") for message in messages)

    async def again() -> "Message":
        return messages.pop(0) if messages else await receive()

    return whole, again
