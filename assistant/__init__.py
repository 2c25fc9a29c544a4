"""Ask your own articles: `answer(question)`, or an `Assistant` to keep for many questions."""

from assistant.answer import Assistant, answer
from assistant.errors import AssistantError
from assistant.values import REFUSAL, Answer, Citation, Claim, Turn

__all__ = ["REFUSAL", "Answer", "Assistant", "AssistantError", "Citation", "Claim", "Turn", "answer"]
