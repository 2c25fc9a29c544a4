"""The language of a question, and whether any article is in it."""

from typing import TYPE_CHECKING

from assistant.language.words import stop_word_language
from index.embed.packaged import MULTILINGUAL_MODEL
from index.text.terms import ENGLISH

if TYPE_CHECKING:
    from index.store.index import Index

# Languages that questions are told apart by, beside those of the articles.
_COMMON = (ENGLISH, "de", "es", "fr", "it", "nl", "pt", "ru", "tr")


def question_language(index: "Index", question: str) -> str:
    """Return the language of a question, a code of ISO 639-1, by its stop words: a detector takes seconds to load."""
    return stop_word_language(question, dict.fromkeys([*index.statistics().languages, *_COMMON]))


def is_across(index: "Index", question: str) -> bool:
    """Say whether a question is in a language that no article is in, and the embedding model reads both."""
    if index.embedding.name != MULTILINGUAL_MODEL:
        return False
    return question_language(index, question) not in index.statistics().languages
