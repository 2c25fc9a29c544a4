"""The one place that knows LLM providers: a setting becomes a LlamaIndex LLM that is written with, and explained.

    none                      no LLM: answers are made of quotes
    openai:MODEL              the hosted service; its key is OPENAI_API_KEY, another address OPENAI_BASE_URL
    ollama:MODEL              Ollama on this machine, or at OLLAMA_HOST
    http(s)://HOST/v1#MODEL   any OpenAI-compatible server; its key, if it wants one, is ASSISTANT_LLM_KEY
    PATH.gguf                 a file, served inside this process by llama.cpp (`assistant.llm.llama_cpp`)

All but the first speak OpenAI's chat completions, so one client does for all.
"""

import os
import re
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from assistant.errors import BadSetting, LLMError
from assistant.llm.capacity import told_apart, told_in
from assistant.llm.stream import Generation, GenerationFailed
from assistant.llm.thoughts import Thoughts
from index.text.clean import plain

if TYPE_CHECKING:
    from httpx import AsyncClient
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.llms import LLM
    from openai import OpenAI

    from assistant.llm.llama_cpp import LocalServer
    from assistant.settings import Settings

FORMS = "none, openai:MODEL, ollama:MODEL, http://HOST/v1#MODEL or the path of a .gguf file"
USUAL_CONTEXT = 4_096
"""How many tokens an LLM is taken to read that does not say."""

# More evidence than this is never sent.
_MOST_CONTEXT = 16_384
# How many more tokens a short text may take with an LLM that thinks before it.
_THOUGHTS = 2_048
_RETRIES = 3
_ASKING_TIMEOUT = 10.0
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user"]
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Which LLM a setting names: its kind, its model, and the address (None: the client's own) or file it is at."""

    kind: Literal["openai", "ollama", "server", "gguf"]
    model: str
    address: str | None = None
    file: Path | None = None

    @property
    def place(self) -> str:
        """Where it is, for people; holds no key."""
        return str(self.file) if self.file else self.address or "OpenAI"

    @property
    def setting(self) -> str:
        """What names it, in the form that `read_choice` reads."""
        if self.kind == "gguf":
            return str(self.file)
        return f"{self.address}#{self.model}" if self.kind == "server" else f"{self.kind}:{self.model}"


def read_choice(setting: str) -> Choice | None:
    """Read the setting; None is no LLM.

    Raises:
        BadSetting: it has none of the known forms, or there is no such file.
    """
    setting = setting.strip()
    kind, _, model = setting.partition(":")
    if setting.lower() in ("", "none"):
        return None
    if kind == "openai" and model:
        given = os.environ.get("OPENAI_BASE_URL")
        return Choice("openai", model, _checked(given, "OPENAI_BASE_URL") if given else None)
    if kind == "ollama" and model:
        return Choice("ollama", model, f"{_checked(_ollama(os.environ.get('OLLAMA_HOST', '')), 'OLLAMA_HOST')}/v1")
    if kind.lower() in ("http", "https"):
        address, _, model = setting.partition("#")
        address = _checked(address, "the LLM's address")
        if not model:
            raise BadSetting(f"the LLM at {address} lacks a model; give {FORMS}")
        return Choice("server", model, address)
    if setting.lower().endswith(".gguf"):
        return _file(Path(setting).expanduser())
    shown = "the LLM" if "@" in setting else f"the LLM {setting!r}"
    raise BadSetting(f"{shown} is not understood; give {FORMS}")


def _checked(address: str, name: str) -> str:
    """Check an address, which is shown in messages and so must hold no key; `name` is where it comes from."""
    try:
        parts = urlsplit(address)
        well = (
            parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not re.search(r"\s", address)
        )
    except ValueError:
        parts, well = urlsplit(""), False
    if "@" in address or parts.query:
        raise BadSetting(f"{name} must hold no key or password; set ASSISTANT_LLM_KEY to it instead")
    if not well:
        raise BadSetting(f"{name} is no address of the form http://HOST:PORT/v1 ({address!r}); give {FORMS}")
    return address.rstrip("/")


def _ollama(host: str) -> str:
    """Read OLLAMA_HOST as Ollama does: a port or a host may be left out, and all addresses are this machine's."""
    scheme, apart, rest = host.rpartition("://")
    if not apart:
        name, colon, port = rest.rpartition(":") if not rest.endswith("]") else (rest, "", "")
        name, port = (name, port) if colon else (rest, "11434")
        rest = f"{name}:{port}"
    rest = re.sub(r"^(?:0\.0\.0\.0|\[::\])?(?=:|$)", "127.0.0.1", rest)
    return f"{scheme or 'http'}://{rest}"


def _file(file: Path) -> Choice:
    try:
        with file.open("rb") as stream:
            if stream.read(4) != b"GGUF":
                raise BadSetting(f"{file} is no GGUF file (it does not begin as one); download it again")
    except OSError as error:
        raise BadSetting(
            f"the LLM file {file} cannot be read ({error.strerror}); give the path of a .gguf file"
        ) from error
    return Choice("gguf", file.stem, file=file)


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
        return min(self._read(), _MOST_CONTEXT)

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
        sentence = _sentence(error, self)
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


class EndedEarly(Exception):
    """The LLM ended before its answer did; `reason` is the server's word for why, "length" when it may be no longer."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


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


def _sentence(error: BaseException, llm: LanguageModel) -> str | None:
    """Say in one sentence what went wrong with an LLM and the way out; None when it was not the LLM."""
    import httpx
    import openai

    place = f"the LLM {llm.name} at {llm.place}"
    match error:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return f"{place} refuses the key; set {llm.key_setting()} to a valid one"
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


def _said(error: Any, llm: LanguageModel) -> str:
    """Repeat what a server gave as its reason, shortened; a key that it repeats is blanked."""
    body = error.body if isinstance(error.body, dict) else {}
    said = " ".join(plain(str(body.get("message") or error.message)).split())
    if key := llm.key():
        said = said.replace(key, "(key)")
    return re.sub(r"\b(?:sk|gsk|hf|key|AIza)[-_]?[\w*.-]{6,}", "(key)", said)[:_KEPT]
