"""Authenticate browsers by session cookie and programs by token.

The middleware protects everything: the page, its events and files, the API, the MCP tool, the documentation, exports.
Each request is looked up, so that a session ended anywhere, also on the command line, ends at once.
"""

from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from assistant.errors import BadPeople, sentence
from assistant.web.server.origin_check import refuse
from assistant.web.server.tab_owners import TabOwners

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import HTTPConnection
    from starlette.types import ASGIApp, Receive, Scope, Send

    from assistant.storage.users import People

COOKIE = "assistant-session"
LOGIN = "/login"
LOGOUT = "/logout"
_PERSON = "assistant.person"
_SIGN_IN = "Sign in first: a browser at /login, a program with a token that `assistant user token NAME` prints."


def person(connection: "HTTPConnection") -> str:
    """Return the user of a request, "" without sign-in."""
    return str(connection.scope.get(_PERSON, ""))


def asker(connection: "HTTPConnection") -> str:
    """Return the key for rate limits: the user, or the address without sign-in."""
    return person(connection) or (connection.client.host if connection.client else "")


def session_cookie(headers: "Mapping[bytes, bytes]") -> str | None:
    """Return the session secret in a request's cookie."""
    try:
        cookie = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(COOKIE)
    except CookieError:
        return None
    return cookie.value if cookie else None


class Authentication:
    """Middleware that passes on authenticated requests with the user's name, and refuses all others.

    Browsers are redirected to the sign-in page, programs get 401 and one sentence.
    """

    def __init__(self, app: "ASGIApp", people: "People") -> None:
        self.app = app
        self._people = people
        self._tabs = TabOwners()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on, or refuse it."""
        from starlette.concurrency import run_in_threadpool

        if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] == LOGIN):
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # Nothing here speaks WebSocket.
        headers = dict(scope["headers"])
        try:
            name = await run_in_threadpool(self._user_of, headers)
        except BadPeople as error:
            await refuse(send, 503, sentence(error))
            return
        if name is None:
            await _send_to_sign_in(scope, headers, send)
        elif admitted := await self._tabs.admit(scope, receive, name):
            await self.app({**scope, _PERSON: name}, admitted, send)
        else:
            await refuse(send, 403, "This tab belongs to somebody else; reload the page.")

    def _user_of(self, headers: "Mapping[bytes, bytes]") -> str | None:
        given = headers.get(b"authorization")
        if given is not None:
            scheme, _, token = given.decode("latin-1").partition(" ")
            return self._people.with_token(token.strip()) if scheme.lower() == "bearer" else None
        secret = session_cookie(headers)
        return self._people.in_session(secret) if secret else None


async def _send_to_sign_in(scope: "Scope", headers: "Mapping[bytes, bytes]", send: "Send") -> None:
    reads = scope["method"] in ("GET", "HEAD") and b"text/html" in headers.get(b"accept", b"")
    if not reads:
        more: list[tuple[bytes, bytes]] = [(b"www-authenticate", b"Bearer")]
        await refuse(send, 401, _SIGN_IN, more)
        return
    wanted = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
    where = LOGIN if wanted == "/" else f"{LOGIN}?next={quote(wanted, safe='/')}"
    started: dict[str, Any] = {"type": "http.response.start", "status": 303}
    await send({**started, "headers": [(b"location", where.encode("ascii")), (b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
