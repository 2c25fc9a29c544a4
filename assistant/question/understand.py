"""A message understood: the questions in it, spelled as the articles spell, and what the articles cannot know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.question.framing import Framed, unframed
from assistant.question.spelling import mended
from assistant.words import STOP_WORDS, names, word_spans

if TYPE_CHECKING:
    from index.store import Index

MAX_PARTS = 4
"""How many questions of one message are answered one by one."""

# From here on a word is rare enough in the language to be what a question is about.
_RARE = 0.8
_MAX_NAMED = 3


@dataclass(frozen=True, slots=True)
class Understood:
    """What a message asks: `parts` are its questions, `asked` is all of it, and `whole` that with its context."""

    parts: tuple[str, ...]
    asked: str
    whole: str


def understand(index: "Index", message: str) -> Understood:
    """Take a message apart and mend its spelling."""

    def mend(text: str) -> str:
        return mended(text, index.catalog, index.embedding.knows)

    # In capitals, every word looks like a name.
    framed = unframed(message.lower() if message.isupper() else message, index.catalog.mentions)
    spelled = Framed(tuple(mend(part) for part in framed.parts), framed.context)
    return Understood(spelled.parts, spelled.asked, spelled.whole)


def absent(index: "Index", question: str) -> list[str]:
    """List the telling words of a question, names, numbers and rare ones, that no article has, as they are written."""
    found = [(question[start:end], word) for word, start, end in word_spans(question) if word not in STOP_WORDS]
    there = index.catalog.mentions([word for _, word in found])
    missing = [pair for pair, mentioned in zip(found, there, strict=True) if not mentioned]
    telling = {*names(question), *_rare(index, [word for _, word in missing])}
    return list(dict.fromkeys(written.removesuffix("'s") for written, word in missing if word in telling))


def unmentioned(index: "Index", question: str) -> str | None:
    """Say which telling words of a question no article has; None where the articles have them all."""
    named = absent(index, question)[:_MAX_NAMED]
    return f"No article here mentions {' or '.join(f'“{one}”' for one in named)}." if named else None


def _rare(index: "Index", words: Sequence[str]) -> list[str]:
    return [word for word, rarity in zip(words, index.embedding.rarities(words), strict=True) if rarity >= _RARE]
