"""Correct misspelt words of a question with words of the articles.

A word counts as misspelt if no passage contains it and it is no token of the embedding model; it is replaced by the
word of the articles that is fewest edits away (Damerau, "A technique for computer detection and correction
of spelling errors", 1964). A word that is in the articles is never changed, nor is a stop word. In a language that the
model's vocabulary does not have, only names are corrected: other words may be right, and just not in the articles.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.language.words import Stems, names, stop_words
from index.text.terms import ENGLISH, STEMMED, forms_of, is_wide

if TYPE_CHECKING:
    from index.store.catalog import Catalog

Known = Callable[[str], bool]
"""Says whether a lower-case string is a known word, in the articles or not."""

_WORD = re.compile(r"[^\W\d_]{4,}")
# Words of this length may have two errors.
_LONG = 8
_CONSIDERED, _TRIED = 60, 12
# A vocabulary is one of a language if it has so large a share of so many of its stop words.
_ASKED, _HAS = 60, 0.8


def corrected(question: str, catalog: "Catalog", known: Known, language: str = ENGLISH) -> str:
    """Return a question, in `language`, with misspelt words corrected to words of the articles."""
    found = [(match, match[0].lower()) for match in _WORD.finditer(question) if not is_wide(match[0])]
    there = catalog.mentions([word for _, word in found])
    # Most words are mentioned, so the model is seldom needed for its vocabulary.
    missing = [pair for pair, mentioned in zip(found, there, strict=True) if not mentioned and not known(pair[1])]
    if missing and language != ENGLISH:
        spelled = _vocabulary_has(language, known)
        may_be = set(names(question, language))
        missing = [(m, word) for m, word in missing if word in may_be or (spelled and word not in stop_words(language))]
    for match, word in reversed(missing):
        if other := _nearest(word, catalog, language):
            question = question[: match.start()] + _cased(other, match[0]) + question[match.end() :]
    return question


def _vocabulary_has(language: str, known: Known) -> bool:
    """Say whether a vocabulary is one of a language: it has most of its stop words."""
    some = sorted(stop_words(language))[:_ASKED]
    return bool(some) and sum(map(known, some)) >= _HAS * len(some)


def _nearest(word: str, catalog: "Catalog", language: str) -> str | None:
    from rapidfuzz.distance import DamerauLevenshtein
    from rapidfuzz.process import extract

    most = 2 if len(word) >= _LONG else 1
    (stem,) = Stems().of([word]) if language == ENGLISH else (forms_of(word, [language])[-1].terms.rstrip(STEMMED),)
    # Most people get the first letter right, or swap the first two. Terms have no accents.
    letters = dict.fromkeys(one for letter in word[:2] for one in (letter, unicodedata.normalize("NFD", letter)[0]))
    passages = {stem: held for first in letters for stem, held in catalog.stems(first)}
    # One edit more, since the stems of the two words may end differently.
    near = extract(
        stem,
        list(passages),
        processor=lambda one: one.rstrip(STEMMED),
        scorer=DamerauLevenshtein.distance,
        score_cutoff=most + 1,
        limit=_CONSIDERED,
    )
    best: list[tuple[int, int, str]] = []
    for other, _, _ in sorted(near, key=lambda one: (one[1], -passages[one[0]]))[:_TRIED]:
        for written in _forms(catalog.text_with(other), word, most):
            best.append((DamerauLevenshtein.distance(word, written.lower()), -passages[other], written))
    return min(best)[2] if best else None


def _forms(text: str, word: str, most: int) -> Sequence[str]:
    """Return the words of a text that are at most `most` edits away."""
    from rapidfuzz.distance import DamerauLevenshtein

    return [
        written
        for written in dict.fromkeys(_WORD.findall(text))
        if DamerauLevenshtein.distance(word, written.lower(), score_cutoff=most) <= most
    ]


def _cased(word: str, like: str) -> str:
    return word.upper() if like.isupper() else word
