"""A sentence as its words: with their stems, which of them are names, which say "not".

Read once for each sentence, and shared by all that compares a claim with the articles.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.amounts import Amount, amounts
from assistant.words import STOP_WORDS, Stems, word_spans

# Verbs whose past no stemmer finds: the past, and what is written for it.
_IRREGULAR = dict(
    pair.split(":")
    for pair in """
    was:be were:be been:be is:be are:be am:be being:be has:have had:have having:have did:do does:do done:do went:go
    gone:go said:say made:make took:take taken:take came:come saw:see seen:see knew:know known:know got:get gotten:get
    gave:give given:give found:find thought:think told:tell became:become left:leave felt:feel brought:bring began:begin
    begun:begin kept:keep held:hold wrote:write written:write stood:stand heard:hear meant:mean met:meet ran:run
    paid:pay sat:sit spoke:speak spoken:speak led:lead grew:grow grown:grow lost:lose fell:fall fallen:fall sent:send
    built:build understood:understand drew:draw drawn:draw broke:break broken:break spent:spend rose:rise risen:rise
    drove:drive driven:drive bought:buy wore:wear worn:wear chose:choose chosen:choose sought:seek fought:fight
    sold:sell won:win caught:catch taught:teach flew:fly flown:fly shook:shake threw:throw thrown:throw struck:strike
    won't:will can't:can stolen:steal stole:steal withdrew:withdraw withdrawn:withdraw shot:shoot hid:hide hidden:hide
    men:man women:woman children:child people:person countries:country
    """.split()
)
_MARKUP = re.compile(r"[*_`#]+")
# What the parts of a name may be joined by.
_JOINS = frozenset({"of", "the", "de", "la", "von", "van", "der", "den", "du", "al", "bin", "ibn"})
# Written large without being a name.
_NO_NAMES = frozenset(
    """
    i mr mrs ms dr prof sir president presidents prime minister ministers secretary senator governor gov gen chancellor
    king queen prince princess pope chairman mayor professor general captain lord lady saint january february march
    april may june july august september october november december monday tuesday wednesday thursday friday saturday
    sunday jan feb mar apr jun jul aug sept sep oct nov dec bc ad ce bce am pm
    """.split()
)
_NOT = re.compile(
    r"\b(?:not|never|no|nor|none|nobody|nothing|neither|without|cannot|hardly|barely|lacks?|lacked|lacking|absent"
    r"|fail(?:s|ed|ing)?\s+to|refus(?:e|es|ed|ing)\s+to|declin(?:e|es|ed|ing)\s+to|unable\s+to|rul(?:e|es|ed|ing)\s+out"
    r"|den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|refut(?:e|es|ed|ing)|stop(?:s|ped)\s+short\s+of|far\s+from"
    r"|no\s+longer)\b|\b\w+n['’]t\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is written, lower case and as its stem, and where it stands: `text[start:end]`."""

    written: str
    lower: str
    stem: str
    start: int
    end: int


