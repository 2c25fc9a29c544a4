"""A follow-up question and what went before to one question that can be searched alone.

By rule: a question that leans on an earlier turn (a pronoun, "what about …", a bare "why?") is searched together
with the latest question before it that stands alone. A question that needs no history is left as it is.
"""

import re
from collections.abc import Sequence

from assistant.values import Turn
from assistant.words import STOP_WORDS, words

_PRONOUN = re.compile(r"\b(?:[Hh]e|[Hh]im|[Hh]is|[Ss]he|[Hh]ers?|[Tt]hey|[Tt]hem|[Tt]heirs?|[Ii]ts?)\b")
_POINTER = re.compile(
    r"\bth(?:is|ese|ose)\b(?!\s+(?:week|month|year|time|morning|weekend|spring|summer|autumn|winter|century|decade))"
    r"|\b(?:there|that one|the (?:former|latter))\b"
    r"|\b(?:did|does|is|was|about|of|with|by|after|before|for) that(?:\s+\w+)?\s*[?.!]*$",
    re.IGNORECASE,
)
_OPENING = re.compile(r"(?:and|but|so|also|or|then)\b(?!-)|(?:what|how) (?:about|else)\b|who else\b", re.IGNORECASE)
# "Is there …", "when was it that …": words that look like pronouns and point at nothing.
_EMPTY = re.compile(r"\b(?:is|are|was|were|did|does) (?:there|it (?:that|true|the case))\b", re.IGNORECASE)
# A name inside the question, after which a pronoun points at it and not at an earlier turn.
_NAME = re.compile(r"(?<=\w\s)[A-Z][\w'’-]*[a-z]")


def condense(question: str, history: Sequence[Turn]) -> str:
    """Make `question` stand alone, given the turns before it, oldest first."""
    if not history or not leans(question):
        return question
    earlier = next((turn.question for turn in reversed(history) if not leans(turn.question)), history[0].question)
    return f"{earlier.strip()} {question.strip()}"


def leans(question: str) -> bool:
    """Say whether a question needs an earlier turn to be understood."""
    bare = _EMPTY.sub(" ", question.strip())
    if _OPENING.match(bare) or _POINTER.search(bare) or all(word in STOP_WORDS for word in words(bare)):
        return True
    pronoun, name = _PRONOUN.search(bare), _NAME.search(bare)
    # "Did Rubio say he would resign?" names the one it means.
    return pronoun is not None and (name is None or pronoun.start() < name.start())
