"""The language of a question, and whether any article is in it."""

from typing import TYPE_CHECKING

from assistant.language.words import stop_word_language
from index.embed.packaged import MULTILINGUAL_MODEL
from index.text.terms import ENGLISH, is_wide

if TYPE_CHECKING:
    from index.store.index import Index

# Languages that questions are told apart by, beside those of the articles.
_COMMON = (ENGLISH, "de", "es", "fr", "it", "nl", "pt", "ru", "tr")
# Languages whose script tells them; which of them it is matters little where no article is in any.
_WIDE = ("zh", "ja", "ko", "th", "km", "lo", "my")


def question_language(index: "Index", question: str) -> str:
    """Return the language of a question, a code of ISO 639-1, by its stop words: a detector takes seconds to load."""
    of_articles = index.statistics().languages
    if is_wide(question):
        return next((language for language in of_articles if language in _WIDE), _WIDE[0])
    return stop_word_language(question, dict.fromkeys([*of_articles, *_COMMON]))


def is_across(index: "Index", question: str) -> bool:
    """Say whether a question is in a language that no article is in, and the embedding model reads both."""
    if index.embedding.name != MULTILINGUAL_MODEL:
        return False
    return question_language(index, question) not in index.statistics().languages
