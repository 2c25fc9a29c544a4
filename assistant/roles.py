"""Who does what to whom in a claim, and in its quotes, as far as the order of words tells.

"Lukoil sanctioned the United States" has the words of "the United States sanctioned Lukoil" and the opposite meaning.
There is no parser here: a name before a verb does it, one behind it has it done to it; the passive turns that round.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.worded import Worded

# How far from a verb, in words, somebody who does it or to whom it is done is looked for.
_ROLE_REACH = 8
_IS = frozenset("be was were is are been being get got gets".split())
# Two names with at most so many words between them, of which so many carry meaning, are what a verb joins.
_NEAR_NAMES = 3
_MOST_VERBS = 2


def changed_roles(claim: Worded, quotes: Sequence[Worded]) -> list[str]:
    """Find two names of a claim, a verb between them, that have each other's part in the quotes."""
    for first, second in pairwise(claim.names):
        verbs = [n for n in claim.content if first[-1] < n < second[0] and n not in claim.in_amounts]
        if not 1 <= len(verbs) <= 3:
            continue
        for n in verbs:
            stem = claim.words[n].stem
            parts = [
                (_parts(claim, run, stem), set[str]().union(*(_parts_of(claim, run, quote, stem) for quote in quotes)))
                for run in (first, second)
            ]
            if all(mine and its and not mine & its for mine, its in parts):
                return [claim.text[claim.words[run[0]].start : claim.words[run[-1]].end] for run in (first, second)]
    return []


def untold(claim: Worded, quotes: Sequence[Worded]) -> Iterator[str]:
    """Find what a claim says one name does to the next, where no quote has a form of that word near either.

    Who did it to whom cannot be told then: "Lukoil, which Washington hit" is near "Lukoil sanctioned Washington", too.
    """
    for first, second in pairwise(claim.names):
        between = range(first[-1] + 1, second[0])
        verbs = [n for n in between if n in claim.content and n not in claim.in_amounts]
        apart = set(claim.text[claim.words[first[-1]].end : claim.words[second[0]].start]) & set(",;:()")
        if apart or not 1 <= len(verbs) <= _MOST_VERBS or len(between) > _NEAR_NAMES:
            continue
        stems = [claim.words[n].stem for n in verbs]
        if not any(_parts_of(claim, run, quote, stem) for run in (first, second) for quote in quotes for stem in stems):
            yield from (claim.words[n].written for n in verbs)


def _parts_of(claim: Worded, run: Sequence[int], quote: Worded, stem: str) -> set[str]:
    """Tell what part a name of a claim has, in a quote, in what a stem says."""
    said, short = {claim.words[n].stem for n in run}, claim.initials_of(run)
    found: set[str] = set()
    for other in quote.names:
        written = {quote.words[n].stem for n in other}
        if said & written or short in written or (quote.initials_of(other) or None) in said:
            found |= _parts(quote, other, stem)
    return found


def _parts(sentence: Worded, run: Sequence[int], stem: str) -> set[str]:
    """Tell whether a name does what a stem says ("agent") or has it done to it ("patient"), as far as order tells."""
    found = set()
    for n, word in enumerate(sentence.words):
        if word.stem != stem or n in run:
            continue
        passive = any(other.lower in _IS for other in sentence.words[max(0, n - 2) : n])
        if 0 < n - run[-1] <= _ROLE_REACH:
            found.add("patient" if passive else "agent")
        elif 0 < run[0] - n <= _ROLE_REACH:
            by = any(other.lower == "by" for other in sentence.words[n + 1 : run[0]])
            found.add("agent" if by else "patient")
    return found
