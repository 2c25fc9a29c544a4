"""Words of a text: content words, stop words, names and stems."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from index.text.terms import ENGLISH, WORD, is_wide, pair_spans

_WORD = re.compile(rf"{WORD}(?:[.,'’]{WORD})*")
_APOSTROPHE = re.compile("['’]")

# Words that say nothing about the topic of an English text.
STOP_WORDS = frozenset(
    """
    a about according after again all also am an and any are as at be because been before being between both but by
    can could did do does doing done during each either else ever every for from further get gets give given had has
    have having he her here hers him his how i if in into is it its itself just let may me might more most much must
    my near no nor not of off on once one only or other our out over own per please said same say says she should so
    some such tell than that the their theirs them then there these they this those through to too under until up us
    very was we were what when where which while who whom whose why will with would yet you your
    """.split()
)


def words(text: str) -> list[str]:
    """Return the words of a text in order, lower case, without a possessive 's.

    Of scripts without spaces, and of Korean, every two neighbouring characters are a word.
    """
    return [word for word, _, _ in word_spans(text)]


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """Return the words of a text as `words` does, each with its start and end."""
    spans = (match.span() for match in _WORD.finditer(text))
    found = ((text[start:end].lower(), start, end) for start, end in (_cut(text, spans) if is_wide(text) else spans))
    return [(word.removesuffix("'s").removesuffix("’s"), start, end) for word, start, end in found]


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        yield from ((start + first, start + last) for first, last in pair_spans(text[start:end]))


def folded(text: str) -> str:
    """Normalise white space and case, so that two printings of one sentence compare equal."""
    return " ".join(text.split()).casefold()


def names(text: str) -> list[str]:
    """Return words that look like names or numbers: with a digit, or capitalised and not the first of the text."""
    found = [(text[start:end], word) for word, start, end in word_spans(text)]
    return [
        word
        for number, (written, word) in enumerate(found)
        if word not in STOP_WORDS and (any(map(str.isdigit, word)) or (number and written[0].isupper()))
    ]


def content_words(text: str, languages: Iterable[str] = ()) -> list[str]:
    """Return the distinct words that are no stop words, in order; all words if that leaves none.

    The text is in English or one of `languages`. In others than English, what an apostrophe joins are words.
    """
    language = stop_word_language(text, languages)
    found = words(text)
    if language != ENGLISH:
        found = [part for word in found for part in _APOSTROPHE.split(word) if part]
    stop = stop_words(language)
    distinct = list(dict.fromkeys(found))
    return [word for word in distinct if word not in stop] or distinct


def stop_word_language(text: str, languages: Iterable[str]) -> str:
    """Return which of `languages` a short text is in, by most of its words being stop words; English if none is."""
    others = [language for language in languages if language != ENGLISH and stop_words(language)]
    if not others:
        return ENGLISH
    found = [part for word in words(text) for part in (word, *_APOSTROPHE.split(word))]
    counts = {language: sum(word in stop_words(language) for word in found) for language in (ENGLISH, *others)}
    return max(counts, key=lambda language: counts[language])


@cache
def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a language, a code of ISO 639-1; empty where none are known."""
    if language == ENGLISH:
        return STOP_WORDS
    from stop_words import StopWordError, get_stop_words

    try:
        return frozenset(get_stop_words(language))
    except StopWordError:
        return frozenset()


class Stems:
    """Reduce words to their stems, so that "sanction" and "sanctions" match (Porter's second English stemmer).

    Not thread-safe, since the stemmer caches words: make one per thread.
    """

    def __init__(self) -> None:
        import Stemmer

        self._stemmer = Stemmer.Stemmer("english")

    def of(self, found: list[str]) -> list[str]:
        """Return the stem of each word."""
        stems: list[str] = self._stemmer.stemWords(found)
        return stems
