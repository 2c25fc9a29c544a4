"""A message taken apart: what it asks, and what is said around it.

People put more into a message than their question: who they are, why they ask, how they want the answer, a prompt made
for an LLM. A sentence that asks is told by its form (a question mark, or a question word or auxiliary at its
beginning); whether the rest matters is told by the articles: what shares no word with them says nothing about what is
searched, and what names somebody or something in them is kept as context.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.language.words import STOP_WORDS, names, words
from assistant.question.courtesy import without_courtesy
from index.text.sentences import sentences

Mentions = Callable[[Sequence[str]], Sequence[bool]]
"""Words to whether any passage holds each."""

_ASKING = frozenset("who whom whose what when where which why how".split())
_AUXILIARIES = frozenset(
    "am are can could did do does had has have is may might must shall should was were will".split()
)
_LABEL = re.compile(r"^\s*(?:my\s+|the\s+|user\s+)?(?:question|query|q|user|prompt|topic)\s*[:>–-]+\s*", re.IGNORECASE)
_ANSWER = re.compile(r"\s*\b(?:answer|a|response|assistant)\s*:\s*$", re.IGNORECASE)
# Somebody who speaks of themselves or to the assistant gets to the point with "who", "what", "when".
_PERSONAL = re.compile(r"\b(?:i|i['’]\w+|me|my|we|us|our|you|your|please|tell|explain|know)\b", re.IGNORECASE)
_POINT = re.compile(r"\b(?:who|whom|whose|what|when|where|which|why|how|whether|if)\b", re.IGNORECASE)
_PAUSE = re.compile(r"[:;]\s+|\s[–—-]{1,2}\s+|,\s+")
_OF_A_PERSON = frozenset(["i", "i'm", "i’m", "i'd", "i’d", "i've", "i’ve", "i'll", "i’ll"])
_MIN_WORDS = 3
# Where another question begins: behind "and", or a comma, with a question word and what it asks, or an auxiliary.
_JOINED = re.compile(
    r"(?:\s*[,;]\s+(?:and\s+)?|\s+and\s+)(?=(?:who|whom|whose|what|when|where|which|why|how)\s+\w)"
    r"|\s*,\s+and\s+(?=(?:was|were|is|are|did|does|do|has|have|had|will|would|can|could)\s+\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Framed:
    """A message: `parts` are the questions it asks, `context` what else it says that the articles speak of, or ""."""

    parts: tuple[str, ...]
    context: str

    @property
    def asked(self) -> str:
        """What is asked, as one text."""
        return " ".join(self.parts)

    @property
    def whole(self) -> str:
        """Context and question, as one text."""
        return f"{self.context} {self.asked}" if self.context else self.asked


def unframed(message: str, mentions: Mentions) -> Framed:
    """Take a message apart; all of it is what it asks where no sentence of it asks by its form.

    `mentions` tells which words stand in the index.
    """
    message = _ANSWER.sub("", message)
    parts = [part for line in message.splitlines() for part in _sentences(line)]
    labelled = [n for n, part in enumerate(parts) if _LABEL.match(part)]
    parts = [_LABEL.sub("", part) for part in parts]
    asking = labelled or [n for n, part in enumerate(parts) if _asks(part)]
    if not asking:
        whole = " ".join(parts)
        return Framed((_pointed(without_courtesy(whole) or whole, mentions),), "")
    if len(asking) > 1:
        # "Can you help me? Who …": what is asked of the assistant itself is not asked of the articles.
        asking = [n for n in asking if not _is_to_the_assistant(parts[n])] or asking
    each = (_pointed(without_courtesy(parts[n]) or parts[n], mentions) for n in asking)
    asked = tuple(part for one in each for part in _each(one))
    around = [part for n, part in enumerate(parts) if n not in asking]
    return Framed(asked, " ".join(part for part in around if _matters(part, mentions)))


def _sentences(line: str) -> list[str]:
    return [line[start:end].strip() for start, end in sentences(line) if line[start:end].strip()]


def _asks(part: str) -> bool:
    found = words(part)
    if len(found) < _MIN_WORDS and not part.rstrip().endswith("?"):
        return False
    return part.rstrip(' "”’)').endswith("?") or (bool(found) and found[0] in _ASKING | _AUXILIARIES)


def _each(question: str) -> list[str]:
    """Cut a question into those it joins: "Who runs it, and when does it open?" are two."""
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


def _pointed(part: str, mentions: Mentions) -> str:
    """Leave out what comes before the point: "Dear assistant, who …", "I would like to know: when …"."""
    found = words(part)
    if not found or found[0] in _ASKING:
        return part
    for pause in _PAUSE.finditer(part):
        rest = part[pause.end() :]
        following = words(rest)
        if len(following) >= _MIN_WORDS and following[0] in _ASKING | _AUXILIARIES:
            return _pointed(rest, mentions) if _is_idle(part[: pause.start()], mentions) else part
    point = _POINT.search(part)
    if point and len(words(part[point.start() :])) >= _MIN_WORDS:
        before = part[: point.start()]
        if _PERSONAL.search(before) and not _named(before):
            return part[point.start() :]
    return part


def _is_idle(before: str, mentions: Mentions) -> bool:
    """Say whether words before a question are about who asks, or are no words of the articles."""
    return not _named(before) if _PERSONAL.search(before) else not _known(before, mentions)


def _named(text: str) -> list[str]:
    return [name for name in names(text) if name not in _OF_A_PERSON]


def _known(text: str, mentions: Mentions) -> list[str]:
    """List the words of a text that say something, and are the articles' words as well."""
    found = [word for word in words(text) if word not in STOP_WORDS]
    return [word for word, mentioned in zip(found, mentions(found), strict=True) if mentioned] if found else []


def _matters(part: str, mentions: Mentions) -> bool:
    """Say whether a sentence that does not ask names something that the articles speak of."""
    named = [name for name in names(f"- {part}") if name not in _OF_A_PERSON]
    first = words(part)[:1]
    # A capital opens every sentence: its first word is a name where it is not a common one.
    named = [name for name in named if [name] != first or name not in _COMMON_OPENINGS]
    return any(mentions(named)) if named else False


_COMMON_OPENINGS = frozenset(
    "answer use cite keep write give reply respond explain summarise summarize context".split()
)
