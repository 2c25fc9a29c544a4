"""Which browser tab is whose.

Gradio tells tabs apart by a `session_hash` that they choose, and asks for no more: with another's, one would read the
answers that are sent there, or act on what it shows.
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
_MOST = 10_000


class Tabs:
    """Remembers who came first with a session hash: the tab is theirs alone."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def admit(self, scope: "Scope", receive: "Receive", person: str) -> "Receive | None":
        """Return the rest of a request, None when it names somebody else's tab."""
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
        if len(self._owners) > _MOST:
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
    # Not "is JSON": a body of no kind at all is read as JSON, too.
    return any(name == b"content-type" and value.startswith(b"multipart/") for name, value in scope["headers"])


async def _read(receive: "Receive") -> tuple[bytes, "Receive"]:
    """Read a body, whose length is bounded by now; returns it, and what gives it again."""
    messages: list[Message] = []
    while not messages or messages[-1].get("more_body"):
        messages.append(await receive())
    whole = b"".join(message.get("body", b"") for message in messages)

    async def again() -> "Message":
        return messages.pop(0) if messages else await receive()

    return whole, again
