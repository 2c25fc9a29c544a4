"""Understand a message: split it into questions, correct their spelling, find words that no article has."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.language.words import (
    STOP_WORDS,
    joined_words,
    names,
    stop_word_language,
    stop_words,
    word_spans,
    words,
)
from assistant.question.framing import ParsedMessage, parse_message
from assistant.question.language import is_across
from assistant.question.spelling import corrected
from assistant.translatable import N_, alternatives, quoted
from index.text.terms import ENGLISH, is_wide

if TYPE_CHECKING:
    from index.store.index import Index

MAX_PARTS = 4
"""Most questions of one message that are answered one by one."""

# The rarity in the language (0 to 1) from which a word is distinctive.
_RARE = 0.8
_MAX_NAMED = 3


def understand(index: "Index", message: str) -> ParsedMessage:
    """Split a message into questions and context, and correct the spelling of questions in the articles' language."""
    # In capitals, every word looks like a name; "NASA是什么？" is not in capitals.
    capitals = message.isupper() and not is_wide(message)
    languages = index.statistics().languages
    language = stop_word_language(message, languages)
    framed = parse_message(message.lower() if capitals else message, index.catalog.mentions, language)
    if is_across(index, message):
        return framed

    def correct(part: str) -> str:
        return corrected(part, index.catalog, index.embedding.knows, stop_word_language(part, languages))

    return replace(framed, parts=tuple(map(correct, framed.parts)))


def absent(index: "Index", question: str) -> list[str]:
    """Return a question's distinctive words (names, numbers, rare words) that no article has, as written.

    Which words are rare is known of English. Of a question in a language that no article is in, only numbers count:
    the articles may write a name in another way.
    """
    languages = index.statistics().languages
    language = stop_word_language(question, languages)
    stop = stop_words(language)
    found = [(question[start:end], word) for word, start, end in word_spans(question) if word not in stop]
    # Pairs of characters are seldom words.
    found = [pair for pair in found if not is_wide(pair[1])]
    # An ending may hang on a name by an apostrophe.
    there = index.catalog.mentions([max(joined_words(word, language), key=len, default=word) for _, word in found])
    missing = [pair for pair, mentioned in zip(found, there, strict=True) if not mentioned]
    distinctive = set(names(question, language))
    if (languages and language not in languages) or is_across(index, question):
        distinctive = {word for word in distinctive if any(map(str.isdigit, word))}
    elif language == ENGLISH:
        distinctive.update(_rare_words(index, [word for _, word in missing]))
    return list(dict.fromkeys(written.removesuffix("'s") for written, word in missing if word in distinctive))


def is_unknown_topic(index: "Index", topic: str) -> bool:
    """Say whether the articles do not cover a topic: they lack half of its words, or a distinctive one."""
    said = [word for word in words(topic) if word not in STOP_WORDS]
    there = index.catalog.mentions(said)
    return bool(said) and (2 * sum(there) <= len(there) or bool(absent(index, topic)))


def unmentioned(lacking: Sequence[str]) -> str | None:
    """Return a sentence that names the first few of these words as absent; None for no words."""
    named = tuple(map(quoted, lacking[:_MAX_NAMED]))
    return N_("No article here mentions {words}.", words=alternatives(named)) if named else None


def _rare_words(index: "Index", words: Sequence[str]) -> list[str]:
    return [word for word, rarity in zip(words, index.embedding.rarities(words), strict=True) if rarity >= _RARE]
