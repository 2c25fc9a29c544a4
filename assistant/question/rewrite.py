"""A follow-up made to stand alone by an LLM, where there is one.

What it writes is trusted no further than it can be checked: it may only name what was spoken of, or the rules of
`assistant.question.condense` have the last word. The task is conversational query rewriting (Elgohary et al., "Can You
Unpack That?", 2019; CANARD).
"""

import re
import threading
from collections.abc import Sequence

from assistant.errors import LLMError
from assistant.language.words import STOP_WORDS, Stems, names, words
from assistant.llm.model import LanguageModel
from assistant.question.condense import condense, leans
from assistant.types import Turn
from assistant.write.prompt import standalone_prompt

_MOST_TOKENS = 96
_NEGATIONS = {"no", "not", "never", "none", "nobody", "nothing", "neither", "without"}
_MOST_CHARACTERS = 300
_LABEL = re.compile(
    r"^(?:the\s+)?(?:rewritten|standalone|stand-alone)?\s*question(?:,\s*rewritten)?\s*:\s*", re.IGNORECASE
)


def standalone(
    question: str, history: Sequence[Turn], llm: LanguageModel | None, stop: threading.Event | None = None
) -> str:
    """Make `question` stand alone, given the turns before it, oldest first; unchanged when it needs none of them."""
    if llm is None or not history or not leans(question):
        return condense(question, history)
    try:
        written = llm.ask(standalone_prompt(question, history), _MOST_TOKENS, stop)
    except LLMError:
        # Said when the answer is asked for, if it lasts; a follow-up can do without.
        return condense(question, history)
    rewritten = next((line.strip() for line in written.splitlines() if line.strip()), "")
    rewritten = _LABEL.sub("", re.sub(r"</?question>", "", rewritten)).strip(' "“”*')
    return rewritten if _is_of(rewritten, question, history) else condense(question, history)


def _is_of(rewritten: str, question: str, history: Sequence[Turn]) -> bool:
    """Say whether a rewriting asks the same: nothing of the question lost, nothing named that was not spoken of."""
    if not rewritten or len(rewritten) > max(_MOST_CHARACTERS, 2 * len(question)) or leans(rewritten):
        return False
    stems = Stems()
    spoken = set(words(" ".join([question, *(f"{turn.question} {turn.answer}" for turn in history)])))
    said = set(stems.of(words(rewritten)))
    asked = [word for word in words(question) if word not in STOP_WORDS]
    return (
        said.issuperset(stems.of(asked))
        and spoken.issuperset(names(rewritten))
        and _NEGATIONS.intersection(words(question)) == _NEGATIONS.intersection(words(rewritten))
    )
