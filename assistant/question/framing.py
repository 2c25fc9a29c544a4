"""Separate the questions in a message from the text around them.

People write more than their question: who they are, why they ask, how they want the answer, a prompt made for an LLM. A
sentence asks by its form: a question mark, or a question word or auxiliary at its beginning. The rest is kept as
context if it names something that the articles mention.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.language.words import STOP_WORDS, names, words
from assistant.question.courtesy import without_courtesy
from index.text.sentences import sentences

Mentions = Callable[[Sequence[str]], Sequence[bool]]
"""Says for each of some words whether any passage contains it."""

_ASKING = frozenset("who whom whose what when where which why how".split())
_AUXILIARIES = frozenset(
    "am are can could did do does had has have is may might must shall should was were will".split()
)
_LABEL = re.compile(r"^\s*(?:my\s+|the\s+|user\s+)?(?:question|query|q|user|prompt|topic)\s*[:>–-]+\s*", re.IGNORECASE)
_ANSWER = re.compile(r"\s*\b(?:answer|a|response|assistant)\s*:\s*$", re.IGNORECASE)
# In a sentence about the asker or the assistant, the question begins at "who", "what", "when".
_PERSONAL = re.compile(r"\b(?:i|i['’]\w+|me|my|we|us|our|you|your|please|tell|explain|know)\b", re.IGNORECASE)
_POINT = re.compile(r"\b(?:who|whom|whose|what|when|where|which|why|how|whether|if)\b", re.IGNORECASE)
_PAUSE = re.compile(r"[:;]\s+|\s[–—-]{1,2}\s+|,\s+")
_OF_A_PERSON = frozenset(["i", "i'm", "i’m", "i'd", "i’d", "i've", "i’ve", "i'll", "i’ll"])
_MIN_WORDS = 3
# Where another question begins: after "and" or a comma, with a question word or an auxiliary.
_JOINED = re.compile(
    r"(?:\s*[,;]\s+(?:and\s+)?|\s+and\s+)(?=(?:who|whom|whose|what|when|where|which|why|how)\s+\w)"
    r"|\s*,\s+and\s+(?=(?:was|were|is|are|did|does|do|has|have|had|will|would|can|could)\s+\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """A message: `parts` are its questions, `context` other sentences that name something in the articles, or ""."""

    parts: tuple[str, ...]
    context: str

    @property
    def asked(self) -> str:
        """All questions, as one text."""
        return " ".join(self.parts)

    @property
    def whole(self) -> str:
        """Context and questions, as one text."""
        return f"{self.context} {self.asked}" if self.context else self.asked


def parse_message(message: str, mentions: Mentions, language: str | None = None) -> ParsedMessage:
    """Split a message into questions and context; all of it is the question if no sentence asks by its form.

    `mentions` says which words are in the index; `language`, a code of ISO 639-1, how its sentences end.
    """
    message = _ANSWER.sub("", message)
    parts = [part for line in message.splitlines() for part in _sentences(line, language)]
    labelled = [n for n, part in enumerate(parts) if _LABEL.match(part)]
    parts = [_LABEL.sub("", part) for part in parts]
    asking = labelled or [n for n, part in enumerate(parts) if _asks(part)]
    if not asking:
        whole = " ".join(parts)
        return ParsedMessage((_without_lead_in(without_courtesy(whole) or whole, mentions),), "")
    if len(asking) > 1:
        # "Can you help me? Who …": a question to the assistant itself is not one to the articles.
        asking = [n for n in asking if not _is_to_the_assistant(parts[n])] or asking
    each = (_without_lead_in(without_courtesy(parts[n]) or parts[n], mentions) for n in asking)
    asked = tuple(part for one in each for part in _split_joined(one))
    around = [part for n, part in enumerate(parts) if n not in asking]
    return ParsedMessage(asked, " ".join(part for part in around if _is_context(part, mentions)))


def _sentences(line: str, language: str | None) -> list[str]:
    return [line[start:end].strip() for start, end in sentences(line, language) if line[start:end].strip()]


def _asks(part: str) -> bool:
    found = words(part)
    if not found:
        return False
    if len(found) < _MIN_WORDS and not part.rstrip().endswith("?"):
        return False
    return part.rstrip(' "”’)').endswith("?") or found[0] in _ASKING | _AUXILIARIES


def _split_joined(question: str) -> list[str]:
    """Split joined questions: "Who runs it, and when does it open?" are two."""
    cuts = [found for found in _JOINED.finditer(question) if len(words(question[: found.start()])) >= _MIN_WORDS]
    bounds = [0, *(place for found in cuts for place in found.span()), len(question)]
    found = [question[start:end].strip() for start, end in zip(bounds[::2], bounds[1::2], strict=True)]
    if len(found) < 2 or any(len(words(one)) < _MIN_WORDS for one in found):
        return [question]
    first = words(found[0])
    # "How many lunches and how many suppers …" is one: its first half says nothing.
    if first[0] not in _ASKING or (len(first) <= _MIN_WORDS and first[0] in ("how", "what", "which")):
        return [question]
    return [f"{one.rstrip('?,;')}?" for one in found]


def _is_to_the_assistant(part: str) -> bool:
    return bool(_PERSONAL.search(part)) and not _POINT.search(part) and not _named(part)


def _without_lead_in(part: str, mentions: Mentions) -> str:
    """Return a question without its lead-in: "Dear assistant, who …", "I would like to know: when …"."""
    found = words(part)
    if not found or found[0] in _ASKING:
        return part
    for pause in _PAUSE.finditer(part):
        rest = part[pause.end() :]
        following = words(rest)
        if len(following) >= _MIN_WORDS and following[0] in _ASKING | _AUXILIARIES:
            return _without_lead_in(rest, mentions) if _is_irrelevant(part[: pause.start()], mentions) else part
    point = _POINT.search(part)
    if point and len(words(part[point.start() :])) >= _MIN_WORDS:
        before = part[: point.start()]
        if _PERSONAL.search(before) and not _named(before):
            return part[point.start() :]
    return part


def _is_irrelevant(before: str, mentions: Mentions) -> bool:
    """Say whether a lead-in says nothing to search for: it is about the asker, or shares no word with the articles."""
    return not _named(before) if _PERSONAL.search(before) else not _known_words(before, mentions)


def _named(text: str) -> list[str]:
    return [name for name in names(text) if name not in _OF_A_PERSON]


def _known_words(text: str, mentions: Mentions) -> list[str]:
    """Return the content words of a text that the articles contain."""
    found = [word for word in words(text) if word not in STOP_WORDS]
    return [word for word, mentioned in zip(found, mentions(found), strict=True) if mentioned] if found else []


def _is_context(part: str, mentions: Mentions) -> bool:
    """Say whether a sentence names something that the articles mention."""
    named = [name for name in names(f"- {part}") if name not in _OF_A_PERSON]
    first = words(part)[:1]
    # The first word has a capital anyway: it counts as a name unless it is a common opening.
    named = [name for name in named if [name] != first or name not in _COMMON_OPENINGS]
    return any(mentions(named)) if named else False


_COMMON_OPENINGS = frozenset(
    "answer use cite keep write give reply respond explain summarise summarize context".split()
)
