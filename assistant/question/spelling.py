"""Correct misspelt words of a question with words of the articles.

A word counts as misspelt if no passage contains it and it is no token of the embedding model; it is replaced by the
word of the articles that is fewest edits away (Damerau, "A technique for computer detection and correction
of spelling errors", 1964). A word that is in the articles is never changed.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.language.words import Stems

if TYPE_CHECKING:
    from index.store.catalog import Catalog

Known = Callable[[str], bool]
"""Says whether a lower-case string is a known word, in the articles or not."""

_WORD = re.compile(r"[^\W\d_]{4,}")
# Words of this length may have two errors.
_LONG = 8
_CONSIDERED, _TRIED = 60, 12


def corrected(question: str, catalog: "Catalog", known: Known) -> str:
    """Return a question with misspelt words corrected to words of the articles."""
    found = [(match, match[0].lower()) for match in _WORD.finditer(question)]
    there = catalog.mentions([word for _, word in found])
    for (match, word), mentioned in reversed(list(zip(found, there, strict=True))):
        # Most words are mentioned, so the model is seldom needed for its vocabulary.
        if not mentioned and not known(word) and (other := _nearest(word, catalog)):
            question = question[: match.start()] + _cased(other, match[0]) + question[match.end() :]
    return question


def _nearest(word: str, catalog: "Catalog") -> str | None:
    from rapidfuzz.distance import DamerauLevenshtein
    from rapidfuzz.process import extract

    most = 2 if len(word) >= _LONG else 1
    (stem,) = Stems().of([word])
    # Most people get the first letter right, or swap the first two.
    passages = {stem: held for first in dict.fromkeys(word[:2]) for stem, held in catalog.stems(first)}
    # One edit more, since the stems of the two words may end differently.
    near = extract(stem, list(passages), scorer=DamerauLevenshtein.distance, score_cutoff=most + 1, limit=_CONSIDERED)
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
