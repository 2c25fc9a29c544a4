"""Make a follow-up stand alone by putting earlier questions before it, so that it can be searched.

By rules, for English: a follow-up (`assistant.question.followup`) is preceded by the latest question that stands alone,
and by the last question too if that added a topic ("what about X?") or if the follow-up is about its answer ("why?").
If "he" or "it" can only be the last answer, its name is taken from there. The follow-up loses nothing but greetings and
thanks, and a question that needs no history is left as it is.

Prepending earlier questions is the usual baseline of conversational search (Dalton et al., "TREC CAsT 2019", 2020);
rewriting by a model (Elgohary et al., "Can You Unpack That?", 2019) is better, but needs one. Of answers no more than a
name is taken: their words would find what has been answered already.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistant.language.words import words
from assistant.question.antecedent import name_meant
from assistant.question.courtesy import without_courtesy
from assistant.question.followup import adds_topic, asks_about_answer, is_followup, topic_words
from assistant.types import Turn
from index.text.sentences import sentences

__all__ = ["condense", "is_followup"]

# The embedding model must have room left for the follow-up itself.
_MAX_WORDS = 40


def condense(question: str, history: Sequence[Turn]) -> str:
    """Return `question` made to stand alone, given the turns before it, oldest first; unchanged if it does so."""
    if not is_followup(question):
        return question
    asked = without_courtesy(question)
    # A repeated follow-up has the same topic as the first time.
    history = [turn for turn in history if words(turn.question) != words(question)]
    topic = _topic(asked, history)
    if not topic:
        return question
    earlier = [_shortened(turn.question) for turn in topic]
    name = name_meant(asked, " ".join(earlier), [history[-1], topic[0]])
    return _joined([*earlier, *([name] if name else []), asked])


def joined_with_last(question: str, history: Sequence[Turn]) -> str:
    """Return a question with the last one before it, whatever the language; unchanged without history."""
    last = next((turn for turn in reversed(history) if words(turn.question) != words(question)), None)
    return _joined([_shortened(last.question), question]) if last else question


def _topic(asked: str, history: Sequence[Turn]) -> list[Turn]:
    """Return the turns that give a follow-up its topic: the latest that stands alone and, if needed, the last one."""
    said = [replace(turn, question=rest) for turn in history if (rest := without_courtesy(turn.question))]
    if not said:
        return []
    place = next((n for n in range(len(said) - 1, -1, -1) if not is_followup(said[n].question)), 0)
    first, last = said[place], said[-1]
    if first is last or not (adds_topic(last.question) or asks_about_answer(asked)):
        return [first]
    known = set(words(first.question))
    return [first, last] if any(word not in known for word in topic_words(words(last.question))) else [first]


def _shortened(question: str) -> str:
    """Shorten a question to its last sentences, and a long sentence to its first words."""
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
    """Join questions with spaces, or a dash after one without a final mark."""
    text = ""
    for one in parts:
        apart = "" if not text else " " if text[-1] in ".!?…" else " – "
        text += apart + one
    return text
