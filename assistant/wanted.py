"""What kind of answer a question wants, and whether a sentence has one that the question does not name already.

Kinds follow the coarse classes of Li & Roth, "Learning Question Classifiers" (2002), found by pattern.
"""

import re
from typing import Literal

from assistant.words import STOP_WORDS, words

Kind = Literal["person", "date", "number", "place", "reason", "other"]

_ASKS: tuple[tuple[Kind, "re.Pattern[str]"], ...] = (
    ("person", re.compile(r"\b(?:who|whom|whose)\b|\b(?:which|what) (?:person|man|woman|people)\b", re.I)),
    ("date", re.compile(r"\bwhen\b|\b(?:which|what) (?:year|month|day|date|decade|century)\b", re.I)),
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|long|old|far|big|large|high|tall|often|fast|hot|deep|wide|heavy|close)\b"
            r"|\b(?:what|which) (?:\w+ )?(?:number|percentage|share|proportion|amount|price|rate|cost|age|sum)\b",
            re.I,
        ),
    ),
    ("place", re.compile(r"\bwhere\b|\b(?:which|what) (?:country|city|place|town|state|region|continent)\b", re.I)),
    ("reason", re.compile(r"\bwhy\b|\bhow come\b|\b(?:what|which) (?:reason|cause[ds]?)\b", re.I)),
)
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[^\W\d_a-zß-öø-ÿ][\w'’-]*[a-z][\w'’-]*")
_DATE = re.compile(
    r"\b(?:1\d{3}|20\d{2})s?\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.? \d{1,2}\b"
    r"|\b\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
    r"|\b(?:january|february|march|april|june|july|august|september|october|november|december)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b\d+(?:st|nd|rd|th) century\b",
    re.I,
)
_NUMBER = re.compile(
    r"\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|twenty|thirty|forty|fifty"
    r"|hundreds?|thousands?|millions?|billions?|half|third|quarter|twice|once|double|triple|several)\b",
    re.I,
)
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|so that|in order to|after|as a result|thanks to|led to|caused?|prompted"
    r"|blamed|reasons?|to (?:avoid|prevent|keep|protect|make|reduce|gain|get|help|stop|force|meet|save))\b",
    re.I,
)
_PLACE = re.compile(r"\b(?:in|at|from|near|to|of|on|outside|inside|across|around|through)\s+(?:the\s+)?([A-Z][\w'’-]+)")


def wanted(question: str) -> Kind:
    """Say what kind of answer a question wants."""
    return next((kind for kind, pattern in _ASKS if pattern.search(question)), "other")


def has_answer(kind: Kind, question: str, sentence: str) -> bool:
    """Say whether `sentence` has something of this kind that `question` does not name already."""
    asked = set(words(question))
    match kind:
        case "person" | "other":
            found = _NAME.findall(sentence) + re.findall(r"^[A-Z][\w'’-]+", sentence)
            return any(word.lower() not in STOP_WORDS for name in found for word in words(name) if word not in asked)
        case "date":
            return any(match.group().lower() not in question.lower() for match in _DATE.finditer(sentence))
        case "number":
            return any(number.lower().rstrip(".,") not in asked for number in _NUMBER.findall(sentence))
        case "place":
            return any(word not in asked for name in _PLACE.findall(sentence) for word in words(name))
        case "reason":
            return bool(_REASON.search(sentence))
