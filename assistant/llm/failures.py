"""What went wrong with an LLM, in one sentence with the way out."""

import re
from dataclasses import dataclass, field
from typing import Any

from index.text.clean import plain

_KEPT = 200


class EndedEarly(Exception):
    """The LLM ended before its answer did; `reason` is the server's word for why, "length" when it may be no longer."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Addressee:
    """The LLM that failed, as messages name it: its model, where it is, what holds its key, and how long it may think.

    `key` is blanked where a server repeats it; `wait` are seconds of silence after which it is given up.
    """

    name: str
    place: str
    key_setting: str
    key: str | None = field(repr=False)
    wait: float


def explain(error: BaseException, llm: Addressee) -> str | None:
    """Say in one sentence what went wrong with an LLM and the way out; None when it was not the LLM."""
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
            said = _said(error, llm)
            return f"{place} takes no more questions for now ({said}); wait a while, or name another with --llm"
        case openai.BadRequestError() if "context" in str(error).lower():
            return f"{place} reads fewer tokens than were sent; set ASSISTANT_LLM_CONTEXT to how many it reads"
        case openai.APIStatusError():
            return f"{place} answered with an error ({error.status_code}: {_said(error, llm)}); see its own log"
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


def _said(error: Any, llm: Addressee) -> str:
    """Repeat what a server gave as its reason, shortened; a key that it repeats is blanked."""
    body = error.body if isinstance(error.body, dict) else {}
    said = " ".join(plain(str(body.get("message") or error.message)).split())
    if llm.key:
        said = said.replace(llm.key, "(key)")
    return re.sub(r"\b(?:sk|gsk|hf|key|AIza)[-_]?[\w*.-]{6,}", "(key)", said)[:_KEPT]
