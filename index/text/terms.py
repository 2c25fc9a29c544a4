"""The terms that words are indexed and looked up as, each in the language of its article.

English text stays as it is, since SQLite stems it (Porter). Words of a language that Snowball has a stemmer for are
replaced by their stems, marked so that SQLite leaves them alone. Wide characters, those of scripts without spaces
between words and of Korean, whose words carry their particles, are cut into overlapping pairs, which find about as much
as dictionaries do (Nie, Gao, Zhang & Zhou, "On the use of words and n-grams for Chinese information retrieval", 2000).
"""

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from Stemmer import Stemmer

ENGLISH = "en"
STEMMED = "\ue000"
"""Ends a term that is a stem already: no letter, so that no English ending is found before it, yet part of the term."""

# Raise it when terms are made in another way; the full-text index is then made again at the next opening.
_VERSION = 1
# Signs that belong to the letter before them: vowels of Indic scripts, tones. Python does not count them to words.
_MARKS = "".join(
    chr(code) for code in (*range(0x300, 0x1C00), 0x3099, 0x309A) if unicodedata.category(chr(code))[0] == "M"
)
WORD = rf"[^\W_]+(?:[{_MARKS}]+[^\W_]*)*"
"""A word, for regular expressions: letters and digits, with the signs that belong to them."""
_WIDE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003fffd"
)
_HAS_WIDE = re.compile(f"[{_WIDE}]")
_WORD = re.compile(WORD)
# What stands between spaces may be of two scripts: "2008年".
_RUN = re.compile(rf"[{_WIDE}][{_WIDE}{_MARKS}]*|[^{_WIDE}]+")
_UNIT = re.compile(rf".[{_MARKS}]*", re.DOTALL)
# SQLite ends a term at such a sign, unless it is a diacritic, so signs are moved where it does not know them.
_SIGNS = {ord(mark): 0xF0000 + ord(mark) for mark in _MARKS if not 0x300 <= ord(mark) <= 0x331}
_local = threading.local()


class Form(NamedTuple):
    """One form that a word is looked up in: terms separated by spaces, the last of which may only be begun."""

    terms: str
    begun: bool = False


def terms_version() -> str:
    """Return the version of the terms; with another one, indexed terms may differ."""
    import Stemmer

    return f"{_VERSION}.{Stemmer.version()}"


def indexed(text: str, language: str | None) -> str:
    """Return a text with its words replaced by the terms that SQLite is to index; English text as it is.

    `language` is a code of ISO 639-1. Text in another one without a stemmer stays as it is, but for wide characters.
    """
    stemming = language if has_stemmer(language) else None
    if language == ENGLISH or (not stemming and not is_wide(text)):
        return text
    return _WORD.sub(lambda word: _term(word.group(), stemming), text)


def forms_of(word: str, languages: Iterable[str], *, begun: bool = False) -> list[Form]:
    """Return the forms that a word may be indexed in, given the languages of the articles.

    With `begun` it is the beginning of a word.
    """
    parts = _WORD.findall(word)
    if is_wide(word):
        terms = [term for part in parts for term in _wide_terms(part)]
        # A last character alone is the beginning of a pair.
        last = _RUN.findall(parts[-1])[-1]
        cut = Form(" ".join(terms), begun or (is_wide(last) and len(_UNIT.findall(last)) == 1))
        # In English text a run of wide characters is one term.
        return list(dict.fromkeys([Form(word, begun), cut]))
    forms = [Form(word, begun)]
    for language in languages:
        if parts and has_stemmer(language):
            stems = " ".join(_term(part, language) for part in parts)
            forms.append(Form(stems.rstrip(STEMMED) if begun else stems, begun))
    return list(dict.fromkeys(forms))


def is_wide(text: str) -> bool:
    """Say whether a text has characters of a script that is written without spaces, or Korean."""
    return not text.isascii() and _HAS_WIDE.search(text) is not None


def pairs(word: str) -> list[str]:
    """Cut what stands between spaces into overlapping pairs of wide characters, and runs of others."""
    return [word[start:end] for start, end in pair_spans(word)]


def pair_spans(word: str) -> list[tuple[int, int]]:
    """Return the spans of `pairs`, which overlap. A wide character between others is alone."""
    spans: list[tuple[int, int]] = []
    for run in _RUN.finditer(word):
        if not _HAS_WIDE.match(run.group()):
            spans.append(run.span())
            continue
        units = [unit.span() for unit in _UNIT.finditer(word, *run.span())]
        spans += [(one[0], other[1]) for one, other in pairwise(units)] or units
    return spans


def _term(word: str, language: str | None) -> str:
    """Return the terms of what stands between spaces: its stem in a language, or pairs of characters."""
    if is_wide(word):
        return " ".join(_wide_terms(word, alone=True))
    if language is None or any(map(str.isdigit, word)):
        return word
    return f"{_stem(word, language)}{STEMMED}"


def _wide_terms(word: str, *, alone: bool = False) -> list[str]:
    """Return the pairs of a word; with `alone` each run's last character once more, so that each begins a term."""
    terms: list[str] = []
    for run in _RUN.findall(word):
        terms += pairs(run)
        if alone and is_wide(run) and len(units := _UNIT.findall(run)) > 1:
            terms.append(units[-1])
    return [term.translate(_SIGNS) for term in terms]


def _stem(word: str, language: str) -> str:
    if language in ("tr", "az"):
        word = word.replace("I", "ı").replace("İ", "i")
    stem: str = _stemmer(language).stemWord(word.lower().replace("i\u0307", "i"))
    # A question may have been written in small letters by other rules, or on another keyboard.
    return stem.replace("ı", "i").translate(_SIGNS)


def _stemmer(language: str) -> "Stemmer":
    """Return this thread's stemmer of a language: a stemmer caches words, and is not safe to share."""
    made: dict[str, Stemmer] = _local.__dict__.setdefault("stemmers", {})
    if language not in made:
        from Stemmer import Stemmer as Made

        made[language] = Made(language)
    return made[language]


@cache
def has_stemmer(language: str | None) -> bool:
    """Say whether words of a language are indexed as stems made here: any that Snowball has, but English."""
    import Stemmer

    if language in (None, ENGLISH):
        return False
    try:
        Stemmer.Stemmer(language)
    except KeyError:
        return False
    return True
