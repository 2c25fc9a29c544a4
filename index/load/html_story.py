"""The words of a page's headline, description and full text as metadata, to recognise its own story by.

The page says it in its headline, in its description, and at times in whole (JSON-LD's `articleBody`).
"""

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]{3,}")
_MIN_WORDS = 3  # words
_MIN_SHARE = 0.5
_MAX_LENGTH = 20_000


class Story:
    """The words of a page's headline, description and `articleBody`."""

    def __init__(self, said: Sequence[str | None]) -> None:
        found = (frozenset(_words(one)) for one in said if one)
        self._said = [words for words in found if len(words) >= _MIN_WORDS]

    def told_by(self, text: str) -> bool:
        """Say whether a paragraph shares half of its words, or of theirs, with one of them."""
        words = _words(text)
        return any(len(words & said) >= _MIN_SHARE * min(len(said), len(words) or 1) for said in self._said if words)

    def share(self, text: str) -> float:
        """Return the largest share of their words that a text contains (0 to 1); 0 if the page gives none."""
        words = _words(text)
        return max((len(words & said) / len(said) for said in self._said), default=0.0)


NOTHING = Story(())


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text[:_MAX_LENGTH])}
