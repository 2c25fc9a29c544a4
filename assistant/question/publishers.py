"""Find the publishers of the index that a question names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.language.words import STOP_WORDS

# Words of publishers' names that are common in questions, with a capital too ("the Sun", "Time passes"). "Guardian" and
# "Independent" are not here: a capital is enough to tell those.
_ORDINARY = frozenset(
    """
    america atlantic business century china city conversation country daily earth economy europe express financial
    fortune global globe health hill india inside journal life live local london mail market markets metro mirror money
    monday morning nation national nature news now online people place planet post press record register report review
    russia science sky space sport sports standard star stars sun sunday technology time times today trade variety
    voice week weekly weekend wired world year
    """.split()
)

_STRONG = re.compile(
    r"\b(?:according\s+to|(?:reported|published|printed|written|revealed|claimed|covered)\s+(?:by|in)"
    r"|(?:articles?|stor(?:y|ies)|reports?|interviews?|editorials?|columns?|pieces?)\s+(?:in|from|by|with)|told|per)\s+$",
    re.I,
)
_ACCORDING = re.compile(r"\baccording\s+to\s+$", re.I)
_WEAK = re.compile(r"\b(?:in|from|by)\s+$", re.I)
_KIND = re.compile(r"\s+(?:magazine|newspaper|journal|website)\b", re.I)
_REPORTS = re.compile(
    r"(?:['’]s)?\s+(?:report(?:s|ed|ing|ers?)?|sa(?:y|ys|id)|writ(?:es?|ten|ing)|wrote|publish(?:es|ed)?|claim(?:s|ed)?"
    r"|reveal(?:s|ed)?|articles?|stor(?:y|ies)|editorials?|interviews?|journalists?|correspondents?|coverage)\b",
    re.I,
)
_CLOSES = re.compile(r"\s*(?:$|[?!.,;:)])")
_SOMEONES = re.compile(r"(?:\b(?:an?|my|his|her|its|our|your|their|every|each|no)|['’]s)\s+$", re.I)
_THE = re.compile(r"\bthe\s+$", re.I)
_A_WORD = re.compile(r"([^\W_][\w.'’-]*)\s+$")
_LONGER_NAME = re.compile(r"\s+[A-Z]\w")


@dataclass(frozen=True, slots=True)
class Named:
    """A publisher as spelled in the index, and the place where the question names it."""

    publisher: str
    start: int
    end: int


def named_publishers(question: str, publishers: Sequence[str]) -> list[Named]:
    """Return the places where a question names one of `publishers`: whole words, in any case, "The" optional.

    Of overlapping names the longer counts ("The Sunday Times" over "The Times"). A name that is an ordinary word
    must be introduced: "according to Time", "Time magazine", "in Nature".
    """
    text, lower = question.replace("’", "'"), question.casefold().replace("’", "'")
    found: list[Named] = []
    # Most publishers are not named at all: no pattern is made for those.
    named = [name for name in publishers if _bare(name).strip() and _bare(name).casefold() in lower]
    for publisher in sorted(named, key=lambda name: -len(_bare(name))):
        name = _bare(publisher)
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I):
            # "Guardian" and "The Guardian", should the index have both, are one name and both meant.
            inside = any(
                one.start < match.end() and match.start() < one.end and _bare(one.publisher).lower() != name.lower()
                for one in found
            )
            if not inside and _is_meant(match, publisher):
                found.append(Named(publisher, *match.span()))
    return found


def _bare(name: str) -> str:
    name = name.replace("’", "'")
    return name[4:] if name[:4].lower() == "the " else name


def _is_meant(match: "re.Match[str]", publisher: str) -> bool:
    """Say whether a match of a publisher's name means the publisher."""
    text, said, name, after = match.string, match[0], _bare(publisher), match.end()
    the = _before(_THE, text, match.start())
    before = the.start() if the else match.start()
    parts = [part.lower() for part in re.findall(r"\w+", name)]
    common = all(part in _ORDINARY or part in STOP_WORDS for part in parts)
    if not common and (len(parts) > 1 or not (name.isalpha() and name[1:].islower())):
        # "The New York Times", "BBC", "TechCrunch": nothing else is spelled so.
        return True
    if _is_part_of_longer_name(text, before, after) or (not the and _before(_SOMEONES, text, before)):
        return False
    if _KIND.match(text, after):
        return True
    strong, reports = bool(_before(_STRONG, text, before)), bool(_REPORTS.match(text, after))
    if common and len(parts) == 1:
        if said != name or text.isupper():
            # "according to people in the room" is no magazine.
            return bool(_before(_ACCORDING, text, before) and _CLOSES.match(text, after))
        # "in Time", "in The Sun"; but it is hot "in the Sun".
        spelled = the is not None and the[0].startswith("The") if publisher.startswith("The ") else the is None
        return strong or reports or (spelled and _before(_WEAK, text, before) is not None)
    # "Politico" and "The Sunday Times" are recognised by their capitals.
    if said[0].isupper() and not text.isupper():
        return True
    # "according to independent experts" is no newspaper.
    return (strong and _goes_no_further(text, after)) or (reports and text == text.lower())


def _is_part_of_longer_name(text: str, before: int, after: int) -> bool:
    """Say whether a capitalised word stands directly beside it: "Michael Bloomberg", "Nature Conservancy"."""
    word = _before(_A_WORD, text, before)
    leads = word is not None and word[1][0].isupper() and word[1].lower() not in STOP_WORDS | {"according", "per"}
    goes_on = _LONGER_NAME.match(text, after) and not (_KIND.match(text, after) or _REPORTS.match(text, after))
    return leads or bool(goes_on)


def _goes_no_further(text: str, after: int) -> bool:
    found = re.match(r"\s+(\w+)", text[after:])
    return bool(_CLOSES.match(text, after)) or (found is not None and found[1].lower() in STOP_WORDS)


def _before(pattern: "re.Pattern[str]", text: str, end: int) -> "re.Match[str] | None":
    """Match a pattern directly before `end`, within the longest introduction."""
    return pattern.search(text, max(0, end - 40), end)
