"""Explain an LLM's error in one sentence that says how to fix it."""

import re
from dataclasses import dataclass, field
from typing import Any

from assistant.translatable import N_, Translatable
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


def explain(error: BaseException, llm: FailedLLM) -> Translatable | None:
    """Return one sentence about an LLM's error and how to fix it; None for other errors."""
    import httpx
    import openai

    match error:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            message = N_("the LLM {name} at {place} refuses the key; set {setting} to a valid one")
        case openai.NotFoundError():
            message = N_(
                "the LLM {name} at {place} does not exist; "
                "name another model or address with --llm (`assistant llm` lists the models)"
            )
        case openai.RateLimitError():
            message = N_(
                "the LLM {name} at {place} takes no more questions for now ({reason}); "
                "wait a while, or name another with --llm"
            )
        case openai.BadRequestError() if "context" in str(error).lower():
            message = N_(
                "the LLM {name} at {place} reads fewer tokens than were sent; "
                "set ASSISTANT_LLM_CONTEXT to how many it reads"
            )
        case openai.APIStatusError():
            message = N_("the LLM {name} at {place} answered with an error ({status}: {reason}); see its own log")
        case openai.APITimeoutError() | TimeoutError() | httpx.TimeoutException():
            message = N_(
                "the LLM {name} at {place} has said nothing for {seconds} s; "
                "see whether it is busy, or raise ASSISTANT_LLM_TIMEOUT"
            )
        case openai.APIConnectionError():
            message = N_("nothing answers for the LLM {name} at {place}; start that server, or name another with --llm")
        case openai.APIError() | httpx.HTTPError() | ConnectionError():
            message = N_("the LLM {name} at {place} broke off while it was writing; see its own log, and ask again")
        case UnicodeError() | ValueError():
            message = N_("the LLM {name} at {place} sent something that is no text; see its own log, and ask again")
        case _:
            return None
    return message.filled(
        name=llm.name,
        place=llm.place,
        setting=llm.key_setting,
        seconds=f"{llm.wait:g}",
        status=str(getattr(error, "status_code", "")),
        reason=_reason(error, llm) if isinstance(error, openai.APIError) else "",
    )


def _reason(error: Any, llm: FailedLLM) -> str:
    """Return the server's reason, shortened and without keys."""
    body = error.body if isinstance(error.body, dict) else {}
    said = " ".join(plain(str(body.get("message") or error.message)).split())
    if llm.key:
        said = said.replace(llm.key, "(key)")
    return re.sub(r"\b(?:sk|gsk|hf|key|AIza)[-_]?[\w*.-]{6,}", "(key)", said)[:_MAX_REASON_LENGTH]
