"""The language of a question, and whether any article is in it."""

from typing import TYPE_CHECKING

from assistant.language.words import stop_word_language
from index.embed.packaged import MULTILINGUAL_MODEL
from index.text.language import language_of
from index.text.terms import ENGLISH

if TYPE_CHECKING:
    from index.store.index import Index

# Languages that short questions are told apart by, beside those of the articles.
_COMMON = (ENGLISH, "de", "es", "fr", "it", "nl", "pt")


def question_language(index: "Index", question: str) -> str:
    """Return the language of a question, a code of ISO 639-1: of most questions by its stop words, as it is short."""
    candidates = dict.fromkeys([*index.statistics().languages, *_COMMON])
    return language_of(question) or stop_word_language(question, candidates)


def is_across(index: "Index", question: str) -> bool:
    """Say whether a question is in a language that no article is in, and the embedding model reads both."""
    if index.embedding.name != MULTILINGUAL_MODEL:
        return False
    return question_language(index, question) not in index.statistics().languages
