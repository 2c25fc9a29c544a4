"""A follow-up question and what went before to one question that can be searched alone.

By rule: a question that leans on an earlier turn (a pronoun, "what about …", a bare "why?") is searched together
with the latest question before it that stands alone. A question that needs no history is left as it is.
"""

import re
from collections.abc import Sequence

from assistant.values import Turn
from assistant.words import content_words

_PRONOUN = re.compile(
    r"\b(?:he|him|his|she|her|hers|they|them|their|theirs|it|its|this|these|those|that one|there|former|latter)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(r"(?:and|but|so|also|or|then)\b|(?:what|how) about\b", re.IGNORECASE)
# "Is there …", "when was it that …": words that look like pronouns and point at nothing.
_EMPTY = re.compile(r"\b(?:is|are|was|were|did|does) (?:there|it (?:that|true|the case))\b", re.IGNORECASE)


def condense(question: str, history: Sequence[Turn]) -> str:
    """Make `question` stand alone, given the turns before it, oldest first."""
    if not history or not leans(question):
        return question
    earlier = next((turn.question for turn in reversed(history) if not leans(turn.question)), history[0].question)
    return f"{earlier.strip()} {question.strip()}"


def leans(question: str) -> bool:
    """Say whether a question needs an earlier turn to be understood."""
    bare = _EMPTY.sub(" ", question.strip())
    return bool(_PRONOUN.search(bare) or _OPENING.match(bare)) or (len(content_words(bare)) < 2 and len(bare) < 12)
