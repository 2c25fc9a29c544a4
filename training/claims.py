"""Claims with evidence, for the checker: true ones in other words, and false ones that differ in a word or two.

What is measured (`benchmarks/statements.jsonl`, `benchmarks/claims.py`) is not used, and neither are the rules that
alter claims there. A claim knows which of its characters are not borne out, where that is known: one word changed in a
copy is a small part of a claim, and a model that is told where it stands learns to compare word with word.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.sentences import Span, sentences
from training import forms
from training.alike import Alike
from training.data import Asked, Source

Label = Literal["supported", "contradicted", "not said"]
LABELS: tuple[Label, ...] = ("supported", "contradicted", "not said")


@dataclass(frozen=True, slots=True)
class ClaimPair:
    """A claim with one to three sentences of evidence under a header.

    `false` are the stretches of the claim that the evidence does not bear out; None where nobody knows which they are.
    """

    claim: str
    header: str
    evidence: str
    label: Label
    false: tuple[Span, ...] | None


_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?!\w)")
_COUNT = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|hundred)\b")
_NAME = re.compile(r"\b[A-Z][\w’'-]+(?: (?:of |the )?[A-Z][\w’'-]+)*")
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
    "before|after|during", "more than,over|less than,under,fewer than", "always,often,usually|never,rarely,seldom",
    "because of,due to|despite", "began,started,opened,launched|ended,stopped,closed,finished",
    "won,defeated,beat|lost to", "supported,backed,approved,accepted|opposed,rejected,refused,blocked",
    "first|second|third|last", "largest,biggest,highest|smallest,lowest", "north|south|east|west",
    "northern|southern|eastern|western", "former|current|future", "president|vice president",
    "minister|ambassador|adviser|spokesman", "chairman|director|founder", "father|brother|son",
    "mother|sister|daughter",
    "million|billion|thousand", "year|month|week|day|decade", "years|months|weeks|days|decades",
    "causes,caused|prevents,prevented",
)  # fmt: skip
_OTHERS = {
    word: [other for n, part in enumerate(parts) if n != number for other in part.split(",")]
    for parts in (line.split("|") for line in _LINES)
    for number, part in enumerate(parts)
    for word in part.split(",")
}
_LISTED = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, _OTHERS), key=len, reverse=True))})\b")


def of_sentences(source: Source, many: int, alike: Alike, rng: random.Random) -> Iterator[ClaimPair]:
    """Make claims of sentences of passages: true ones reworded, false ones with something exchanged, others' ones."""
    while many:
        number = rng.randrange(len(source.passages))
        text = source.passages[number]
        spans = [span for span in sentences(text) if 30 < span[1] - span[0] < 320]
        if not spans:
            continue
        at = rng.randrange(len(spans))
        start, end = spans[at]
        evidence = text[
            spans[max(0, at - rng.choice((0, 0, 1)))][0] : spans[min(len(spans) - 1, at + rng.choice((0, 0, 1)))][1]
        ]
        claim = _reworded(text[start:end], alike, rng)
        header = forms.header(source.titles[number], rng, 0.5)
        kind = rng.random()
        if kind < 0.38:
            yield ClaimPair(claim, header, evidence, "supported", ())
        elif kind < 0.88:
            near = source.passages[max(0, number - 4) : number + 5]
            altered = _altered(claim, About(evidence, " ".join(near), alike, rng))
            if altered is None:
                continue
            yield ClaimPair(altered[0], header, evidence, "contradicted", altered[1])
        else:
            other = source.passages[min(max(0, number + rng.choice((-2, -1, 1, 2))), len(source.passages) - 1)]
            said = [other[slice(*span)] for span in sentences(other) if 30 < span[1] - span[0] < 320]
            if not said or other == text:
                continue
            claim = rng.choice(said)
            yield ClaimPair(claim, header, evidence, "not said", None)
        many -= 1


