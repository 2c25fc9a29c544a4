"""An LLM is tried: it writes a word, and what is wrong with it is one sentence."""

import time
from dataclasses import dataclass

from assistant.errors import LLMError
from assistant.llm.model import LanguageModel, Message

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Trial:
    """What an LLM wrote, how many seconds that took, and how many tokens it reads."""

    written: str
    seconds: float
    context: int


def tried(llm: LanguageModel) -> Trial:
    """Have an LLM write a word.

    Raises:
        LLMError: it cannot be reached, refuses, or writes nothing.
        BadSetting: a key or a package is missing.
    """
    began = time.perf_counter()
    written = llm.ask([Message("user", "Say hello.")], 16)
    took = time.perf_counter() - began
    if not written.strip():
        raise LLMError(f"the LLM {llm.name} at {llm.place} wrote nothing; name another with --llm")
    flat = " ".join(written.split())
    return Trial(flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN - 1].rstrip()}…", took, llm.context)
