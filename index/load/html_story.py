"""What a page says that its story is: by that, its parts are told from others, and one reading of it from another.

The page says it in its headline, in its description, and at times in whole (JSON-LD's `articleBody`).
"""

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]{3,}")
_FEWEST = 3  # words
_LEAST_SHARE = 0.5
_LONGEST = 20_000


class Story:
    """The words of what a page says of its own story."""

    def __init__(self, said: Sequence[str | None]) -> None:
        found = (frozenset(_words(one)) for one in said if one)
        self._said = [words for words in found if len(words) >= _FEWEST]

    def told_by(self, text: str) -> bool:
        """Say whether a paragraph tells the story: it has half of the words of a headline, say."""
        words = _words(text)
        return any(len(words & said) >= _LEAST_SHARE * min(len(said), len(words) or 1) for said in self._said if words)

    def share(self, text: str) -> float:
        """Measure how much of what is said stands in a text (0 to 1); 0 where nothing is said."""
        words = _words(text)
        return max((len(words & said) / len(said) for said in self._said), default=0.0)


NOTHING = Story(())


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text[:_LONGEST])}
