"""An LLM that writes answers: a LlamaIndex LLM, connected on first use, with errors explained.

All LLMs that `assistant.llm.choice` can name speak OpenAI's chat completions, so one client serves all.
"""

import os
import re
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from assistant.errors import BadSetting, LLMError
from assistant.llm.capacity import context_from_server, context_in
from assistant.llm.choice import Choice, read_choice
from assistant.llm.failures import EndedEarly, FailedLLM, explain
from assistant.llm.stream import Generation, GenerationFailed
from assistant.llm.thoughts import Thoughts

if TYPE_CHECKING:
    from httpx import AsyncClient
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.llms import LLM
    from openai import OpenAI

    from assistant.llm.llama_cpp import LocalServer
    from assistant.settings import Settings

DEFAULT_CONTEXT = 4_096
"""The context size in tokens of an LLM that does not report it."""

# Most tokens of context that are used.
_MAX_CONTEXT = 16_384
# Extra tokens of a short text for an LLM that thinks first.
_THOUGHT_TOKENS = 2_048
_RETRIES = 3
_METADATA_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user"]
    text: str


class LanguageModel:
    """An LLM that writes answers. It connects on first use, and is thread-safe.

    `name` is its model. Give a `choice`, or any LlamaIndex LLM as `llm`.

    Raises:
        LLMError: from any method, in one sentence for the user.
        BadSetting: a key or a package is missing.
    """

    def __init__(self, choice: Choice | None, settings: "Settings", llm: "LLM | None" = None) -> None:
        self.choice = choice
        self._settings = settings
        self._llm = llm
        self._given = llm is not None
        self._context_size: int | None = None
        self._context_known = False
        self._thinks = False
        self._server: LocalServer | None = None
        self._lock = threading.RLock()
        self.name = choice.model if choice else str(llm.metadata.model_name) if llm else "none"

    def write(
        self, messages: Sequence[Message], max_tokens: int | None, stop: threading.Event | None = None
    ) -> Generation:
        """Have the LLM continue a prompt; `explained` turns errors of the `Generation` into a sentence.

        `max_tokens` includes thoughts; None leaves it to the server. Thoughts in a field of their own become part of
        the text, in `<think>`.
        """
        from llama_index.core.base.llms.types import ChatMessage, MessageRole

        chat = [ChatMessage(role=MessageRole(message.role), content=message.text) for message in messages]
        # A missing key or file is raised here, not in the thread of the generation.
        at = None if self.choice is None else self._address()

        async def start() -> AsyncIterator[str]:
            return self._words(chat, max_tokens, at)

        return Generation(start, self._settings.llm_timeout, stop)

    async def _words(
        self, chat: "list[ChatMessage]", max_tokens: int | None, at: tuple[str | None, str] | None
    ) -> AsyncIterator[str]:
        """Yield words as they arrive, and "" for chunks without words."""
        from httpx import AsyncClient

        ended, begun, thinking = None, False, False
        async with AsyncClient(timeout=self._settings.llm_timeout, trust_env=not _is_here(at)) as client:
            llm = self._llm if at is None else self._connected(at, client)
            assert llm is not None
            given = {self.choice.limit_name: max_tokens} if at and self.choice and max_tokens is not None else {}
            async for part in await llm.astream_chat(chat, **given):
                ended = _finish_reason(part.raw) or ended
                thought = str((part.additional_kwargs or {}).get("thinking_delta") or "")
                begun = begun or bool(part.delta or thought)
                if thought:
                    # Within that field, what looks like a tag is none.
                    yield ("" if thinking else "<think>") + re.sub(r"[<\[◁]", "(", thought)
                    thinking = True
                if part.delta and thinking:
                    yield "</think>"
                    thinking = False
                yield part.delta or ""
        if ended not in (None, "stop"):
            raise EndedEarly(ended)
        if begun and not ended and at is not None:
            raise ConnectionError("the stream has no end")

    def ask(self, messages: Sequence[Message], max_tokens: int, stop: threading.Event | None = None) -> str:
        """Return a short text by the LLM, incomplete if it is cut off or stopped.

        Thoughts are left out; an LLM that was seen to think gets extra tokens for that.
        """
        while True:
            most, text = max_tokens + (_THOUGHT_TOKENS if self._thinks else 0), Thoughts()
            try:
                for words in self.write(messages, most, stop):
                    text.add(words)
            except GenerationFailed as failure:
                if not isinstance(failure.error, EndedEarly):
                    raise self.explained(failure.error) from failure.error
                if failure.error.reason == "length" and text.inside == "thought" and not self._thinks:
                    self._thinks = True
                    continue
            text.end()
            return text.said.strip()

    @property
    def context(self) -> int:
        """The most tokens used, prompt and answer together: the context size, up to a useful maximum."""
        return min(self._known_context(), _MAX_CONTEXT)

    @property
    def max_output(self) -> int | None:
        """The most tokens of an answer, thoughts included, if set."""
        return self._settings.llm_output

    def limit(self, prompt: int) -> int | None:
        """Return the token limit for an answer to a prompt of so many tokens, thoughts included; None for no limit.

        It is the setting, else what the prompt leaves of a known context size.
        """
        left, whole = self.context - prompt, self._known_context() - prompt
        if self.max_output is not None:
            return min(self.max_output, whole) if self._context_known else self.max_output
        return left if self._context_known else None

    def _known_context(self) -> int:
        """Return the context size in tokens: as set, else as reported, else a default."""
        with self._lock:
            if self._context_size is None:
                told = self._settings.llm_context or self._reported_context()
                self._context_size, self._context_known = told or DEFAULT_CONTEXT, told is not None
            return self._context_size

    def models(self) -> list[str]:
        """Return the models that its server offers; [] if it does not list them."""
        return [str(model.id) for model in self._listed_models()]

    def explained(self, error: BaseException) -> BaseException:
        """Return an error of a generation as an `LLMError` of one sentence; other errors unchanged."""
        sentence = explain(error, FailedLLM(self.name, self.place, self.key_setting(), self.key(), self.wait))
        return error if sentence is None else LLMError(sentence)

    @property
    def wait(self) -> float:
        """The timeout in seconds without a word."""
        return self._settings.llm_timeout

    @property
    def place(self) -> str:
        """Its address or file for messages, without a key."""
        return self.choice.place if self.choice else type(self._llm).__name__

    def key_setting(self) -> str:
        """Return the name of the environment variable that holds its key."""
        return (self.choice and self.choice.key_setting) or "ASSISTANT_LLM_KEY"

    def has_key(self) -> bool:
        """Say whether a key is set."""
        return bool(self.key())

    # --- connecting

    def key(self) -> str | None:
        """Return its key, which must not be shown."""
        if (name := self.key_setting()) != "ASSISTANT_LLM_KEY":
            return os.environ.get(name, "").strip() or None
        return self._settings.llm_key.get_secret_value() if self._settings.llm_key else None

    def _address(self) -> tuple[str | None, str]:
        """Return the server's address and key; start the server of a file if needed."""
        assert self.choice is not None
        if self.choice.file:
            with self._lock:
                if self._server is None:
                    from assistant.llm.llama_cpp import LocalServer

                    self._server = LocalServer(self.choice.file, self._settings.llm_context)
                return self._server.address, self._server.key
        key = self.key()
        if self.choice.needs_key and not key:
            raise BadSetting(f"{self.choice.kind}:MODEL needs a key; set {self.choice.key_setting}")
        # The client requires a key; servers without keys ignore it.
        return self.choice.address, key or "none"

    def _connected(self, at: tuple[str | None, str], client: "AsyncClient") -> "LLM":
        from llama_index.llms.openai_like import OpenAILike

        address, key = at
        made: LLM = OpenAILike(
            model=self.name,
            api_base=address,
            api_key=key,
            is_chat_model=True,
            temperature=0.0,
            timeout=self._settings.llm_timeout,
            max_retries=_RETRIES,
            context_window=self.context,
            # Each generation has its own event loop, which a reused client would outlive.
            reuse_client=False,
            async_http_client=client,
        )
        return made

    def _client(self) -> "OpenAI":
        import httpx
        from openai import OpenAI

        at = self._address()
        http = httpx.Client(timeout=_METADATA_TIMEOUT, trust_env=not _is_here(at))
        return OpenAI(base_url=at[0], api_key=at[1], timeout=_METADATA_TIMEOUT, max_retries=0, http_client=http)

    def _listed_models(self) -> list[Any]:
        """Return the server's list of models; [] if it has none."""
        from openai import APIConnectionError, APIError, APITimeoutError

        if self.choice is None:
            return []
        try:
            with self._client() as client:
                return list(client.models.list())
        except APITimeoutError:
            return []
        except APIConnectionError as error:
            raise self.explained(error) from error
        except (APIError, ValueError, TypeError, AttributeError):
            # Not every server has this list; whether it works is seen when it is asked.
            return []

    def _reported_context(self) -> int | None:
        if self.choice is None:
            return self._llm.metadata.context_window if self._llm else None
        listed = (one for one in self._listed_models() if self.choice.file or one.id == self.name)
        if told := next((context_in(one.model_extra or {}) for one in listed), None):
            return told
        at, key = self._address()
        if at is None or not self.choice.reports_context_elsewhere:
            return None
        headers = {"Authorization": f"Bearer {key}"}
        return context_from_server(at, self.name, headers=headers, here=_is_here((at, key)))


def connect(settings: "Settings", llm: "LLM | None" = None) -> LanguageModel | None:
    """Return the given LLM, or the one that the settings name; None for answers from quotes.

    Raises:
        BadSetting: the setting is not understood, or names a file that is not there.
    """
    if llm is not None:
        return LanguageModel(None, settings, llm)
    choice = read_choice(settings.llm)
    return LanguageModel(choice, settings) if choice else None


def _is_here(at: tuple[str | None, str] | None) -> bool:
    """Say whether an address is on this machine, so that no proxy is to be used."""
    host = urlsplit(at[0] or "").hostname if at else None
    return host is not None and (host in ("localhost", "::1") or host.startswith("127."))


def _finish_reason(raw: Any) -> str | None:
    """Return why the text ends with this chunk ("stop", "length", …); None if it goes on."""
    choices = getattr(raw, "choices", None) or []
    return next((reason for choice in choices if (reason := getattr(choice, "finish_reason", None))), None)
