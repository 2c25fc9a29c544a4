"""Choose the embedding model by the language of the articles: English, or any.

all-MiniLM-L6-v2 reads English, and fast; multilingual-e5-small reads a hundred languages, with twice the layers. An
index has one model, which is chosen with its first articles, and again when it is rebuilt.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from index.embed.packaged import DEFAULT_MODEL, MULTILINGUAL_MODEL, PACKAGE, is_installed
from index.text.terms import ENGLISH
from index.types import Article

if TYPE_CHECKING:
    from index.store.index import Index

MIN_FOREIGN = 0.05
"""The share of articles in other languages from which an index of English articles should have the other model."""

# Most articles in other languages: those are what people will ask about.
_MOSTLY = 0.5


def choose_for_first(index: "Index", articles: Iterable[Article]) -> None:
    """Choose the model of an index that has none yet, by its first articles."""
    if index.catalog.get("fingerprint") is None and not index.names_model:
        foreign = _foreign(Counter(article.language for article in articles))
        if foreign > _MOSTLY and is_installed():
            index.choose_model(MULTILINGUAL_MODEL)


def choose_for_rebuild(index: "Index") -> None:
    """Choose the model that a rebuild embeds with, by all articles, unless one was named."""
    if not index.names_model:
        foreign = _foreign(index.catalog.languages())
        index.choose_model(MULTILINGUAL_MODEL if foreign >= MIN_FOREIGN and is_installed() else DEFAULT_MODEL)


def unread_languages(index: "Index") -> dict[str, int]:
    """Return the languages that the index's model does not read, and how many articles are in each, most first.

    {} where these are few, where the model was named, or where it reads them.
    """
    languages = index.catalog.languages()
    if index.names_model or index.catalog.get("model") != DEFAULT_MODEL or _foreign(languages) < MIN_FOREIGN:
        return {}
    return {language: count for language, count in languages.items() if language != ENGLISH}


def advice(index: "Index") -> str | None:
    """Say in one sentence what to do about languages that the index's model does not read; None if there are none."""
    unread = unread_languages(index)
    if not unread:
        return None
    count, total = sum(unread.values()), index.catalog.count()[0]
    said = f"{count} of {total} articles are not in English ({named(unread)}), which {DEFAULT_MODEL} does not read"
    if not is_installed():
        return f"{said}; `pip install {PACKAGE}`, then run `assistant index --rebuild`"
    return f"{said}; run `assistant index --rebuild` to embed all with {MULTILINGUAL_MODEL}"


def named(languages: Mapping[str, int]) -> str:
    """Return languages by their English names, with how many articles are in each: "German 3, French 2"."""
    from babel import Locale

    names = Locale("en").languages
    return ", ".join(f"{names.get(language, language)} {count}" for language, count in languages.items())


def _foreign(languages: "Mapping[str | None, int] | Mapping[str, int]") -> float:
    """Return the share of articles whose language is known and not English."""
    known = sum(count for language, count in languages.items() if language)
    return 1 - languages.get(ENGLISH, 0) / known if known else 0.0
