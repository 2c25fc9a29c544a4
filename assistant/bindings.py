"""Whether the names and numbers of a claim stand where those of its quotes do.

Each has words it stands by. "3 killed, 17 wounded" and "17 killed, 3 wounded" have the same words, but 3 stands by
"killed" in one and by "wounded" in the other; and who stands before "sanctioned" is not who stands behind it.
Comparing words alone, or vectors, sees neither (McCoy, Pavlick & Linzen, "Right for the Wrong Reasons", 2019).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.changes import Change, changes
from assistant.opposites import OPPOSITES
from assistant.roles import changed_roles, untold
from assistant.worded import Worded

# How many words that carry meaning a name or number is known by, to each side; the nearest counts most.
_REACH = 4
# How much better the surroundings of another must fit than its own for a name or number to be out of place.
_MARGIN = 0.25
# ... and at least how well they must fit.
_LEAST_FIT = 0.4
# How near a word must come to something in the quote that it has taken another word's place in.
_LEAST_NEAR = 0.15
_ANCHORED = 6
_STRAY = 0.1
_OPPOSED = 0.05
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_PASSIVE = re.compile(r"\b(?:was|were|is|are|been|being|be|got|gets)\b(?:\W+\w+){1,4}?\W+by\b", re.I)

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
        if not self.said & other.said:
            return self.kind == other.kind == "name" and (self._is_short_for(other) or other._is_short_for(self))
        return self.kind == other.kind or "name" not in (self.kind, other.kind)

    def rivals(self, other: "Slot") -> bool:
        """Say whether another could stand in this one's place: of the same kind, and not the same."""
        kinds = {self.kind, other.kind}
        return (len(kinds) == 1 or kinds == {"year", "number"}) and not self.same(other)

    def _is_short_for(self, other: "Slot") -> bool:
        letters = "".join(word[0] for word in re.findall(r"\w+", other.written) if word[0].isupper())
        return len(letters) > 1 and re.sub(r"\W", "", self.written).lower() == letters.lower()


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
    # What stands in brackets is by the way: "the User Datagram Protocol (UDP) is" stands by "is".
    inside = _bracketed(sentence)
    near = [n for n in sentence.content if n not in inside or first in inside]
    before = [n for n in near if n < first][-_REACH:]
    behind = [n for n in near if n > last][:_REACH]
    found: Surroundings = {}
    for side, places in (("<", reversed(before)), (">", behind)):
        for distance, n in enumerate(places, 1):
            key = side, sentence.words[n].stem
            found[key] = max(found.get(key, 0.0), 1 / distance)
    return found


def _bracketed(sentence: Worded) -> set[int]:
    spans = [match.span() for match in _BRACKETS.finditer(sentence.text)]
    return {n for n, word in enumerate(sentence.words) if any(start < word.start < end for start, end in spans)}


def out_of_place(claim: Worded, quotes: Sequence[Worded], covers: Sequence[Mapping[int, float]]) -> list[str]:
    """Find words of a claim that stand, in its quotes, by other words than in the claim, or in others' places.

    `covers` says for each quote how near it comes to each word of the claim that carries meaning (place to 0 to 1).
    """
    mine = slots(claim)
    theirs = [slots(quote) for quote in quotes]
    found: list[str] = []
    for quote, its, near in zip(quotes, theirs, covers, strict=True):
        for change in changes(claim, quote):
            found += _put_in(claim, mine, its, change)
            found += _borrowed(claim, quote, near, change)
    for n, slot in enumerate(mine):
        for partner in mine[n + 1 :]:
            listed = _side_by_side(claim, slot, partner)
            if slot.rivals(partner) and not listed and _swapped(claim, slot, partner, quotes, theirs):
                found += [slot.written, partner.written]
        if _replaced(slot, mine, quotes, theirs) or (n > 0 and _is_stray(slot, theirs)):
            found.append(slot.written)
    return list(
        dict.fromkeys([*found, *_opposed(claim, quotes), *changed_roles(claim, quotes), *untold(claim, quotes)])
    )


def _put_in(claim: Worded, mine: Sequence[Slot], its: Sequence[Slot], change: Change) -> Iterator[str]:
    """Find the names and numbers of a claim that have taken the place of others."""
    new = [slot for slot in mine if change.first <= slot.places[0] and slot.places[-1] < change.last]
    old = [slot for slot in its if change.start <= slot.places[0] and slot.places[-1] < change.end]
    listed = [one for one in mine if any(one is slot or _side_by_side(claim, one, slot) for slot in new)]
    left = [slot for slot in old if not any(slot.same(one) for one in listed)]
    for slot in new:
        if any(slot.rivals(one) for one in left) and not any(slot.same(one) for one in old):
            yield slot.written


