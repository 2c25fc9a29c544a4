"""A follow-up made to stand alone by an LLM, where there is one.

What it writes is trusted no further than it can be checked: it may only name what was spoken of, or the rules of
`assistant.condense` have the last word. The task is conversational query rewriting (Elgohary et al., "Can You Unpack
That?", 2019; CANARD).
"""

import re
import threading
from collections.abc import Sequence

from assistant.condense import condense, leans
from assistant.llm import LanguageModel
from assistant.prompt import standalone_prompt
from assistant.values import Turn
from assistant.words import Stems, content_words, names

_MOST_TOKENS = 96
_MOST_CHARACTERS = 300
_LABEL = re.compile(
    r"^(?:the\s+)?(?:rewritten|standalone|stand-alone)?\s*question(?:,\s*rewritten)?\s*:\s*", re.IGNORECASE
)


def standalone(
    question: str, history: Sequence[Turn], llm: LanguageModel | None, stop: threading.Event | None = None
) -> str:
    """Make `question` stand alone, given the turns before it, oldest first; unchanged when it needs none of them.

    Raises:
        LLMError: the LLM cannot be asked.
    """
    if llm is None or not history or not leans(question):
        return condense(question, history)
    written = llm.ask(standalone_prompt(question, history), _MOST_TOKENS, stop)
    rewritten = next((line.strip() for line in written.splitlines() if line.strip()), "")
    rewritten = _LABEL.sub("", re.sub(r"</?question>", "", rewritten)).strip(' "“”*')
    return rewritten if _is_of(rewritten, question, history) else condense(question, history)


def _is_of(rewritten: str, question: str, history: Sequence[Turn]) -> bool:
    """Say whether a rewriting asks the same: nothing of the question lost, nothing named that was not spoken of."""
    if not rewritten or len(rewritten) > max(_MOST_CHARACTERS, 2 * len(question)) or leans(rewritten):
        return False
    stems = Stems()
    spoken = " ".join([question, *(f"{turn.question} {turn.answer}" for turn in history)]).lower()
    said = set(stems.of(content_words(rewritten)))
    kept = [stem for stem in stems.of(content_words(question)) if stem in said]
    return len(kept) * 2 >= len(content_words(question)) and all(name in spoken for name in names(rewritten))
