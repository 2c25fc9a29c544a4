"""Who or what a pronoun of a follow-up means, where that was the answer: a name, found by its form.

"Who drove the policy shift?" – "Officials credit Marco Rubio, the secretary of state, with …" – "and what did he say?"
The question before does not name him, so the name is looked for in its answer. Only a name is taken, and only one: the
other words of an answer say what is known already.
"""

import re
from collections.abc import Sequence

from assistant.values import REFUSAL, Turn
from assistant.words import STOP_WORDS, words

_PERSON = re.compile(
    r"\b(?:he|she|him|his|hers?|th(?:is|at) (?:man|woman|person|politician|president|minister))\b", re.I
)
_THING = re.compile(r"\b(?:its?|there|th(?:is|at|ese|ose) (?P<kind>[a-z]+))\b", re.I)
# The earlier question has to ask for a name, or what was answered is something else.
_ASKS_WHO = re.compile(
    r"\b(?:who|whom|whose)\b|\b(?:which|what)\s+(?:\w+\s+)?(?:person|man|woman|president|minister)\b", re.I
)
_ASKS_WHAT = re.compile(
    r"\b(?:which|what)\s+(?:\w+\s+)?(?P<kind>company|firm|bank|country|state|city|town|party|team|club|university|museum"
    r"|newspaper|agency|airline|organi[sz]ation)\b",
    re.I,
)
_TITLE = r"(?:Mr|Mrs|Ms|Dr|Gen|Gov|Sen|Rep|Sir|President|Minister|Prof|Professor|Judge|King|Queen|Pope)\b\.?"
_LARGE = rf"(?!{_TITLE})[^\W\d_a-zß-öø-ÿ]"
_SMALL = r"(?:de|da|del|des|di|du|el|la|le|van|von|der|den|bin|al|of)"
_NAME = re.compile(
    rf"(?P<title>\b{_TITLE}\s+)?(?P<the>\b[Tt]he\s+)?"
    rf"\b(?!(?:In|On|At|By|For|From|After|Before|Since|When|While|As|But|And|If|The|Both)\b)"
    rf"(?P<name>{_LARGE}[\w'’-]+(?:\s+(?:{_SMALL}\s+)?{_LARGE}(?:\.|[\w'’-]+))*)"
)
_ROLE = re.compile(
    r"\s*,\s+(?:the|a|an|his|her|its|who|whose|then|now|\d\d)\b|\s+(?:said|says|told|added|wrote|himself|herself)\b"
)
_NO_PERSON = re.compile(
    r"\b(?:States|Kingdom|Union|House|Bank|Court|Company|Inc|Corp|Ltd|University|Council|Ministry|Department|Agency|Party"
    r"|Prize|Street|City|County|River|Island|Museum|Reserve|Commission|News|Times|Office|War|Act|Group|Committee"
    r"|Security|World|National|International|North|South|East|West|New|Supreme|Central|Federal)\b"
)
_CALENDAR = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)[a-z]*\.?$"
)

_ADJECTIVE = re.compile(r"(?:[aei]an|ish|ese|French|German|Dutch|Greek|Swiss|Israeli|Iraqi)$")


def name_meant(asked: str, topic: str, turns: Sequence[Turn]) -> str | None:
    """Name who or what a pronoun of `asked` means, if the answer of one of `turns` says so and `topic` does not.

    The first of `turns` whose question asked for a name counts.
    """
    for turn in turns:
        if turn.answer.strip() == REFUSAL:
            continue
        found = _names(turn.answer, topic)
        if _PERSON.search(asked) and _ASKS_WHO.search(turn.question):
            found = [match for match in found if _is_person(match, turn.answer)]
        elif _means_a_thing(asked, turn.question):
            found = [match for match in found if not match["title"] and not _ADJECTIVE.search(match["name"])]
        else:
            continue
        if found:
            return found[0]["name"].removesuffix("'s").removesuffix("’s")
    return None


def _means_a_thing(asked: str, question: str) -> bool:
    """Say whether "it" or "that company" can be the name that "which company …" asked for."""
    pointer, wanted = _THING.search(asked), _ASKS_WHAT.search(question)
    if not (pointer and wanted):
        return False
    return str(pointer["kind"] or wanted["kind"]).lower() == str(wanted["kind"]).lower()


def _names(answer: str, topic: str) -> "list[re.Match[str]]":
    known = set(words(topic))
    kept = []
    for match in _NAME.finditer(answer):
        parts = words(match["name"])
        if known.intersection(parts) or parts[0] in STOP_WORDS or _CALENDAR.match(match["name"]):
            continue
        # The first word of a sentence is written large, whatever it is; a name comes again.
        opens = not answer[: match.start()].strip() or answer[: match.start()].rstrip()[-1] in '.!?:"“”'
        again = len(re.findall(rf"\\b{re.escape(match['name'])}\\b", answer)) > 1
        if opens and len(parts) == 1 and not match["title"] and not again:
            continue
        kept.append(match)
    return kept


def _is_person(match: "re.Match[str]", answer: str) -> bool:
    if match["title"] or match["the"]:
        return bool(match["title"])
    if _NO_PERSON.search(match["name"]):
        return False
    # "Social Security payments": a name before a plural says of what kind something is.
    return bool(_ROLE.match(answer, match.end())) or (
        " " in match["name"] and not re.match(r"\s+[a-z]+s\b(?<!was)(?<!has)(?<!is)", answer[match.end() :])
    )
