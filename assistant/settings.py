"""Settings: from arguments first, then from `ASSISTANT_…` environment variables."""

import difflib
import os
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import BadSetting
from assistant.types import MAX_SOURCES

_PREFIX = "ASSISTANT_"


class Settings(BaseSettings):
    """The settings of an assistant.

    `home` is the folder of the index, `model` the embedding model: all-MiniLM-L6-v2 or multilingual-e5-small, which are
    packaged, a folder, or a hub name; None leaves the choice to the language of the articles. `reranker` is a
    cross-encoder (a folder or a hub name) or None, `checker` one that judges what an LLM wrote, or None for the
    packaged one.

    `llm` names the LLM that writes answers (see `assistant.llm.choice`), "none" for quotes. `llm_key` is sent to a
    server named by its address. `llm_context` is the LLM's context size in tokens, for servers that do not report it;
    `llm_output` the most tokens of an answer, thoughts included; `llm_timeout` the longest silence in seconds. `strict`
    leaves out sentences that the articles do not support; `sources` is how many passages are used for an answer.

    `questions_per_minute` is the rate limit per person (per address without sign-in) of a server that other machines
    can reach.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True, env_ignore_empty=True)

    home: Path = Field(default_factory=lambda: platformdirs.user_data_path("article-assistant", appauthor=False))
    model: str | None = None
    reranker: str | None = None
    checker: str | None = None
    llm: str = "none"
    llm_key: SecretStr | None = None
    llm_context: int | None = Field(default=None, ge=512)
    llm_output: int | None = Field(default=None, ge=64)
    llm_timeout: float = Field(default=120, gt=0)
    strict: bool = False
    sources: int = Field(default=10, ge=1, le=MAX_SOURCES)
    questions_per_minute: int = Field(default=30, ge=1)

    @property
    def conversations(self) -> Path:
        """The file of the stored conversations."""
        return self.home / "conversations.db"

    @property
    def people(self) -> Path:
        """The file of the users who may sign in."""
        return self.home / "users.db"

    @field_validator("llm_key")
    @classmethod
    def _sendable(cls, key: SecretStr | None) -> SecretStr | None:
        bare = key.get_secret_value().strip() if key else ""
        if not bare.isascii() or not bare.isprintable():
            raise ValueError("a key is made of plain letters, digits and signs")
        return SecretStr(bare) if bare else None

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()


def load_settings(**given: Any) -> Settings:
    """Return settings from the arguments that are not None, then from the environment.

    Raises:
        BadSetting: an `ASSISTANT_…` variable is not a setting, or a value is of the wrong kind.
    """
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    for name in os.environ:
        if name.startswith(_PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}" if near else f"known: {', '.join(sorted(known))}"
            raise BadSetting(f"{name} is not a setting ({hint}); correct it or unset it")
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        raise BadSetting(f"{_PREFIX}{str(first['loc'][0]).upper()}: {first['msg']}; correct it or unset it") from error
