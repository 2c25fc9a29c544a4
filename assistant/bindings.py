"""Whether the names and numbers of a claim stand where those of its quotes do.

Each has words it stands by. "3 killed, 17 wounded" and "17 killed, 3 wounded" have the same words, but 3 stands by
"killed" in one and by "wounded" in the other; and who stands before "sanctioned" is not who stands behind it.
Comparing words alone, or vectors, sees neither (McCoy, Pavlick & Linzen, "Right for the Wrong Reasons", 2019).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.worded import Worded

# How many words that carry meaning a name or number is known by, to each side; the nearest counts most.
_REACH = 4
# How much better the surroundings of another must fit than its own for a name or number to be out of place.
_MARGIN = 0.25
_PASSIVE = re.compile(
    r"\b(?:was|were|is|are|been|being|be|got|gets)\b(?:\W+\w+){0,2}?\W+\w+(?:ed|en|wn|ne|t|de|ld|nd|ng|me|id)\b.*\bby\b",
    re.I,
)
# How far from a verb, in words, somebody who does it or to whom it is done is looked for.
_ROLE_REACH = 8
_IS = frozenset("be was were is are been being get got gets".split())

Surroundings = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Slot:
    """A name or number in a sentence: its places among the words, what it says, its kind, and its surroundings.

    Surroundings are the stems it stands by, each with the side ("<" before, ">" behind) and a weight.
    """

    places: tuple[int, ...]
    said: frozenset[str]
    kind: str
    written: str
    around: Surroundings

    def same(self, other: "Slot") -> bool:
        """Say whether two are the same name or number; of a name, one word is enough."""
        return self.kind == other.kind and bool(self.said & other.said)


def slots(sentence: Worded) -> list[Slot]:
    """Find the names and numbers of a sentence."""
    return list(_slots(sentence))


def _slots(sentence: Worded) -> Iterator[Slot]:
    words = sentence.words
    for run in sentence.names:
        said = frozenset(words[n].stem for n in run)
        written = sentence.text[words[run[0]].start : words[run[-1]].end]
        yield Slot(run, said, "name", written, _around(sentence, run[0], run[-1]))
    for amount in sentence.amounts:
        places = tuple(n for n, word in enumerate(words) if word.start < amount.end and amount.start < word.end)
        if places and not amount.weak:
            written = sentence.text[amount.start : amount.end]
            around = _around(sentence, places[0], places[-1])
            yield Slot(places, amount.forms, amount.kind, written, around)


def _around(sentence: Worded, first: int, last: int) -> Surroundings:
    before = [n for n in sentence.content if n < first][-_REACH:]
    behind = [n for n in sentence.content if n > last][:_REACH]
    found: Surroundings = {}
    for side, places in (("<", reversed(before)), (">", behind)):
        for distance, n in enumerate(places, 1):
            key = side, sentence.words[n].stem
            found[key] = max(found.get(key, 0.0), 1 / distance)
    return found


def out_of_place(claim: Worded, quotes: Sequence[Worded]) -> list[str]:
    """Find names and numbers of a claim that stand, in its quotes, by other words than in the claim."""
    found: list[str] = []
    mine = slots(claim)
    theirs = [(quote, slots(quote)) for quote in quotes]
    for n, slot in enumerate(mine):
        for quote, others in theirs:
            own = [one for one in others if slot.same(one)]
            for other in others:
                if other.kind != slot.kind or slot.same(other) or not other.around:
                    continue
                partners = [one for one in mine[n + 1 :] if one.same(other)]
                if any(_swapped(claim, slot, partner, quote, own, others) for partner in partners):
                    found += [slot.written, partners[0].written]
                elif not any(one.same(other) for one in mine) and _replaced(claim, slot, other, theirs, quote):
                    found.append(slot.written)
    return list(dict.fromkeys([*found, *_changed_roles(claim, quotes)]))


def _fit(mine: Surroundings, its: Surroundings, *, sided: bool, flip: bool = False, without: frozenset[str]) -> float:
    """Tell how much of what one stands by the other stands by, too: 0 to 1."""

    def keyed(one: Surroundings, turn: bool) -> Surroundings:
        kept: Surroundings = {}
        for (side, stem), weight in one.items():
            if stem not in without:
                label = ("><"["<>".index(side)] if turn else side) if sided else ""
                kept[label, stem] = max(kept.get((label, stem), 0.0), weight)
        return kept

    left, right = keyed(mine, flip), keyed(its, False)
    whole = sum(left.values())
    return sum(min(weight, right.get(key, 0.0)) for key, weight in left.items()) / whole if whole else 0.0


def _between(sentence: Worded, one: Slot, other: Slot) -> str:
    first, second = sorted((one.places, other.places))
    return sentence.text[sentence.words[first[-1]].end : sentence.words[second[0]].start]


def _swapped(
    claim: Worded, slot: Slot, partner: Slot, quote: Worded, own: Sequence[Slot], others: Sequence[Slot]
) -> bool:
    """Say whether two names or numbers of a claim have changed places in a sentence that has both."""
    without = frozenset() if slot.kind != "name" else slot.said | partner.said
    sided = slot.kind == "name"
    verdicts = []
    for mine in own:
        for its in (one for one in others if partner.same(one) and not slot.same(one)):
            flip = sided and _is_passive(claim, slot, partner) != _is_passive(quote, mine, its)

            def fit(a: Slot, b: Slot, turn: bool = flip) -> float:
                return _fit(a.around, b.around, sided=sided, flip=turn, without=without)

            straight = fit(slot, mine) + fit(partner, its)
            crossed = fit(slot, its) + fit(partner, mine)
            verdicts.append(crossed > straight + _MARGIN)
    return bool(verdicts) and all(verdicts)


def _is_passive(sentence: Worded, one: Slot, other: Slot) -> bool:
    return bool(_PASSIVE.search(_between(sentence, one, other)))


def _replaced(
    claim: Worded, slot: Slot, other: Slot, theirs: Sequence[tuple[Worded, list[Slot]]], quote: Worded
) -> bool:
    """Say whether a name or number of a claim stands where the quote has another one that the claim does not name."""
    del claim, quote
    sided = slot.kind == "name"
    without = slot.said | other.said if sided else frozenset()

    def fit(one: Slot) -> float:
        return _fit(slot.around, one.around, sided=sided, without=without)

    own = max((fit(one) for _, found in theirs for one in found if slot.same(one)), default=0.0)
    return fit(other) > max(own + _MARGIN, 0.5)


def _changed_roles(claim: Worded, quotes: Sequence[Worded]) -> list[str]:
    """Find two names of a claim, a verb between them, that have each other's part in the quotes."""
    for first, second in pairwise(claim.names):
        verbs = [n for n in claim.content if first[-1] < n < second[0] and n not in claim.in_amounts]
        if not 1 <= len(verbs) <= 3:
            continue
        for n in verbs:
            stem = claim.words[n].stem
            parts = [
                (_parts(claim, run, stem), [part for quote in quotes for part in _parts_of(claim, run, quote, stem)])
                for run in (first, second)
            ]
            if all(mine and its and not mine & set(its) for mine, its in parts):
                return [claim.text[claim.words[run[0]].start : claim.words[run[-1]].end] for run in (first, second)]
    return []


def _parts_of(claim: Worded, run: Sequence[int], quote: Worded, stem: str) -> Iterator[str]:
    said = {claim.words[n].stem for n in run}
    for other in quote.names:
        if said & {quote.words[n].stem for n in other}:
            yield from _parts(quote, other, stem)


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
