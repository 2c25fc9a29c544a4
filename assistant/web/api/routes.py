"""The HTTP API: OpenAI's chat completions, and the typed answer.

Answering takes seconds or more, so it runs in threads, and stops if the client disconnects.
"""

import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from itertools import pairwise
from threading import Event
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from assistant.errors import BadQuestion
from assistant.render.i18n import language_named, translator
from assistant.render.localize import in_language
from assistant.render.serialize import as_dict
from assistant.render.streamed import TextStream
from assistant.render.text import marked, unmarked
from assistant.translatable import N_
from assistant.types import Answer, Turn
from assistant.web.api import schema
from assistant.web.api.errors import GONE, OpenAIRoute, PlainRoute, UnknownModel, fault
from assistant.web.api.streaming import Start, answer_snapshots, with_ticks
from assistant.web.server.authentication import asker
from assistant.web.server.rate_limits import QuestionLimit

if TYPE_CHECKING:
    from assistant.assistant import Assistant


# Seconds that a stream waits for evidence, and then for words, before it begins without them, so that early errors have
# a status of their own; and the interval of keep-alive comments.
_EVIDENCE_SECONDS, _WORDS_SECONDS = 2.5, 0.5
_KEEP_ALIVE_SECONDS = 10.0
_TICK_SECONDS = 0.25

_FAILED: dict[int | str, dict[str, Any]] = {
    400: {"model": schema.Failed, "description": "The question, a filter or the request is not as it should be"},
    404: {"model": schema.Failed, "description": "No such model"},
    409: {"model": schema.Failed, "description": "No articles are indexed"},
    429: {"model": schema.Failed, "description": "Asked too often; Retry-After says how many seconds to wait"},
    503: {"model": schema.Failed, "description": "The LLM or the index cannot be used"},
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": schema.Problem, "description": "The question or a filter is not as it should be"},
    409: {"model": schema.Problem, "description": "No articles are indexed"},
    422: {"model": schema.Problem, "description": "The request is not as it should be"},
    429: {"model": schema.Problem, "description": "Asked too often; Retry-After says how many seconds to wait"},
    503: {"model": schema.Problem, "description": "The LLM or the index cannot be used"},
}


def create_routes(
    assistant: "Assistant", pool: ThreadPoolExecutor, question_limit: QuestionLimit | None = None
) -> APIRouter:
    """Return the routes of an assistant: OpenAI's under `/v1`, the typed answer at `/api/answer`.

    Answers are made in `pool`, whose threads are as many as are made at a time. `question_limit` is the rate limit.
    """

    async def count(request: Request) -> None:
        if question_limit:
            question_limit.check(asker(request))

    routes = APIRouter()
    routes.include_router(_openai(assistant, pool, Depends(count)))
    routes.include_router(_plain(assistant, pool, Depends(count)))
    return routes


def _plain(assistant: "Assistant", pool: ThreadPoolExecutor, counted: Any) -> APIRouter:
    routes = APIRouter(prefix="/api", tags=["Answers"], route_class=PlainRoute, responses=_PROBLEMS)

    @routes.post("/answer", response_model=schema.Answer, summary="Answer a question", dependencies=[counted])
    async def answer(asked: schema.Question, request: Request) -> Any:
        """Answer a question from the articles, or refuse; every quote is checked against its article."""
        history = [Turn(turn.question, turn.answer) for turn in asked.history]
        whole = await _whole(
            answer_snapshots(_start(assistant, asked.question, history, asked), pool, request.is_disconnected)
        )
        return as_dict(in_language(whole, asked.language)) if whole else Response(status_code=GONE)

    return routes


def _openai(assistant: "Assistant", pool: ThreadPoolExecutor, counted: Any) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["OpenAI-compatible"], route_class=OpenAIRoute, responses=_FAILED)

    @routes.get("/models", summary="List the one model")
    async def models() -> schema.Models:
        """List what can be asked: one model, whatever LLM is behind it."""
        return schema.Models()

    @routes.get("/models/{model}", summary="Look up the model")
    async def model(model: str) -> schema.Model:
        """Look up the one model."""
        _known(model)
        return schema.Model()

    @routes.post(
        "/chat/completions",
        response_model=schema.Completion,
        summary="Answer the last user message",
        dependencies=[counted],
    )
    async def chat(asked: schema.Chat, request: Request) -> Any:
        """Answer the last user message from the articles, with marks such as [1] and the typed answer in `answer`.

        With `stream`, the same as server-sent events, the answer in the last chunk. Earlier messages of user and
        assistant are the conversation before it; system messages and sampling parameters change nothing.
        """
        _known(asked.model)
        question, history = conversation(asked.messages)
        snapshots = answer_snapshots(_start(assistant, question, history, asked), pool, request.is_disconnected)
        head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": schema.MODEL}
        if asked.stream:
            usage = bool(asked.stream_options and asked.stream_options.include_usage)
            return await _streamed(snapshots, head, asked.language, usage=usage)
        whole = await _whole(snapshots)
        if whole is None:
            return Response(status_code=GONE)
        finish, said = _finish(whole), in_language(whole, asked.language)
        content = marked(said, translator(language_named(asked.language)))
        choice = {"message": {"content": content}, "finish_reason": finish}
        return {**head, "choices": [choice], "answer": as_dict(said)}

    return routes