def of_questions(source: Source, asked: Sequence[Asked], alike: Alike, rng: random.Random) -> Iterator[ClaimPair]:
    """Make claims of questions and answers: people wrote the questions in words of their own.

    "Who won the cup?" and "Ajax" is "Ajax won the cup."; other questions stand before their answer, as they do where
    a claim of a word or two is checked together with the question it answers.
    """
    for one in asked:
        if not one.golds:
            continue
        number = min(one.golds)
        text = source.passages[number]
        a, b = one.golds[number][0]
        spans = sentences(text)
        holding = next((n for n, (start, end) in enumerate(spans) if start <= a and b <= end), None)
        if holding is None:
            continue
        first, last = max(0, holding - rng.choice((0, 1, 1))), min(len(spans) - 1, holding + rng.choice((0, 0, 1)))
        evidence = text[spans[first][0] : spans[last][1]]
        answer = text[a:b]
        false = rng.random() < 0.55
        if false:
            others = [*_kin(answer, source.passages[max(0, number - 3) : number + 4])]
            others = [other for other in others if other.lower() not in evidence.lower()] or [
                other for other in _kin(answer, [evidence]) if other.lower() != answer.lower()
            ]
            like = alike.of_kind(answer, others)
            if not like:
                continue
            answer = rng.choice(like)
        claim, place = _stated(one.question, answer)
        header = forms.header(source.titles[number], rng, 0.5)
        yield ClaimPair(claim, header, evidence, "contradicted" if false else "supported", (place,) if false else ())


def of_pairs(file: Path) -> Iterator[ClaimPair]:
    """Read pairs that people wrote and judged."""
    labels: dict[str, Label] = {
        "entailment": "supported",
        "contradiction": "contradicted",
        "neutral": "not said",
        "partial": "not said",
    }
    for line in gzip.decompress(file.read_bytes()).decode("utf-8").splitlines():
        item = json.loads(line)
        label = labels[item["label"]]
        yield ClaimPair(item["claim"], "", item["premise"], label, () if label == "supported" else None)


def _stated(question: str, answer: str) -> tuple[str, Span]:
    found = re.match(
        r"(?:Who|What|Which(?: \w+){1,2}?) (?=(?!did|does|do|is|are|was|were|has|have|had|can|will|would)\w+)", question
    )
    rest = question.rstrip("?. ")
    if found:
        start = answer[:1].upper() + answer[1:]
        return f"{start} {rest[found.end() :]}.", (0, len(start))
    return f"{rest}? {answer}.", (len(rest) + 2, len(rest) + 2 + len(answer))


def _kin(answer: str, texts: Sequence[str]) -> list[str]:
    """List what could stand in an answer's place: numbers for a number, names for a name."""
    pattern = _NUMBER if _NUMBER.search(answer) else _NAME if answer[:1].isupper() else None
    if pattern is None:
        return []
    found = dict.fromkeys(match[0] for text in texts for match in pattern.finditer(text))
    if pattern is _NUMBER:
        number = _NUMBER.search(answer)
        assert number
        return [
            answer.replace(number[0], other) for other in found if len(other) == len(number[0]) and other != number[0]
        ]
    return [name for name in found if name.lower() not in answer.lower()]


def _reworded(sentence: str, alike: Alike, rng: random.Random) -> str:
    """Say a sentence in other words: those that mean much the same, without an insertion, in another order."""
    share = rng.choice((0.0, 0.0, 0.25, 0.5, 0.7))

    def other(found: re.Match[str]) -> str:
        near = alike.near(found[0]) if found[0] not in _OTHERS and rng.random() < share else ()
        return rng.choice(near[:3]) if near else found[0]

    said = re.sub(r"(?<![\w’'-])[a-z]{4,}(?![\w’'-])", other, sentence)
    if rng.random() < 0.3:
        said = re.sub(r" \([^()]*\)|, (?:which|who) [^,]{5,60},", "", said, count=1)
    if rng.random() < 0.25 and (
        found := re.match(r"((?:In|On|At|After|Before|During|By|Since) [^,]{3,50}), (.+?)([.!?]?)$", said)
    ):
        first = found[1][0].lower() + found[1][1:]
        said = f"{found[2][0].upper()}{found[2][1:]} {first}{found[3] or '.'}"
    if rng.random() < 0.25:
        # The first of two clauses alone.
        short = re.sub(r"[,;] (?:and|but|while|which|where|although) .*$", ".", said)
        said = short if len(short) > 30 else said
    return said


