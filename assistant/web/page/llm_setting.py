"""Show, try and change the LLM of a running server, and store it for the next start.

It is shared by all users, and its setting may name a file on the server's disk or any address that the server reaches:
so only somebody at the server's machine may change it.
"""

import logging
import threading
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.llm.model import LanguageModel, connect
from assistant.llm.trial import try_llm

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.storage.preferences import KeptPreferences

log = logging.getLogger(__name__)


class LLMChoice:
    """Changes the LLM of an assistant. Thread-safe.

    `changeable` says that the page may change it. `problem` is why the stored LLM is not used.
    """

    def __init__(self, assistant: "Assistant", kept: "KeptPreferences", *, changeable: bool) -> None:
        self.changeable = changeable
        self.problem: str | None = None
        self._assistant = assistant
        self._kept = kept
        self._lock = threading.Lock()

    @property
    def llm(self) -> LanguageModel | None:
        """The current LLM."""
        return self._assistant.llm

    @property
    def setting(self) -> str:
        """The setting of the current LLM, "" if it was given in Python."""
        llm = self.llm
        if llm is None:
            return "none"
        return llm.choice.setting if llm.choice else ""

    @property
    def is_given(self) -> bool:
        """Whether the server was started with an LLM setting, which takes precedence over the stored one."""
        given = self._assistant.settings
        return "llm" in given.model_fields_set

    def restore(self) -> None:
        """Use the stored LLM, unless the server was started with a setting; an error becomes `problem`."""
        if self.is_given or self.llm:
            return
        try:
            if kept := self._kept.llm():
                self._assistant.llm = self._connected(kept)
        except AssistantError as error:
            self.problem = f"The LLM that was chosen here is not used: {error}"
            log.warning("the LLM that the page kept is not used: %s", error)

    def attempt(self, setting: str) -> str:
        """Try the LLM of a setting without using it; return the result as a sentence.

        Raises:
            LLMError, BadSetting: it cannot be used.
        """
        return _told(self._named(setting))

    def use(self, setting: str) -> str:
        """Try the LLM of a setting, use it and store it; return the result as a sentence.

        If it fails, the old one stays. Running answers keep the LLM they began with.

        Raises:
            LLMError, BadSetting: it cannot be used.
            BadConversations: it is used, but cannot be stored for the next start.
        """
        llm = self._named(setting)
        told = _told(llm)
        with self._lock:
            self._assistant.llm = llm
            self.problem = None
            self._kept.keep_llm(self.setting)
        if self.is_given:
            return f"{told} It is used until the server ends: at its next start --llm or ASSISTANT_LLM comes first."
        return f"{told} It is used from now on."

    def _named(self, setting: str) -> LanguageModel | None:
        """Return the LLM of a setting; the current one if it is the same, to avoid loading a file twice."""
        llm = self._connected(setting)
        current = self.llm
        return current if llm and current and llm.choice == current.choice else llm

    def _connected(self, setting: str) -> LanguageModel | None:
        return connect(self._assistant.settings.model_copy(update={"llm": setting.strip()}))


def _told(llm: LanguageModel | None) -> str:
    if llm is None:
        return "No LLM: answers are made of the articles' own sentences."
    trial = try_llm(llm)
    return (
        f"{llm.name} wrote “{trial.written}” in {trial.seconds:.1f} seconds; it reads {trial.context:,} tokens at once."
    )