def conversation(messages: Sequence[schema.Message]) -> tuple[str, list[Turn]]:
    """Return the last user message as the question, and the messages before it as turns, oldest first.

    Raises:
        BadQuestion: there is no user message, or one contains something other than text.
    """
    asked = [place for place, message in enumerate(messages) if message.role == "user"]
    if not asked:
        raise BadQuestion(N_("the messages hold no question; send one with the role user"))
    texts = {place: messages[place].read() for place in asked}
    if any(text is None for text in texts.values()):
        raise BadQuestion(N_("a message holds something else than text; send text alone"))
    turns = []
    for place, following in pairwise(asked):
        replies = (message for message in messages[place:following] if message.role == "assistant")
        turns.append(Turn(texts[place] or "", unmarked(" ".join(reply.read() or "" for reply in replies))))
    return texts[asked[-1]] or "", turns


def _known(model: str) -> None:
    if model != schema.MODEL:
        raise UnknownModel(f"there is no such model here; the only one is {schema.MODEL}")


def _start(assistant: "Assistant", question: str, history: Sequence[Turn], asked: schema.Filters) -> Start:
    def start(stop: Event) -> Iterator[Answer]:
        return assistant.stream(question, history, stop=stop, **asked.arguments())

    return start


async def _whole(snapshots: AsyncIterator[Answer]) -> Answer | None:
    """Return the complete answer; None if the client has disconnected."""
    whole = None
    async for snapshot in snapshots:
        whole = snapshot
    return whole


async def _streamed(
    snapshots: AsyncIterator[Answer], head: dict[str, Any], language: str | None, *, usage: bool
) -> Response:
    """Return a stream of chunks, once there are words or after a timeout."""
    stream_text, last = TextStream(translator(language_named(language))), None
    words: list[str] = []
    begins, ticks = time.monotonic() + _EVIDENCE_SECONDS, with_ticks(snapshots, _TICK_SECONDS)
    async for snapshot in ticks:
        if snapshot and last is None:
            begins = min(begins, time.monotonic() + _WORDS_SECONDS)
        last = snapshot or last
        if words := stream_text.more(in_language(snapshot, language)) if snapshot else []:
            break
        if time.monotonic() >= begins:
            break
    else:
        if last is None:
            return Response(status_code=GONE)
    head = {**head, "object": "chat.completion.chunk"}
    chunks = _chunks(ticks, stream_text, last, words, head, language, usage=usage)
    # The headers tell proxies not to buffer.
    return StreamingResponse(
        chunks, media_type="text/event-stream", headers={"cache-control": "no-cache", "x-accel-buffering": "no"}
    )


async def _chunks(
    ticks: AsyncIterator[Answer | None],
    stream_text: TextStream,
    last: Answer | None,
    words: list[str],
    head: dict[str, Any],
    language: str | None,
    *,
    usage: bool,
) -> AsyncIterator[str]:
    def chunk(delta: dict[str, str], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event({**head, "choices": [choice], **more})

    async with aclosing(ticks):  # type: ignore[type-var]
        yield chunk({"role": "assistant", "content": ""})
        for text in words:
            yield chunk({"content": text})
        sent = time.monotonic()
        try:
            async for snapshot in ticks:
                last = snapshot or last
                for text in stream_text.more(in_language(snapshot, language)) if snapshot else ():
                    yield chunk({"content": text})
                    sent = time.monotonic()
                if time.monotonic() - sent >= _KEEP_ALIVE_SECONDS:
                    # A comment of server-sent events: it keeps proxies from timing out, and clients ignore it.
                    yield ": thinking\n\n"
                    sent = time.monotonic()
        except Exception as error:
            yield _event(fault(error, language)[1])
            return
        if last is None:
            return
        said = in_language(last, language)
        for text in stream_text.end(said):
            yield chunk({"content": text})
        yield chunk({}, _finish(last), answer=as_dict(said))
        if usage:
            yield _event({**head, "choices": [], "usage": schema.Usage().model_dump()})
        yield "data: [DONE]\n\n"


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data)}\n\n"


def _finish(answer: Answer) -> str:
    # Imported late: it loads numpy and LlamaIndex, which take two seconds.
    from assistant.write.generate import CUT, CUT_THINKING, RAMBLED

    return "length" if answer.stopped in (CUT, CUT_THINKING, RAMBLED) else "stop"
