"""The text of an LLM as it arrives: what is no sentence taken out, and told which sentences are finished.

Models write marks, Markdown and their own thoughts around what they say. None of it is needed: the marks shown are
those that the checking finds.
"""

import re

from index.clean import plain
from index.sentences import sentences

MOST_CHARACTERS = 4_000
"""After so many characters an answer is a ramble, and is stopped; its thoughts may be ten times as long."""

# A sentence counts as finished when so many characters of the next have come: enough to tell "U.S. officials" apart.
NEXT_BEGUN = 12
# Some templates open the thoughts themselves, and only their end is sent.
_THOUGHTS = re.compile(
    r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)|\A(?:(?!<(?:think|thinking|reasoning)>).)*?</(?:think|thinking|reasoning)>",
    re.DOTALL | re.IGNORECASE,
)
_NUMBER_LIST = r"\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*"
_SOURCE = r"(?:sources?|passages?|articles?|evidence|citations?|refs?\.?)"
_MARK = re.compile(
    rf"[ \t]*(?:\[\^?(?:{_SOURCE}\s*)?{_NUMBER_LIST}\]|【[^】\n]{{0,40}}】"
    rf"|\((?:see\s+)?(?:sources?|passages?)\s+{_NUMBER_LIST}\))",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(r"\*\*|__|`+|^[ \t]{0,3}(?:#{1,6}[ \t][^\n]*|[-*•][ \t]+|>[ \t]?)", re.MULTILINE)
# "3. Oktober" is a date, and "3. The bridge" an item of a list.
_NUMBERED = re.compile(
    r"^[ \t]{0,3}\d{1,2}[.)][ \t]+(?!(?:Jan|Feb|M[aä]r|Apr|Ma[iy]|Jun|Jul|Aug|Sep|O[ck]t|Nov|De[cz])[a-zä]*\b)",
    re.MULTILINE,
)
# What may become a mark, a thought or Markdown once the rest of it has come.
_UNFINISHED = re.compile(
    r"(?:[ \t]*[\[【(][^\]】)\n]{0,30}|<[^>\n]{0,12}|[*_`#]+|\n[ \t]*(?:\d{1,2}[.)]?|[-*•>])?[ \t]*)\Z"
)


class Draft:
    """What an LLM has written so far."""

    def __init__(self) -> None:
        self._raw = ""

    def add(self, words: str) -> None:
        """Take in the next words."""
        self._raw += words

    @property
    def is_ramble(self) -> bool:
        """Say whether it is too long for an answer."""
        if len(self._raw) <= MOST_CHARACTERS:
            return False
        return len(self._raw) > 10 * MOST_CHARACTERS or len(_THOUGHTS.sub("", self._raw)) > MOST_CHARACTERS

    def read(self, *, finished: bool = False) -> tuple[list[str], str]:
        """Return the sentences that are finished, and the words of the one that is not.

        `finished` says that nothing more will come, so the last sentence counts as one whatever it ends on.
        """
        # Half a character of one that takes two: the other half comes with the next words, or never.
        raw = self._raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace" if finished else "ignore")
        text = _THOUGHTS.sub("", raw)
        if not finished:
            text = _UNFINISHED.sub("", text)
        text = _MARKDOWN.sub("", _MARK.sub("", text))
        text = plain(_NUMBERED.sub("", text)).strip()
        spans = sentences(text)
        closed = len(spans)
        if spans and not finished:
            begun = spans[-1][1] - spans[-1][0] >= NEXT_BEGUN
            closed -= 1 if begun else min(2, len(spans))
        found = [" ".join(text[start:end].split()) for start, end in spans]
        return [one for one in found[:closed] if re.search(r"\w", one)], " ".join(found[closed:])
