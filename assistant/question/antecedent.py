"""Resolve a pronoun of a follow-up to a name in an earlier answer, found by its form.

"Who drove the policy shift?" – "Officials credit Marco Rubio, the secretary of state, with …" – "and what did he say?"
The question before does not name him, so the name is looked for in its answer. Only one name is taken: the other words
of an answer would find what is known already.
"""

import re
from collections.abc import Sequence

from assistant.language.names import is_person, names_in
from assistant.language.phrases import OWN_REFUSALS
from assistant.language.words import words
from assistant.types import Turn

_PERSON = re.compile(
    r"\b(?:he|she|him|his|hers?|th(?:is|at) (?:man|woman|person|politician|president|minister))\b", re.I
)
_THING = re.compile(r"\b(?:its?|there|th(?:is|at|ese|ose) (?P<kind>[a-z]+))\b", re.I)
# The earlier question must ask for a name, or its answer is something else.
_ASKS_WHO = re.compile(
    r"\b(?:who|whom|whose)\b|\b(?:which|what)\s+(?:\w+\s+)?(?:person|man|woman|president|minister)\b", re.I
)
_ASKS_WHAT = re.compile(
    r"\b(?:which|what)\s+(?:\w+\s+)?(?P<kind>company|firm|bank|country|state|city|town|party|team|club|university|museum"
    r"|newspaper|agency|airline|organi[sz]ation)\b",
    re.I,
)
_ADJECTIVE = re.compile(r"(?:[aei]an|ish|ese|French|German|Dutch|Greek|Swiss|Israeli|Iraqi)$")


def name_meant(asked: str, topic: str, turns: Sequence[Turn]) -> str | None:
    """Return the name that a pronoun of `asked` means, if an answer in `turns` has it and `topic` does not, else None.

    The first of `turns` whose question asked for a name counts.
    """
    for turn in turns:
        if turn.answer.strip() in OWN_REFUSALS:
            continue
        found = names_in(turn.answer, words(topic))
        if _PERSON.search(asked) and _ASKS_WHO.search(turn.question):
            found = [match for match in found if is_person(match, turn.answer)]
        elif _means_a_thing(asked, turn.question):
            found = [match for match in found if not match["title"] and not _ADJECTIVE.search(match["name"])]
        else:
            continue
        if found:
            return found[0]["name"].removesuffix("'s").removesuffix("’s")
    return None


def _means_a_thing(asked: str, question: str) -> bool:
    """Say whether "it" or "that company" can mean the answer to "which company …"."""
    pointer, wanted = _THING.search(asked), _ASKS_WHAT.search(question)
    if not (pointer and wanted):
        return False
    return str(pointer["kind"] or wanted["kind"]).lower() == str(wanted["kind"]).lower()
