"""Ask your own articles: `answer(question)`, or an `Assistant` for more than one question."""

from importlib import import_module
from typing import TYPE_CHECKING

from assistant.assistant import Assistant, answer
from assistant.errors import (
    AssistantError,
    BadConversations,
    BadPeople,
    BadPerson,
    BadQuestion,
    BadQuestionsFile,
    BadResultsFile,
    BadSetting,
    CheckerUnusable,
    LLMError,
    NothingIndexed,
    PortTaken,
    ReaderUnusable,
    TooOften,
    WeightsUnusable,
)
from assistant.types import REFUSAL, Answer, Citation, Claim, Turn
from index.types import Filter

if TYPE_CHECKING:
    from assistant.llama_index import HybridRetriever
    from assistant.settings import Settings

__all__ = [
    "REFUSAL",
    "Answer",
    "Assistant",
    "AssistantError",
    "BadConversations",
    "BadPeople",
    "BadPerson",
    "BadQuestion",
    "BadQuestionsFile",
    "BadResultsFile",
    "BadSetting",
    "CheckerUnusable",
    "Citation",
    "Claim",
    "Filter",
    "HybridRetriever",
    "LLMError",
    "NothingIndexed",
    "PortTaken",
    "ReaderUnusable",
    "Settings",
    "TooOften",
    "Turn",
    "WeightsUnusable",
    "answer",
]

# Imported on first access, since they take a second to import. The LangChain retriever is not among them:
# langchain-core is an extra.
_LATER = {"HybridRetriever": "assistant.llama_index", "Settings": "assistant.settings"}

if not TYPE_CHECKING:  # A module-level __getattr__ would hide missing names from type checkers.

    def __getattr__(name: str) -> object:
        if name in _LATER:
            return getattr(import_module(_LATER[name]), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
