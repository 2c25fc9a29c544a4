"""Parse the LLM setting.

    none                      no LLM: answers are made of quotes
    openai:MODEL              the hosted service; its key is OPENAI_API_KEY, another address OPENAI_BASE_URL
    ollama:MODEL              Ollama on this machine, or at OLLAMA_HOST
    http(s)://HOST/v1#MODEL   any OpenAI-compatible server; its key, if it wants one, is ASSISTANT_LLM_KEY
    PATH.gguf                 a file, served inside this process by llama.cpp (`assistant.llm.llama_cpp`)

A new provider that speaks OpenAI's chat completions is one more form here: what is special about each is said by
`Choice`, and no other module knows them by name.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from assistant.errors import BadSetting

FORMS = "none, openai:MODEL, ollama:MODEL, http://HOST/v1#MODEL or the path of a .gguf file"


@dataclass(frozen=True, slots=True)
class Choice:
    """The LLM that a setting names: its kind and model, and its address (None: the client's default) or file."""

    kind: Literal["openai", "ollama", "server", "gguf"]
    model: str
    address: str | None = None
    file: Path | None = None

    @property
    def place(self) -> str:
        """Its address or file for messages, without a key."""
        return str(self.file) if self.file else self.address or "OpenAI"

    @property
    def setting(self) -> str:
        """The setting that names it, as `read_choice` parses it."""
        if self.kind == "gguf":
            return str(self.file)
        return f"{self.address}#{self.model}" if self.kind == "server" else f"{self.kind}:{self.model}"

    @property
    def key_setting(self) -> str | None:
        """The environment variable that holds its key; None for a file, which has none."""
        if self.kind == "gguf":
            return None
        return "OPENAI_API_KEY" if self.kind == "openai" else "ASSISTANT_LLM_KEY"

    @property
    def needs_key(self) -> bool:
        """Whether it refuses to work without a key."""
        return self.kind == "openai" and not self.address

    @property
    def limit_name(self) -> str:
        """What a request calls its limit of tokens."""
        # OpenAI's reasoning models refuse the older name, and other servers may not know the newer one.
        return "max_completion_tokens" if self.kind == "openai" and not self.address else "max_tokens"

    @property
    def reports_context_elsewhere(self) -> bool:
        """Whether its server may report how much it reads at addresses of its own; see `assistant.llm.capacity`."""
        return self.kind in ("ollama", "server")


def read_choice(setting: str) -> Choice | None:
    """Parse the setting; None for no LLM.

    Raises:
        BadSetting: it has none of the known forms, or there is no such file.
    """
    setting = setting.strip()
    kind, _, model = setting.partition(":")
    if setting.lower() in ("", "none"):
        return None
    if kind == "openai" and model:
        given = os.environ.get("OPENAI_BASE_URL")
        return Choice("openai", model, _checked(given, "OPENAI_BASE_URL", "OPENAI_API_KEY") if given else None)
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


def _checked(address: str, name: str, key_setting: str = "ASSISTANT_LLM_KEY") -> str:
    """Return a valid address, which may hold no key since messages show it; `name` is where it comes from.

    `key_setting` is the environment variable that a key belongs in.
    """
    try:
        parts = urlsplit(address)
        well = (
            parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not re.search(r"\s", address)
        )
    except ValueError:
        parts, well = urlsplit(""), False
    if "@" in address or parts.query:
        raise BadSetting(f"{name} must hold no key or password; set {key_setting} to it instead")
    if not well:
        raise BadSetting(f"{name} is no address of the form http://HOST:PORT/v1 ({address!r}); give {FORMS}")
    return address.rstrip("/")


def _ollama(host: str) -> str:
    """Return the address in OLLAMA_HOST as Ollama reads it: host or port may be left out."""
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
