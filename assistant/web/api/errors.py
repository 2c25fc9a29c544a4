"""Turn errors into API responses: a status and one sentence, never a traceback."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from assistant.errors import UNEXPECTED, AssistantError, BadQuestion, NothingIndexed, TooOften, sentence
from assistant.render.i18n import language_named, translator
from assistant.web.api.schema import Failed, Fault, Problem
from index.errors import BadFilter, IndexingError

log = logging.getLogger(__name__)

# nginx's status for a client that has disconnected; nobody reads it.
GONE = 499


class UnknownModel(AssistantError):
    """A request names an unknown model."""


def explain(error: Exception) -> tuple[int, str, str]:
    """Return the status, a code and one sentence for an error; unexpected errors go to the log only."""
    match error:
        case RequestValidationError():
            return 422, "bad_request", _invalid(error)
        case HTTPException():
            return error.status_code, "bad_request", str(error.detail)
        case UnknownModel():
            return 404, "model_not_found", sentence(error)
        case BadQuestion():
            return 400, "bad_question", sentence(error)
        case BadFilter():
            return 400, "bad_filter", sentence(error)
        case NothingIndexed():
            return 409, "nothing_indexed", sentence(error)
        case TooOften():
            return 429, "rate_limited", sentence(error)
        case AssistantError() | IndexingError():
            return 503, "unavailable", sentence(error)
    log.error("answering failed", exc_info=error)
    return 500, "unexpected", UNEXPECTED


def fault(error: Exception, language: str | None = None) -> tuple[int, dict[str, Any]]:
    """Return an error's status and its body in OpenAI's format, in a language if it is translated."""
    status, code, message = _translated(error, language)
    # OpenAI's status for invalid requests.
    status = 400 if status == 422 else status
    kind = "invalid_request_error" if status < 500 else "server_error"
    return status, Failed(error=Fault(message=message, type=kind, code=code)).model_dump()  # type: ignore[arg-type]


class PlainRoute(APIRoute):
    """A route with errors in FastAPI's format: `detail`, one sentence."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with its errors turned into responses."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except ClientDisconnect:
                return Response(status_code=GONE)
            except Exception as error:
                return self.respond(error, await _language(request))

        return handled

    def respond(self, error: Exception, language: str | None = None) -> Response:
        """Return the response to a request that failed, in the language that it names."""
        status, _, message = _translated(error, language)
        return JSONResponse(Problem(detail=message).model_dump(), status, _headers(error))


class OpenAIRoute(PlainRoute):
    """A route with errors in OpenAI's format."""

    def respond(self, error: Exception, language: str | None = None) -> Response:
        """Return the response to a request that failed, in the language that it names."""
        status, body = fault(error, language)
        return JSONResponse(body, status, _headers(error))


def _translated(error: Exception, language: str | None) -> tuple[int, str, str]:
    status, code, message = explain(error)
    return status, code, translator(language_named(language))(message)


async def _language(request: Request) -> str | None:
    """Return the language that the body of a request names, which may be invalid otherwise."""
    try:
        body = await request.json()
    except (ValueError, RuntimeError, ClientDisconnect):
        return None
    named = body.get("language") if isinstance(body, dict) else None
    return named if isinstance(named, str) else None


def _headers(error: Exception) -> dict[str, str]:
    return {"retry-after": str(error.wait)} if isinstance(error, TooOften) else {}


def _invalid(error: RequestValidationError) -> str:
    """Return what is wrong with a request, without repeating its contents."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return "The body is no JSON."
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    return f"{place or 'The body'}: {first['msg']}."
