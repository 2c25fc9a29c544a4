"""Typing errors mended with the words of the articles.

A word is taken for misspelt when no passage holds it and the embedding model does not know it whole; then the word of
the articles that is fewest edits away is put in its place (Damerau, "A technique for computer detection and correction
of spelling errors", 1964). A word that is in the articles is never changed.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.language.words import Stems

if TYPE_CHECKING:
    from index.store.catalog import Catalog

Known = Callable[[str], bool]
"""Says of a word, lower case, whether it is one, wherever it is from."""

_WORD = re.compile(r"[^\W\d_]{4,}")
# Longer words are given a second edit.
_LONG = 8
_CONSIDERED, _TRIED = 60, 12


def mended(question: str, catalog: "Catalog", known: Known) -> str:
    """Put words of the articles in the place of misspelt ones; unchanged where there is none."""
    found = [(match, match[0].lower()) for match in _WORD.finditer(question)]
    there = catalog.mentions([word for _, word in found])
    for (match, word), mentioned in reversed(list(zip(found, there, strict=True))):
        # Most words are mentioned: the model, whose vocabulary is asked, need not be there for them.
        if not mentioned and not known(word) and (other := _nearest(word, catalog)):
            question = question[: match.start()] + _cased(other, match[0]) + question[match.end() :]
    return question


def _nearest(word: str, catalog: "Catalog") -> str | None:
    from rapidfuzz.distance import DamerauLevenshtein
    from rapidfuzz.process import extract

    most = 2 if len(word) >= _LONG else 1
    (stem,) = Stems().of([word])
    # Most people get the first letter right; where not, the first two have mostly changed places.
    passages = {stem: held for first in dict.fromkeys(word[:2]) for stem, held in catalog.stems(first)}
    # A stem may lose or keep an ending that the misspelt word's does not.
    near = extract(stem, list(passages), scorer=DamerauLevenshtein.distance, score_cutoff=most + 1, limit=_CONSIDERED)
    best: list[tuple[int, int, str]] = []
    for other, _, _ in sorted(near, key=lambda one: (one[1], -passages[one[0]]))[:_TRIED]:
        for written in _forms(catalog.text_with(other), word, most):
            best.append((DamerauLevenshtein.distance(word, written.lower()), -passages[other], written))
    return min(best)[2] if best else None


def _forms(text: str, word: str, most: int) -> Sequence[str]:
    """List the words of a text that are at most so many edits away."""
    from rapidfuzz.distance import DamerauLevenshtein

    return [
        written
        for written in dict.fromkeys(_WORD.findall(text))
        if DamerauLevenshtein.distance(word, written.lower(), score_cutoff=most) <= most
    ]


def _cased(word: str, like: str) -> str:
    return word.upper() if like.isupper() else word
