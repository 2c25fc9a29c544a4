"""Questions that a sentence answers, made by turning it round.

"The ban was lifted in May." gives "When was the ban lifted?". There is no parser: a rule applies where the form of a
sentence leaves little doubt of what its parts are, and most sentences give nothing.
"""

import re
from collections.abc import Iterator

from assistant.language.lexicon import MONTH, SAID
from assistant.language.names import is_person, names_in

_MAX_WORDS = 14
_ROLE = re.compile(r",\s+(?:the|a|an|who\s+(?:is|was))\s+(?!first|last|only|most)[a-z]")
_PAST = (
    r"(?:[a-z]{3,}ed|led|won|wrote|made|built|took|gave|bought|sold|found|left|became|began|held|broke|ran|drew|chose|paid"
    r"|sent|set|met|lost|cut|put|brought|drove|fought|taught|spent|struck|threw|flew|shot)"
)
_DONE = (
    r"(?:[a-z]{3,}ed|built|made|held|sold|bought|found|sent|lost|won|written|taken|given|shown|known|seen|drawn|chosen"
    r"|paid|set|cut|put|brought|driven|taught|spent|struck|thrown|shot|stolen|broken|begun|born|hidden|kept|left|told)"
)
_IS = r"(?:was|were|is|are)"
# Who or what a sentence is about: few words, no clause, and none that points back.
_SUBJECT = (
    r"(?!(?:It|He|She|They|We|I|You|This|That|These|Those|There|Here|His|Her|Its|Their|Our|My|Both|Such|Others?|Some|Many"
    r"|Most|All|None|One|What|Which|Who|When|While|After|Before|If|As|In|On|At|By|For|From|With|But|And|So|Or|Yet|Not|No"
    r")\b)(?P<subject>[A-Z][^\s,;:()“”\"]*(?:\s(?!that\b|which\b|who\b|whose\b|said\b|and\b|but\b)[^\s,;:()“”\"]+){0,7}?)"
)
_DATE = rf"(?:(?:late|early|mid)\s+)?(?:\d{{1,2}}\s+)?(?:{MONTH}(?:\s+\d{{1,2}}(?!\d))?(?:,?\s+\d{{4}})?|\d{{4}})"
_DATED = re.compile(rf"^{_SUBJECT}\s(?P<be>{_IS})\s(?P<done>{_DONE})(?P<rest>[^,;:]*?)\s(?:in|on)\s{_DATE}\.?$")
_DONE_BY = re.compile(rf"^{_SUBJECT}\s(?P<be>{_IS})\s(?P<done>[a-z]{{3,}}ed)\sby\s(?P<by>[^,;.]+)")
_BECAUSE = re.compile(
    rf"^{_SUBJECT}\s(?P<be>{_IS}|will|can|could|has|have|had|would)\s(?P<rest>[^,;:]+?),?\s"
    r"(?:because|due to|owing to|as a result of|thanks to)\s"
)
_COSTS = re.compile(rf"^{_SUBJECT}\s(?P<does>costs?)\s(?:about\s|around\s|up to\s)?(?:[$€£¥]|[A-Z]{{3}}\s)?\d")
_MEASURED = re.compile(
    rf"^{_SUBJECT}\s(?P<be>{_IS})\s(?:about\s|around\s|nearly\s)?[\d.,]+\s[a-z]+\s(?P<how>long|tall|high|wide|deep|old)\b"
)
_DID = re.compile(rf"^\s+(?P<did>{_PAST}\s[^,;:“”\"()]+?)(?:[,;].*)?[.]?$")
_ENDS_OPEN = re.compile(
    r"\b(?:also|both|then|of|to|in|on|at|for|with|by|from|and|or|the|an?|not|now|largely|mainly|partly)\W*$"
)
_POINTS = re.compile(
    r"\b(?:(?:it|him|her|them)sel(?:f|ves)|he|she|they|it|his|her|its|their|him|them|this|these|those|that|I|we|our)\b",
    re.I,
)


def questions(sentence: str) -> Iterator[str]:
    """Make questions that a sentence answers, those that ask for most first. Each is English and stands alone."""
    sentence = " ".join(sentence.split())
    for question in (*_turned(sentence), *_of_people(sentence)):
        if len(question.split()) <= _MAX_WORDS:
            yield question


def _turned(sentence: str) -> Iterator[str]:
    """Turn a sentence round its verb."""
    if found := _BECAUSE.match(sentence):
        yield from _whole(f"Why {found['be']} {_inside(found['subject'])} {found['rest']}")
    if found := _DONE_BY.match(sentence):
        people = [match for match in names_in(found["by"]) if is_person(match, found["by"])]
        if people and people[0].start() < 20:
            yield from _whole(f"Who {found['done']} {_inside(found['subject'])}")
    if found := _DATED.match(sentence):
        yield from _whole(f"When {found['be']} {_inside(found['subject'])} {found['done']}{found['rest']}")
    if found := _MEASURED.match(sentence):
        yield from _whole(f"How {found['how']} {found['be']} {_inside(found['subject'])}")
    if found := _COSTS.match(sentence):
        does = "does" if found["does"] == "costs" else "do"
        yield from _whole(f"How much {does} {_inside(found['subject'])} cost")


def _of_people(sentence: str) -> Iterator[str]:
    """Ask who somebody is, what they said, or who did what they did."""
    for match in names_in(sentence):
        if not is_person(match, sentence):
            continue
        name, rest = _name(match), sentence[match.end() :]
        if " " not in name:
            continue
        if _ROLE.match(rest):
            yield f"Who is {name}?"
        if re.match(rf"(?:,[^,“”\"]{{3,80}},)?\s+{SAID}\b", rest) or re.search(
            rf"{SAID}\s+(?:[\w-]+\s){{0,3}}$", sentence[: match.start()]
        ):
            yield f"What did {name} say?"
        before = sentence[: match.start()].split()
        if len(before) <= 2 and not any(word[-1] in ",;:" for word in before) and (found := _DID.match(rest)):
            yield from _whole(f"Who {found['did']}")


def _name(match: "re.Match[str]") -> str:
    return str(match["name"]).removesuffix("'s").removesuffix("’s")


def _whole(words: str) -> Iterator[str]:
    """Put the mark behind a question, unless it points at what is not in it."""
    if not _POINTS.search(words) and not _ENDS_OPEN.search(words):
        yield words.strip().rstrip(".") + "?"


def _inside(subject: str) -> str:
    """Write a subject as it stands inside a sentence: "The ban" is "the ban", "Marco Rubio" stays."""
    first, _, rest = subject.partition(" ")
    return f"{first.lower()} {rest}" if first in ("The", "A", "An", "Every", "Each", "Another") else subject
