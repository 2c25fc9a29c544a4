"""The LLM of a running server: shown, tried, exchanged, and kept for the next start.

It is everybody's, and its setting may name a file of the server's disk or any address the server reaches: so only
somebody who sits at the server may exchange it.
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
    """Exchanges the LLM of an assistant. Safe to share between threads.

    With `changeable`, whoever opens the page may do so. `problem` is why the LLM kept by the last run is not used.
    """

    def __init__(self, assistant: "Assistant", kept: "KeptPreferences", *, changeable: bool) -> None:
        self.changeable = changeable
        self.problem: str | None = None
        self._assistant = assistant
        self._kept = kept
        self._turns = threading.Lock()

    @property
    def llm(self) -> LanguageModel | None:
        """The LLM that is set now."""
        return self._assistant.llm

    @property
    def setting(self) -> str:
        """What names the LLM that is set now, "" where nothing does since it was given in Python."""
        llm = self.llm
        if llm is None:
            return "none"
        return llm.choice.setting if llm.choice else ""

    @property
    def is_given(self) -> bool:
        """Whether the server was started with an LLM named, which stands above what the page keeps."""
        given = self._assistant.settings
        return "llm" in given.model_fields_set

    def take_up(self) -> None:
        """Set the LLM that the page kept, unless the server was started with another; what hinders is a `problem`."""
        if self.is_given or self.llm:
            return
        try:
            if kept := self._kept.llm():
                self._assistant.llm = self._connected(kept)
        except AssistantError as error:
            self.problem = f"The LLM that was chosen here is not used: {error}"
            log.warning("the LLM that the page kept is not used: %s", error)

    def attempt(self, setting: str) -> str:
        """Try the LLM of a setting without setting it; returns what came of it, as a sentence.

        Raises:
            LLMError, BadSetting: it cannot be used.
        """
        return _told(self._named(setting))

    def use(self, setting: str) -> str:
        """Try the LLM of a setting, set it and keep it; returns what came of it. When it fails, the old one stays.

        Answers under way end with the LLM they began with.

        Raises:
            LLMError, BadSetting: it cannot be used.
            BadConversations: it is set, but cannot be kept for the next start.
        """
        llm = self._named(setting)
        told = _told(llm)
        with self._turns:
            self._assistant.llm = llm
            self.problem = None
            self._kept.keep_llm(self.setting)
        if self.is_given:
            return f"{told} It is used until the server ends: at its next start --llm or ASSISTANT_LLM comes first."
        return f"{told} It is used from now on."

    def _named(self, setting: str) -> LanguageModel | None:
        """Return the LLM of a setting: the one that is set where it is the same, for a file would be loaded twice."""
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
