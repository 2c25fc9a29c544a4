"""One thing in a claim exchanged, so that it is false: a number, a name, a day, a direction, a "not", who did what.

None of the rules that alter claims for measuring (`benchmarks/alterations.py`) is used.
"""

import random
import re
from dataclasses import dataclass

from index.text.sentences import Span
from training.alike import Alike

NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?!\w)")
_COUNT = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|hundred)\b")
NAME = re.compile(r"\b[A-Z][\w’'-]+(?: (?:of |the )?[A-Z][\w’'-]+)*")
_TIME = re.compile(
    r"\b(?:January|February|March|April|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday"
    r"|Thursday|Friday|Saturday|Sunday)\b"
)
_AUXILIARY = re.compile(r"\b(?:was|were|is|are|has|have|had|will|would|can|could|may|should|did|does)\b(?! not|n['’]t)")
_NOT = re.compile(r"\b(?:not|never|no longer)\s")
# Words that say how sure, how many, how or in which direction: another of the same line makes another claim.
_LINES = (
    "may,might,could|will,must", "some,many|most|all|few|none of the",
    "expected,planned,proposed|confirmed,agreed,decided", "said,says,announced|denied,denies",
    "rose,increased,grew,climbed,gained|fell,declined,dropped,shrank,lost",
    "rise,increase,growth,gain|fall,decline,drop,loss,cut",
    "raised,raise,raises,lifted|lowered,lower,lowers,cut,reduced",
    "before|after|during", "early,earlier|late,later", "when|before|after",
    "more than,over|less than,under,fewer than", "always,often,usually|never,rarely,seldom",
    "because of,due to|despite", "began,started,opened,launched|ended,stopped,closed,finished",
    "won,defeated,beat|lost to", "supported,backed,approved,accepted|opposed,rejected,refused,blocked",
    "first|second|third|last", "largest,biggest,highest|smallest,lowest", "north|south|east|west",
    "northern|southern|eastern|western", "former|current|future", "president|vice president",
    "minister|ambassador|adviser|spokesman", "chairman|director|founder", "father|brother|son",
    "mother|sister|daughter",
    "million|billion|thousand", "year|month|week|day|decade", "years|months|weeks|days|decades",
    "causes,caused|prevents,prevented",
)  # fmt: skip
OTHERS = {
    word: [other for n, part in enumerate(parts) if n != number for other in part.split(",")]
    for parts in (line.split("|") for line in _LINES)
    for number, part in enumerate(parts)
    for word in part.split(",")
}
_LISTED = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, OTHERS), key=len, reverse=True))})\b")


@dataclass(frozen=True, slots=True)
class About:
    """What an alteration may draw on: the evidence, what stands `near` it, words that are alike, and chance."""

    evidence: str
    near: str
    alike: Alike
    rng: random.Random


Altered = tuple[str, tuple[Span, ...]] | None
"""A claim, and which stretches of it are false now."""


def altered(claim: str, about: About) -> Altered:
    """Exchange one thing in a claim; None where it has nothing to exchange."""
    ways = [_number, _number, _name, _name, _time, _listed, _listed, _negated, _swapped]
    about.rng.shuffle(ways)
    return next((found for way in ways if (found := way(claim, about))), None)


def _put(claim: str, span: Span, new: str) -> Altered:
    start, end = span
    return claim[:start] + new + claim[end:], ((start, start + len(new)),)


def _number(claim: str, about: About) -> Altered:
    found = [*NUMBER.finditer(claim), *_COUNT.finditer(claim)]
    if not found:
        return None
    one = about.rng.choice(found)
    if one[0].isalpha():
        new = about.rng.choice("two three four five six seven eight nine ten eleven twelve twenty thirty".split())
    elif one[0].isdigit() and len(one[0]) == 4 and one[0][0] in "12":
        new = str(int(one[0]) + about.rng.choice((-1, 1)) * about.rng.choice((1, 1, 2, 3, 5, 10, 20)))
    else:
        others = [m[0] for m in NUMBER.finditer(f"{about.evidence} {about.near}") if m[0] != one[0]]
        digits = [n for n, letter in enumerate(one[0]) if letter.isdigit()]
        at = about.rng.choice(digits)
        changed = one[0][:at] + about.rng.choice([d for d in "123456789" if d != one[0][at]]) + one[0][at + 1 :]
        new = about.rng.choice(others) if others and about.rng.random() < 0.5 else changed
    return _put(claim, one.span(), new) if new != one[0] else None


def _name(claim: str, about: About) -> Altered:
    found = [m for m in NAME.finditer(claim) if m.start() > 0 or len(m[0].split()) > 1]
    if not found:
        return None
    one = about.rng.choice(found)
    others = list(
        dict.fromkeys(m[0] for m in NAME.finditer(about.near if about.rng.random() < 0.6 else about.evidence))
    )
    like = about.alike.of_kind(one[0], [other for other in others if other not in one[0] and one[0] not in other])
    return _put(claim, one.span(), about.rng.choice(like)) if like else None


def _time(claim: str, about: About) -> Altered:
    found = list(_TIME.finditer(claim))
    if not found:
        return None
    one = about.rng.choice(found)
    days = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
    months = "January February March April June July August September October November December".split()
    return _put(claim, one.span(), about.rng.choice([d for d in (days if one[0] in days else months) if d != one[0]]))


def _listed(claim: str, about: About) -> Altered:
    found = list(_LISTED.finditer(claim))
    if not found:
        return None
    one = about.rng.choice(found)
    return _put(claim, one.span(), about.rng.choice(OTHERS[one[0]]))


def _negated(claim: str, _about: About) -> Altered:
    if found := _NOT.search(claim):
        rest = claim[: found.start()] + claim[found.end() :]
        return rest, ((max(0, found.start() - 6), min(len(rest), found.start() + 8)),)
    if found := _AUXILIARY.search(claim):
        return claim[: found.end()] + " not" + claim[found.end() :], ((found.end(), found.end() + 4),)
    return None


def _swapped(claim: str, about: About) -> Altered:
    found = [m for m in NAME.finditer(claim) if m[0].split()[0] not in _OPENINGS]
    if len(found) < 2:
        return None
    one, other = sorted(about.rng.sample(found, 2), key=lambda m: m.start())
    between = NAME.sub("", claim[one.end() : other.start()])
    if one[0] == other[0] or re.search(r"^[\W_]*(?:(?:and|or)\b[\W_]*)*$", between):
        return None  # Of a list the order says nothing.
    said = claim[: one.start()] + other[0] + claim[one.end() : other.start()] + one[0] + claim[other.end() :]
    shift = len(other[0]) - len(one[0])
    second = (other.start() + shift, other.start() + shift + len(one[0]))
    return said, ((one.start(), one.start() + len(other[0])), second)


_OPENINGS = frozenset(
    "The A An In On At It He She They This That These Those After Before When While As But And For By".split()
)