class Worded:
    """A text as its words, numbers, names and negations."""

    def __init__(self, text: str, words: list[Word], opening: Callable[[Word], bool]) -> None:
        self.text = text
        self.words = words
        self._opening = opening
        self.stems = frozenset(word.stem for word in words)

    @cached_property
    def amounts(self) -> list[Amount]:
        """Its numbers and dates."""
        return amounts(self.text)

    @cached_property
    def in_amounts(self) -> frozenset[int]:
        """The places of the words that are part of a number or date."""
        spans = [(one.start, one.end) for one in self.amounts]
        return frozenset(
            n for n, word in enumerate(self.words) if any(word.start < end and start < word.end for start, end in spans)
        )

    @cached_property
    def content(self) -> list[int]:
        """The places of the words that carry meaning."""
        return [n for n, word in enumerate(self.words) if word.lower not in STOP_WORDS and len(word.stem) > 1]

    @cached_property
    def names(self) -> list[tuple[int, ...]]:
        """The names, each as the places of its words.

        Whatever is written large, but the word that opens the text: that one is part of a name only where the name
        goes on, where it is written as no common word is ("U.S.", "OPEC", "McDonald"), or where it is a name elsewhere.
        """
        large = [n for n, word in enumerate(self.words) if self._is_large(n, word)]
        runs: list[list[int]] = []
        for n in large:
            if runs and self._joined(runs[-1][-1], n):
                runs[-1].append(n)
            else:
                runs.append([n])
        return [tuple(run) for run in runs if run != [0] or self._is_name(self.words[0])]

    @cached_property
    def bare(self) -> frozenset[str]:
        """The words as they are, lower case and without full stops."""
        return frozenset(word.lower.replace(".", "") for word in self.words)

    @cached_property
    def abbreviated(self) -> frozenset[str]:
        """What may be a name for short, lower case and without full stops: "ECB", "U.S."."""
        found = (word.lower.replace(".", "") for word in self.words if word.written.isupper())
        return frozenset(word for word in found if len(word) > 1)

    @cached_property
    def initials(self) -> frozenset[str]:
        """What its names of several words are called for short: "ecb" of "European Central Bank"."""
        found = (self.initials_of(run) for run in self.names)
        return frozenset(
            letters[first:last]
            for letters in found
            for first in range(len(letters))
            for last in range(first + 2, len(letters) + 1)
        )

    def initials_of(self, run: Sequence[int]) -> str:
        """Tell what a name is called for short, lower case."""
        return "".join(self.words[n].lower[0] for n in run) if len(run) > 1 else ""

    @cached_property
    def negations(self) -> list[tuple[int, int]]:
        """The words that say "not", each as its first and last character."""
        return [match.span() for match in _NOT.finditer(self.text)]

    def _is_large(self, n: int, word: Word) -> bool:
        if not word.written[0].isupper() or word.lower in _NO_NAMES or len(word.written) < 2:
            return False
        common = word.lower in STOP_WORDS and not (word.lower in ("us", "may") and word.written.isupper())
        return not common and n not in self.in_amounts

    def _joined(self, last: int, n: int) -> bool:
        """Say whether two large words are one name: nothing stands between them but "of", "the" and the like."""
        between = self.text[self.words[last].end : self.words[n].start]
        small = [word.lower for word in self.words[last + 1 : n]]
        return not set(between) & set(',;:()"“”') and all(word in _JOINS for word in small)

    def _is_name(self, word: Word) -> bool:
        return not word.written[1:].islower() or "." in word.written or self._opening(word)


class Wording:
    """Reads texts as `Worded`, each word stemmed once. One for each thread."""

    def __init__(self) -> None:
        self._stems = Stems()
        self._known: dict[str, str] = {}
        self._large: set[str] = set()
        self._small: set[str] = set()

    def is_name(self, word: Word) -> bool:
        """Say whether a word has been written large where no sentence opened, and never small."""
        return word.lower in self._large and word.stem not in self._small

    def is_new(self, word: Word) -> bool:
        """Say whether a word has not been read but where a sentence opened."""
        return word.lower not in self._large and word.stem not in self._small

    def name(self, word: Word) -> None:
        """Take a word for a name from now on."""
        self._large.add(word.lower)

    def read(self, text: str) -> Worded:
        """Read a text. Markdown's marks are passed over."""
        bare = _MARKUP.sub(lambda match: " " * len(match.group()), text)
        spans = word_spans(bare)
        lower = [word.replace("’", "'") for word, _, _ in spans]
        new = [word for word in dict.fromkeys(lower) if word not in self._known]
        forms = [
            _IRREGULAR.get(word, word).replace(".", "" if not any(map(str.isdigit, word)) else ".") for word in new
        ]
        self._known.update(zip(new, self._stems.of(forms), strict=True))
        found = [
            Word(bare[start:end], word, self._known[word], start, end)
            for word, (_, start, end) in zip(lower, spans, strict=True)
        ]
        self._large.update(word.lower for word in found[1:] if word.written[0].isupper())
        self._small.update(word.stem for word in found if word.written[0].islower())
        return Worded(bare, found, self.is_name)
