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
from assistant.llm.fencing import unfenced
from assistant.llm.model import LanguageModel, Message
from assistant.question.condense import condense, leans
from assistant.types import Turn

STANDALONE = """You rewrite the last question of a conversation so that it can be understood without the conversation.
Put the names it means in the place of words such as "he", "it", "there" or "that". Add nothing else, answer nothing,
keep its language. Write the question alone, on one line."""
_MAX_TURNS = 3
_MAX_ANSWER_CHARACTERS = 400
_MAX_QUESTION_CHARACTERS = 600

_MAX_TOKENS = 96
_NEGATIONS = {"no", "not", "never", "none", "nobody", "nothing", "neither", "without"}
_MAX_CHARACTERS = 300
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
        written = llm.ask(standalone_prompt(question, history), _MAX_TOKENS, stop)
    except LLMError:
        # Said when the answer is asked for, if it lasts; a follow-up can do without.
        return condense(question, history)
    rewritten = next((line.strip() for line in written.splitlines() if line.strip()), "")
    rewritten = _LABEL.sub("", re.sub(r"</?question>", "", rewritten)).strip(' "“”*')
    return rewritten if _is_of(rewritten, question, history) else condense(question, history)


def _is_of(rewritten: str, question: str, history: Sequence[Turn]) -> bool:
    """Say whether a rewriting asks the same: nothing of the question lost, nothing named that was not spoken of."""
    if not rewritten or len(rewritten) > max(_MAX_CHARACTERS, 2 * len(question)) or leans(rewritten):
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


def standalone_prompt(question: str, history: Sequence[Turn]) -> list[Message]:
    """Ask for a question that stands alone, given the turns before it, oldest first."""
    turns = (
        f"Question: {unfenced(turn.question)[:_MAX_QUESTION_CHARACTERS]}\n"
        f"Answer: {unfenced(turn.answer)[:_MAX_ANSWER_CHARACTERS]}"
        for turn in history[-_MAX_TURNS:]
    )
    asked = "\n".join([*turns, f"<question>{unfenced(question)}</question>", "The question, rewritten:"])
    return [Message("system", STANDALONE), Message("user", asked)]
