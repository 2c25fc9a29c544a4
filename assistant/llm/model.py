"""An LLM to write with: a LlamaIndex LLM that is connected when it is first needed, and explained when it fails.

All that `assistant.llm.choice` names speak OpenAI's chat completions, so one client does for all.
"""

import os
import re
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from assistant.errors import BadSetting, LLMError
from assistant.llm.capacity import told_apart, told_in
from assistant.llm.choice import Choice, read_choice
from assistant.llm.failures import Addressee, EndedEarly, explain
from assistant.llm.stream import Generation, GenerationFailed
from assistant.llm.thoughts import Thoughts

if TYPE_CHECKING:
    from httpx import AsyncClient
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.llms import LLM
    from openai import OpenAI

    from assistant.llm.llama_cpp import LocalServer
    from assistant.settings import Settings

USUAL_CONTEXT = 4_096
"""How many tokens an LLM is taken to read that does not say."""

# More evidence than this is never sent.
_MAX_CONTEXT = 16_384
# How many more tokens a short text may take with an LLM that thinks before it.
_THOUGHTS = 2_048
_RETRIES = 3
_ASKING_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user"]
    text: str


class LanguageModel:
    """An LLM to write with. Connecting waits for the first use; safe to share between threads.

    `name` is its model. Give a `choice`, or any LlamaIndex LLM of your own as `llm`.

    Raises:
        LLMError: from any method, in one sentence for the user.
        BadSetting: a key or a package is missing.
    """

    def __init__(self, choice: Choice | None, settings: "Settings", llm: "LLM | None" = None) -> None:
        self.choice = choice
        self._settings = settings
        self._llm = llm
        self._given = llm is not None
        self._reads: int | None = None
        self._is_told = False
        self._thinks = False
        self._server: LocalServer | None = None
        self._lock = threading.RLock()
        self.name = choice.model if choice else str(llm.metadata.model_name) if llm else "none"

    def write(
        self, messages: Sequence[Message], most_tokens: int | None, stop: threading.Event | None = None
    ) -> Generation:
        """Have the LLM go on from a prompt; what its `Generation` raises, `explained` puts into a sentence.

        `most_tokens` are thoughts included; None leaves it to the server. Thoughts that come in a field of their own
        are part of the text, in `<think>`.
        """
        from llama_index.core.base.llms.types import ChatMessage, MessageRole

        chat = [ChatMessage(role=MessageRole(message.role), content=message.text) for message in messages]
        # A missing key or file is said here, and not from the thread of the generation.
        at = None if self.choice is None else self._address()

        async def start() -> AsyncIterator[str]:
            return self._words(chat, most_tokens, at)

        return Generation(start, self._settings.llm_timeout, stop)

    async def _words(
        self, chat: "list[ChatMessage]", most_tokens: int | None, at: tuple[str | None, str] | None
    ) -> AsyncIterator[str]:
        """Yield words as they come, "" for whatever else keeps the stream going."""
        from httpx import AsyncClient

        ended, begun, thinking = None, False, False
        async with AsyncClient(timeout=self._settings.llm_timeout, trust_env=not _is_here(at)) as client:
            llm = self._llm if at is None else self._connected(at, client)
            assert llm is not None
            given = {} if at is None or most_tokens is None else {self._limit_name: most_tokens}
            async for part in await llm.astream_chat(chat, **given):
                ended = _ended(part.raw) or ended
                thought = str((part.additional_kwargs or {}).get("thinking_delta") or "")
                begun = begun or bool(part.delta or thought)
                if thought:
                    # What looks like a tag in a field of its own is none.
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

    @property
    def _limit_name(self) -> str:
        # OpenAI's own models that think refuse the older name, and other servers may not know the newer one.
        is_openai = self.choice is not None and self.choice.kind == "openai" and not self.choice.address
        return "max_completion_tokens" if is_openai else "max_tokens"

    def ask(self, messages: Sequence[Message], most_tokens: int, stop: threading.Event | None = None) -> str:
        """Have the LLM write a short text and return it whole, or as far as it came when it is cut or stopped.

        Its thoughts are left out; once one is seen to think, it gets room for that besides.
        """
        while True:
            most, text = most_tokens + (_THOUGHTS if self._thinks else 0), Thoughts()
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
        """How many tokens are sent to it at most, with room for the answer: what it reads, or as much as is of use."""
        return min(self._read(), _MAX_CONTEXT)

    @property
    def most_written(self) -> int | None:
        """How many tokens an answer may have, thoughts included, if that is set."""
        return self._settings.llm_output

    def limit(self, prompt: int) -> int | None:
        """Tell how many tokens to let it write behind a prompt of so many, thoughts included; None to name no limit.

        That is what is set, else what the prompt leaves of what it reads, where that is known.
        """
        left, whole = self.context - prompt, self._read() - prompt
        if self.most_written is not None:
            return min(self.most_written, whole) if self._is_told else self.most_written
        return left if self._is_told else None

    def _read(self) -> int:
        """Tell how many tokens it reads, prompt and answer together: what is set, what is told, or a usual number."""
        with self._lock:
            if self._reads is None:
                told = self._settings.llm_context or self._told_context()
                self._reads, self._is_told = told or USUAL_CONTEXT, told is not None
            return self._reads

    def models(self) -> list[str]:
        """List the models that its server offers; [] when it does not tell."""
        return [str(model.id) for model in self._told()]

    def explained(self, error: BaseException) -> BaseException:
        """Turn what a generation raised into an `LLMError` of one sentence; what is no failure of the LLM stays."""
        sentence = explain(error, Addressee(self.name, self.place, self.key_setting(), self.key(), self.wait))
        return error if sentence is None else LLMError(sentence)

    @property
    def wait(self) -> float:
        """After how many seconds of silence it is given up."""
        return self._settings.llm_timeout

    @property
    def place(self) -> str:
        """Where it is, for people; holds no key."""
        return self.choice.place if self.choice else type(self._llm).__name__

    def key_setting(self) -> str:
        """Name the environment variable that holds its key."""
        return "OPENAI_API_KEY" if self.choice and self.choice.kind == "openai" else "ASSISTANT_LLM_KEY"

    def has_key(self) -> bool:
        """Say whether a key is set."""
        return bool(self.key())

    # --- connecting

    def key(self) -> str | None:
        """Return its key, for the one who speaks to its server; not to be shown."""
        if self.choice and self.choice.kind == "openai":
            return os.environ.get("OPENAI_API_KEY", "").strip() or None
        return self._settings.llm_key.get_secret_value() if self._settings.llm_key else None

    def _address(self) -> tuple[str | None, str]:
        """Tell the address and the key to speak to, a file's server started if need be."""
        assert self.choice is not None
        if self.choice.file:
            with self._lock:
                if self._server is None:
                    from assistant.llm.llama_cpp import LocalServer

                    self._server = LocalServer(self.choice.file, self._settings.llm_context)
                return self._server.address, self._server.key
        key = self.key()
        if self.choice.kind == "openai" and not key and not self.choice.address:
            raise BadSetting("openai:MODEL needs a key; set OPENAI_API_KEY")
        # The client insists on a key; servers that want none do not look at it.
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
            # Each generation has an event loop of its own, which a kept client would outlive.
            reuse_client=False,
            async_http_client=client,
        )
        return made

    def _client(self) -> "OpenAI":
        import httpx
        from openai import OpenAI

        at = self._address()
        http = httpx.Client(timeout=_ASKING_TIMEOUT, trust_env=not _is_here(at))
        return OpenAI(base_url=at[0], api_key=at[1], timeout=_ASKING_TIMEOUT, max_retries=0, http_client=http)

    def _told(self) -> list[Any]:
        """Ask the server for its models; [] when it does not tell them."""
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
            # Not every server has this page; whether it answers questions is seen when it is asked one.
            return []

    def _told_context(self) -> int | None:
        if self.choice is None:
            return self._llm.metadata.context_window if self._llm else None
        listed = (one for one in self._told() if self.choice.kind == "gguf" or one.id == self.name)
        if told := next((told_in(one.model_extra or {}) for one in listed), None):
            return told
        at, key = self._address()
        if at is None or self.choice.kind not in ("ollama", "server"):
            return None
        headers = {"Authorization": f"Bearer {key}"}
        return told_apart(at, self.name, headers=headers, here=_is_here((at, key)))


def connect(settings: "Settings", llm: "LLM | None" = None) -> LanguageModel | None:
    """Make the LLM that the settings name, or the one given; None when answers are to be made of quotes.

    Raises:
        BadSetting: the setting is not understood, or names a file that is not there.
    """
    if llm is not None:
        return LanguageModel(None, settings, llm)
    choice = read_choice(settings.llm)
    return LanguageModel(choice, settings) if choice else None


def _is_here(at: tuple[str | None, str] | None) -> bool:
    """Say whether an address is on this machine: then no proxy of the environment is to see what is asked."""
    host = urlsplit(at[0] or "").hostname if at else None
    return host is not None and (host in ("localhost", "::1") or host.startswith("127."))


def _ended(raw: Any) -> str | None:
    """Tell why the writing ends with this chunk ("stop", "length", …); None when it goes on."""
    choices = getattr(raw, "choices", None) or []
    return next((reason for choice in choices if (reason := getattr(choice, "finish_reason", None))), None)
