"""Words of a text: content words, stop words, names and stems."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from index.text.terms import ENGLISH, WORD, is_wide, pair_spans

_WORD = re.compile(rf"{WORD}(?:[.,'’]{WORD})*")
_APOSTROPHE = re.compile("['’]")

_SCRIPTS = (("\u3040", "\u30ff", "ja"), ("\uac00", "\ud7af", "ko"), ("\u0e00", "\u0e7f", "th"))
NOUNS_CAPITALISED = frozenset(("de", "lb"))
"""The languages that write every noun with a capital."""
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


def names(text: str, language: str | None = None) -> list[str]:
    """Return words that look like names or numbers: with a digit, or capitalised and not the first of the text.

    In a language that capitalises all nouns, a name is what has another capitalised word beside it.
    """
    found = [(text[start:end], word) for word, start, end in word_spans(text)]
    stop = stop_words(language or ENGLISH)
    large = [bool(number) and written[0].isupper() and word not in stop for number, (written, word) in enumerate(found)]
    if language in NOUNS_CAPITALISED:
        large = [one and any((*large[:n][-1:], *large[n + 1 : n + 2])) for n, one in enumerate(large)]
    return [
        word
        for (_, word), capitalised in zip(found, large, strict=True)
        if word not in stop and (capitalised or any(map(str.isdigit, word)))
    ]


def content_words(text: str, languages: Iterable[str] = ()) -> list[str]:
    """Return the distinct words that are no stop words, in order; all words if that leaves none.

    The text is in English or one of `languages`. In others than English, what an apostrophe joins are words.
    """
    language = stop_word_language(text, languages)
    found = [part for word in words(text) for part in joined_words(word, language)]
    stop = stop_words(language)
    distinct = list(dict.fromkeys(found))
    return [word for word in distinct if word not in stop] or distinct


def joined_words(word: str, language: str) -> list[str]:
    """Return the words that an apostrophe joins: "l'homme", "Ankara'dan"; in English the whole, "o'brien"."""
    return [word] if language == ENGLISH else [part for part in _APOSTROPHE.split(word) if part]


def stop_word_language(text: str, languages: Iterable[str]) -> str:
    """Return the language of a short text: English or one of `languages`, by whose stop words most of its words are.

    `languages` are those of the articles, the most frequent first. If equally many are, it is English if articles are,
    else the most frequent language.
    """
    languages = list(languages)
    if (script := _script_language(text)) in languages:
        return str(script)
    given = [language for language in languages if stop_words(language)] or [ENGLISH]
    # The first of equals is taken.
    every = sorted(dict.fromkeys((*given, ENGLISH)), key=lambda language: language != ENGLISH or ENGLISH not in given)
    if every == [ENGLISH]:
        return ENGLISH
    found = [part for word in words(text) for part in (word, *joined_words(word, every[-1]))]
    counts = {language: sum(word in stop_words(language) for word in found) for language in every}
    return max(counts, key=lambda language: counts[language])


def told_language(text: str, likely: Iterable[str]) -> str:
    """Return the language of a short text: one of `likely` or English, unless another is far likelier.

    Others count if more than twice as many of the text's words are their stop words.
    """
    if script := _script_language(text):
        return script
    first = stop_word_language(text, likely)
    found = set(words(text))
    counts = {language: len(found & stop_words(language)) for language in (first, *_languages_with_stop_words())}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] > max(1, 2 * counts[first]) else first


def _script_language(text: str) -> str | None:
    """Return the language of a text that is mostly in wide characters, by what only that language writes; else None."""
    if not is_wide(text):
        return None
    letters = [letter for letter in text if letter.isalpha()]
    wide = [letter for letter in letters if is_wide(letter)]
    if 2 * len(wide) <= len(letters):
        return None
    found = (code for first, last, code in _SCRIPTS if any(first <= letter <= last for letter in wide))
    return next(found, "zh")


@cache
def _languages_with_stop_words() -> tuple[str, ...]:
    from stop_words import LANGUAGE_MAPPING

    return tuple(sorted(LANGUAGE_MAPPING))


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