@dataclass(frozen=True, slots=True)
class About:
    """What an alteration may draw on: the evidence, what stands `near` it, words that are alike, and chance."""

    evidence: str
    near: str
    alike: Alike
    rng: random.Random


Altered = tuple[str, tuple[Span, ...]] | None
"""A claim, and which stretches of it are false now."""


def _altered(claim: str, about: About) -> Altered:
    ways = [_number, _number, _name, _name, _time, _listed, _listed, _negated, _swapped]
    about.rng.shuffle(ways)
    return next((found for way in ways if (found := way(claim, about))), None)


def _put(claim: str, span: Span, new: str) -> Altered:
    start, end = span
    return claim[:start] + new + claim[end:], ((start, start + len(new)),)


def _number(claim: str, about: About) -> Altered:
    found = [*_NUMBER.finditer(claim), *_COUNT.finditer(claim)]
    if not found:
        return None
    one = about.rng.choice(found)
    if one[0].isalpha():
        new = about.rng.choice("two three four five six seven eight nine ten eleven twelve twenty thirty".split())
    elif one[0].isdigit() and len(one[0]) == 4 and one[0][0] in "12":
        new = str(int(one[0]) + about.rng.choice((-1, 1)) * about.rng.choice((1, 1, 2, 3, 5, 10, 20)))
    else:
        others = [m[0] for m in _NUMBER.finditer(f"{about.evidence} {about.near}") if m[0] != one[0]]
        digits = [n for n, letter in enumerate(one[0]) if letter.isdigit()]
        at = about.rng.choice(digits)
        changed = one[0][:at] + about.rng.choice([d for d in "123456789" if d != one[0][at]]) + one[0][at + 1 :]
        new = about.rng.choice(others) if others and about.rng.random() < 0.5 else changed
    return _put(claim, one.span(), new) if new != one[0] else None


def _name(claim: str, about: About) -> Altered:
    found = [m for m in _NAME.finditer(claim) if m.start() > 0 or len(m[0].split()) > 1]
    if not found:
        return None
    one = about.rng.choice(found)
    others = list(
        dict.fromkeys(m[0] for m in _NAME.finditer(about.near if about.rng.random() < 0.6 else about.evidence))
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
    return _put(claim, one.span(), about.rng.choice(_OTHERS[one[0]]))


def _negated(claim: str, _about: About) -> Altered:
    if found := _NOT.search(claim):
        rest = claim[: found.start()] + claim[found.end() :]
        return rest, ((max(0, found.start() - 6), min(len(rest), found.start() + 8)),)
    if found := _AUXILIARY.search(claim):
        return claim[: found.end()] + " not" + claim[found.end() :], ((found.end(), found.end() + 4),)
    return None


def _swapped(claim: str, about: About) -> Altered:
    found = [m for m in _NAME.finditer(claim) if m[0].split()[0] not in _OPENINGS]
    if len(found) < 2:
        return None
    one, other = sorted(about.rng.sample(found, 2), key=lambda m: m.start())
    if one[0] == other[0] or re.search(r"^\W*(?:and|or|,)\W*$", claim[one.end() : other.start()]):
        return None
    said = claim[: one.start()] + other[0] + claim[one.end() : other.start()] + one[0] + claim[other.end() :]
    shift = len(other[0]) - len(one[0])
    second = (other.start() + shift, other.start() + shift + len(one[0]))
    return said, ((one.start(), one.start() + len(other[0])), second)


_OPENINGS = frozenset(
    "The A An In On At It He She They This That These Those After Before When While As But And For By".split()
)
