"""The words of a question or a sentence: which carry meaning, and which are forms of one another."""

import re

_WORD = re.compile(r"[^\W_]+(?:[.,'’][^\W_]+)*")

# Words that say how something is asked or joined, not what it is about.
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
    """Find the words of a text in order, lower case, a possessive 's taken off."""
    return [word for word, _, _ in word_spans(text)]


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """Find the words of a text as `words` does, each with where it starts and ends."""
    found = ((match.group().lower(), *match.span()) for match in _WORD.finditer(text))
    return [(word.removesuffix("'s").removesuffix("’s"), start, end) for word, start, end in found]


def folded(text: str) -> str:
    """Make texts alike that differ in white space or capitals only, as two printings of one sentence may."""
    return " ".join(text.split()).casefold()


def names(text: str) -> list[str]:
    """Find what looks like a name or a number: words with a digit, and large ones that do not open the text."""
    found = [(text[start:end], word) for word, start, end in word_spans(text)]
    return [
        word
        for number, (written, word) in enumerate(found)
        if word not in STOP_WORDS and (any(map(str.isdigit, word)) or (number and written[0].isupper()))
    ]


def content_words(text: str) -> list[str]:
    """Find the words that carry meaning, in order, each once; all words when none does."""
    found = list(dict.fromkeys(words(text)))
    return [word for word in found if word not in STOP_WORDS] or found


class Stems:
    """Reduces words to their stems, so that "sanction" and "sanctions" meet (Porter's second English stemmer).

    One for each thread: the stemmer keeps words it has seen.
    """

    def __init__(self) -> None:
        import Stemmer

        self._stemmer = Stemmer.Stemmer("english")

    def of(self, found: list[str]) -> list[str]:
        """Stem each word."""
        stems: list[str] = self._stemmer.stemWords(found)
        return stems
