"""A follow-up question and what went before to one question that can be searched alone.

By rules, for English: where a question leans on an earlier turn (`assistant.question.followup`), the latest question
that stands alone is put before it, and the last question too where that moved on ("what about X?") or is what is gone
on with ("why?"). Where "he" or "it" can only be what was answered, its name is taken from the answer. No word of the
follow-up is lost but greetings and thanks, and a question that needs no history is left as it is.

Putting earlier questions before the last one is the plain way that conversational search is measured against (Dalton et
al., "TREC CAsT 2019", 2020); rewriting it by a model (Elgohary et al., "Can You Unpack That?", 2019) is better, and
needs one. Only questions are taken whole: words of an answer lead a search back to what has been answered.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistant.language.words import words
from assistant.question.antecedent import name_meant
from assistant.question.courtesy import without_courtesy
from assistant.question.followup import carried, goes_on, leans, moves_on
from assistant.types import Turn
from index.text.sentences import sentences

__all__ = ["condense", "leans"]

# What is put before a follow-up is to be read at a glance, and must leave the embedding model room for the follow-up.
_MAX_WORDS = 40


def condense(question: str, history: Sequence[Turn]) -> str:
    """Make `question` stand alone, given the turns before it, oldest first; unchanged where it does so already."""
    if not leans(question):
        return question
    asked = without_courtesy(question)
    # Asked a second time, it is about what it was about the first time.
    history = [turn for turn in history if words(turn.question) != words(question)]
    topic = _topic(asked, history)
    if not topic:
        return question
    earlier = [_shortened(turn.question) for turn in topic]
    name = name_meant(asked, " ".join(earlier), [history[-1], topic[0]])
    return _joined([*earlier, *([name] if name else []), asked])


def _topic(asked: str, history: Sequence[Turn]) -> list[Turn]:
    """Find the turns that a follow-up is about: the latest that stands alone and, where it matters, the last one."""
    said = [replace(turn, question=rest) for turn in history if (rest := without_courtesy(turn.question))]
    if not said:
        return []
    place = next((n for n in range(len(said) - 1, -1, -1) if not leans(said[n].question)), 0)
    first, last = said[place], said[-1]
    if first is last or not (moves_on(last.question) or goes_on(asked)):
        return [first]
    known = set(words(first.question))
    return [first, last] if any(word not in known for word in carried(words(last.question))) else [first]


def _shortened(question: str) -> str:
    """Cut a long question to its last sentences, and a long sentence to its first words."""
    kept: list[str] = []
    for start, end in reversed(sentences(question)):
        kept.insert(0, question[start:end])
        if len(" ".join(kept).split()) > _MAX_WORDS:
            kept.pop(0)
            break
    if kept:
        return " ".join(kept)
    return " ".join(question.split()[:_MAX_WORDS]) + " …"


def _joined(parts: Sequence[str]) -> str:
    """Write questions one after the other, with a dash after what is no sentence."""
    text = ""
    for one in parts:
        apart = "" if not text else " " if text[-1] in ".!?…" else " – "
        text += apart + one
    return text
