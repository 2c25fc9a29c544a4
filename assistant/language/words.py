"""Words of a text: content words, stop words, names and stems."""

import re

_WORD = re.compile(r"[^\W_]+(?:[.,'’][^\W_]+)*")

# Words that say nothing about the topic of a text.
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
    """Return the words of a text in order, lower case, without a possessive 's."""
    return [word for word, _, _ in word_spans(text)]


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """Return the words of a text as `words` does, each with its start and end."""
    found = ((match.group().lower(), *match.span()) for match in _WORD.finditer(text))
    return [(word.removesuffix("'s").removesuffix("’s"), start, end) for word, start, end in found]


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


def content_words(text: str) -> list[str]:
    """Return the distinct words that are no stop words, in order; all words if that leaves none."""
    found = list(dict.fromkeys(words(text)))
    return [word for word in found if word not in STOP_WORDS] or found


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
