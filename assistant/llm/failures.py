"""Explain an LLM's error in one sentence that says how to fix it."""

import re
from dataclasses import dataclass, field
from typing import Any

from index.text.clean import plain

_MAX_REASON_LENGTH = 200


class EndedEarly(Exception):
    """The LLM stopped before its answer was finished; `reason` is the server's, such as "length"."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FailedLLM:
    """The LLM that failed, for messages: its model, its place, and the variable that holds its key.

    `key` is removed from messages of the server; `wait` is the timeout in seconds.
    """

    name: str
    place: str
    key_setting: str
    key: str | None = field(repr=False)
    wait: float


def explain(error: BaseException, llm: FailedLLM) -> str | None:
    """Return one sentence about an LLM's error and how to fix it; None for other errors."""
    import httpx
    import openai

    place = f"the LLM {llm.name} at {llm.place}"
    match error:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return f"{place} refuses the key; set {llm.key_setting} to a valid one"
        case openai.NotFoundError():
            return (
                f"{place} does not exist; name another model or address with --llm (`assistant llm` lists the models)"
            )
        case openai.RateLimitError():
            said = _reason(error, llm)
            return f"{place} takes no more questions for now ({said}); wait a while, or name another with --llm"
        case openai.BadRequestError() if "context" in str(error).lower():
            return f"{place} reads fewer tokens than were sent; set ASSISTANT_LLM_CONTEXT to how many it reads"
        case openai.APIStatusError():
            return f"{place} answered with an error ({error.status_code}: {_reason(error, llm)}); see its own log"
        case openai.APITimeoutError() | TimeoutError() | httpx.TimeoutException():
            return (
                f"{place} has said nothing for {llm.wait:g} s; see whether it is busy, or raise ASSISTANT_LLM_TIMEOUT"
            )
        case openai.APIConnectionError():
            return f"nothing answers for {place}; start that server, or name another with --llm"
        case openai.APIError() | httpx.HTTPError() | ConnectionError():
            return f"{place} broke off while it was writing; see its own log, and ask again"
        case UnicodeError() | ValueError():
            return f"{place} sent something that is no text; see its own log, and ask again"
        case _:
            return None


def _reason(error: Any, llm: FailedLLM) -> str:
    """Return the server's reason, shortened and without keys."""
    body = error.body if isinstance(error.body, dict) else {}
    said = " ".join(plain(str(body.get("message") or error.message)).split())
    if llm.key:
        said = said.replace(llm.key, "(key)")
    return re.sub(r"\b(?:sk|gsk|hf|key|AIza)[-_]?[\w*.-]{6,}", "(key)", said)[:_MAX_REASON_LENGTH]
