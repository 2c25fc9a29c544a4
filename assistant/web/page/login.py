"""The sign-in page and sign-out: plain forms without scripts."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.errors import AssistantError, TooOften, sentence
from assistant.render.i18n import negotiated_language
from assistant.storage import passwords
from assistant.storage.users import SIGNED_IN
from assistant.web.page.html import Markup
from assistant.web.server.authentication import COOKIE, LOGIN, LOGOUT
from assistant.web.server.rate_limits import SignInLimit

if TYPE_CHECKING:
    from assistant.storage.users import People

WRONG = "The name or the password is not right."
"""The message of every failed attempt, so that it does not reveal which users exist."""


def create_login(people: "People", pool: ThreadPoolExecutor) -> APIRouter:
    """Return the routes `/login` and `/logout` for these users; passwords are checked in `pool`."""
    limit = SignInLimit()
    pool.submit(passwords.prepare)
    routes = APIRouter(include_in_schema=False)

    @routes.get(LOGIN)
    async def form(request: Request) -> Response:
        return _page(request, next_=local(request.query_params.get("next", "")))

    @routes.post(LOGIN)
    async def sign_in(request: Request) -> Response:
        given = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        name, password, next_ = (given.get(field, [""])[0] for field in ("name", "password", "next"))
        next_ = local(next_)
        address = request.client.host if request.client else ""
        try:
            limit.check(name, address)
            loop = asyncio.get_running_loop()
            signed_in = await loop.run_in_executor(pool, people.sign_in, name, password)
        except TooOften as error:
            return _page(request, 429, name, next_, sentence(error), {"retry-after": str(error.wait)})
        except AssistantError as error:
            return _page(request, 503, name, next_, sentence(error))
        if signed_in is None:
            return _page(request, 401, name, next_, WRONG)
        limit.succeeded(signed_in[0], address)
        response = RedirectResponse(next_, 303)
        _set(response, request, signed_in[1], int(SIGNED_IN.total_seconds()))
        return response

    @routes.post(LOGOUT)
    async def sign_out(request: Request) -> Response:
        if secret := request.cookies.get(COOKIE):
            await asyncio.get_running_loop().run_in_executor(pool, people.sign_out, secret)
        response = RedirectResponse(LOGIN, 303)
        _set(response, request, "", 0)
        return response

    return routes


def local(path: str) -> str:
    """Return a path if it is on this server, else "/"."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    plain = path.isascii() and path.isprintable() and "\\" not in path
    is_local = plain and path.startswith("/") and not path.startswith("//") and not (parts.scheme or parts.netloc)
    return path if is_local and parts.path not in (LOGIN, LOGOUT) else "/"


def _page(
    request: Request,
    status: int = 200,
    name: str = "",
    next_: str = "/",
    error: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    html = Markup(negotiated_language(request.headers.get("accept-language"))).login(name[:64], next_, error)
    return HTMLResponse(html, status, {"cache-control": "no-store", **(headers or {})})


def _set(response: Response, request: Request, secret: str, seconds: int) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, secret, max_age=seconds, path="/", secure=secure, httponly=True, samesite="strict")
