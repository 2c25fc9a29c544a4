"""Ask your own articles: `answer(question)`, or an `Assistant` to keep for many questions."""

from assistant.assistant import Assistant, answer
from assistant.errors import AssistantError
from assistant.types import REFUSAL, Answer, Citation, Claim, Turn

__all__ = ["REFUSAL", "Answer", "Assistant", "AssistantError", "Citation", "Claim", "Turn", "answer"]