def _borrowed(claim: Worded, quote: Worded, near: Mapping[int, float], change: Change) -> Iterator[str]:
    """Find other words that have taken the place of words they are far from, or say the opposite of."""
    old = {word.lower for word in quote.words[change.start : change.end]}
    carries = any(change.start <= n < change.end for n in quote.content)
    for n in range(change.first, change.last):
        word = claim.words[n]
        far = change.anchored >= _ANCHORED and carries and near.get(n, 1.0) < _LEAST_NEAR
        if far or OPPOSITES.get(word.lower, frozenset()) & old:
            yield word.written


def _opposed(claim: Worded, quotes: Sequence[Worded]) -> Iterator[str]:
    """Find words of a claim whose opposite stands, in a quote, by what they stand by."""
    for n, word in enumerate(claim.words):
        if not (against := OPPOSITES.get(word.lower)):
            continue
        mine = _around(claim, n, n)
        own, other = 0.0, 0.0
        for quote in quotes:
            for k, there in enumerate(quote.words):
                if there.lower == word.lower or there.lower in against:
                    fit = _fit(mine, _around(quote, k, k), sided=False, without=frozenset())
                    own = max(own, fit) if there.lower == word.lower else own
                    other = max(other, fit) if there.lower in against else other
        if other > own + _OPPOSED:
            yield word.written


def _is_stray(slot: Slot, theirs: Sequence[Sequence[Slot]]) -> bool:
    """Say whether nothing of what a name or number stands by in a claim is near it in any quote but the first."""
    own = [[one for one in its if slot.same(one)] for its in theirs]
    if not any(own) or own[0]:
        return False
    without = frozenset[str]()
    return all(_fit(slot.around, one.around, sided=False, without=without) < _STRAY for its in own for one in its)


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
    claim: Worded, slot: Slot, partner: Slot, quotes: Sequence[Worded], theirs: Sequence[Sequence[Slot]]
) -> bool:
    """Say whether two names or numbers of a claim have changed places in the sentences that have both."""
    sided = slot.kind == "name"
    without = slot.said | partner.said if sided else frozenset[str]()
    straight, crossed = 0.0, 0.0
    for quote, its in zip(quotes, theirs, strict=True):
        for one in (one for one in its if slot.same(one)):
            for other in (other for other in its if partner.same(other) and not slot.same(other)):
                if _side_by_side(quote, one, other):
                    return False
                flip = sided and _is_passive(claim, slot, partner) != _is_passive(quote, one, other)

                def fit(a: Slot, b: Slot, turn: bool = flip) -> float:
                    return _fit(a.around, b.around, sided=sided, flip=turn, without=without)

                straight = max(straight, fit(slot, one) + fit(partner, other))
                crossed = max(crossed, fit(slot, other) + fit(partner, one))
    return crossed > straight + _MARGIN


def _side_by_side(sentence: Worded, one: Slot, other: Slot) -> bool:
    """Say whether two names or numbers stand in one list: "Rosneft and Lukoil" is "Lukoil and Rosneft"."""
    first, second = sorted((one.places, other.places))
    between = [sentence.words[n] for n in range(first[-1] + 1, second[0])]
    small = all(word.lower in ("and", "or", "the") or word.written[0].isupper() for word in between)
    marks = set(_between(sentence, one, other)) & set(",&")
    return small and bool(marks or any(word.lower in ("and", "or") for word in between))


def _is_passive(sentence: Worded, one: Slot, other: Slot) -> bool:
    return bool(_PASSIVE.search(_between(sentence, one, other)))


def _replaced(slot: Slot, mine: Sequence[Slot], quotes: Sequence[Worded], theirs: Sequence[Sequence[Slot]]) -> bool:
    """Say whether a name or number of a claim stands where the quotes have another one that the claim does not name."""
    sided = slot.kind == "name"
    own = [one for its in theirs for one in its if slot.same(one)]

    def fit(one: Slot, without: frozenset[str], flip: bool = False) -> float:
        return _fit(slot.around, one.around, sided=sided, flip=flip, without=without)

    for quote, its in zip(quotes, theirs, strict=True):
        for other in its:
            if not slot.rivals(other) or any(other.same(known) for known in mine):
                continue
            if any(one.same(slot) and _side_by_side(quote, one, other) for one in its):
                continue
            without = slot.said | other.said if sided else frozenset[str]()
            # Whoever stands before a verb stands behind it in the passive.
            best = max((fit(one, without, flip) for one in own for flip in (False, sided)), default=0.0)
            if fit(other, without) > max(best + _MARGIN, _LEAST_FIT):
                return True
    return False
