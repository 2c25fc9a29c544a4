"""A message understood: the questions in it, spelled as the articles spell, and what the articles cannot know."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.language.words import STOP_WORDS, names, word_spans, words
from assistant.question.framing import Framed, unframed
from assistant.question.spelling import mended

if TYPE_CHECKING:
    from index.store.index import Index

MAX_PARTS = 4
"""How many questions of one message are answered one by one."""

# From here on a word is rare enough in the language to be what a question is about.
_RARE = 0.8
_MAX_NAMED = 3


def understand(index: "Index", message: str) -> Framed:
    """Take a message apart and mend the spelling of its questions."""
    # In capitals, every word looks like a name.
    framed = unframed(message.lower() if message.isupper() else message, index.catalog.mentions)
    return replace(framed, parts=tuple(mended(part, index.catalog, index.embedding.knows) for part in framed.parts))


def absent(index: "Index", question: str) -> list[str]:
    """List the telling words of a question, names, numbers and rare ones, that no article has, as they are written."""
    found = [(question[start:end], word) for word, start, end in word_spans(question) if word not in STOP_WORDS]
    there = index.catalog.mentions([word for _, word in found])
    missing = [pair for pair, mentioned in zip(found, there, strict=True) if not mentioned]
    telling = {*names(question), *_rare(index, [word for _, word in missing])}
    return list(dict.fromkeys(written.removesuffix("'s") for written, word in missing if word in telling))


def is_strange(index: "Index", topic: str) -> bool:
    """Say whether the articles do not speak of a topic: they lack half of its words, or one that tells it."""
    said = [word for word in words(topic) if word not in STOP_WORDS]
    there = index.catalog.mentions(said)
    return bool(said) and (2 * sum(there) <= len(there) or bool(absent(index, topic)))


def unmentioned(lacking: Sequence[str]) -> str | None:
    """Say that no article has these words, the first few of them; None where there are none."""
    named = [f"“{word}”" for word in lacking[:_MAX_NAMED]]
    return f"No article here mentions {' or '.join(named)}." if named else None


def _rare(index: "Index", words: Sequence[str]) -> list[str]:
    return [word for word, rarity in zip(words, index.embedding.rarities(words), strict=True) if rarity >= _RARE]
