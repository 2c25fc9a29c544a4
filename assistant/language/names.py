"""Names in a text, and which of them are people's, found by their form."""

import re
from collections.abc import Collection

from assistant.language.lexicon import SAID
from assistant.language.words import STOP_WORDS, words

_TITLE = r"(?:Mr|Mrs|Ms|Dr|Gen|Gov|Sen|Rep|Sir|President|Minister|Prof|Professor|Judge|King|Queen|Pope)\b\.?"
_LARGE = rf"(?!{_TITLE})[^\W\d_a-zß-öø-ÿ]"
_SMALL = r"(?:de|da|del|des|di|du|el|la|le|van|von|der|den|bin|al|of)"
_NAME = re.compile(
    rf"(?P<title>\b{_TITLE}\s+)?(?P<the>\b[Tt]he\s+)?"
    rf"\b(?!(?:In|On|At|By|For|From|After|Before|Since|When|While|As|But|And|If|The|Both)\b)"
    rf"(?P<name>{_LARGE}[\w'’-]+(?:\s+(?:{_SMALL}\s+)?{_LARGE}(?:\.|[\w'’-]+))*)"
)
_ROLE = re.compile(rf"\s*,\s+(?:the|a|an|his|her|its|who|whose|then|now|\d\d)\b|\s+(?:{SAID}|himself|herself)\b")
_NO_PERSON = re.compile(
    r"\b(?:States|Kingdom|Union|House|Bank|Court|Company|Inc|Corp|Ltd|University|Council|Ministry|Department|Agency|Party"
    r"|Prize|Street|City|County|River|Island|Museum|Reserve|Commission|News|Times|Office|War|Act|Group|Committee"
    r"|Security|World|National|International|North|South|East|West|New|Supreme|Central|Federal|Bulletin|Report|Journal|Post"
    r"|Institute|Association|Organi[sz]ation|Society|Foundation|Fund|Authority|Board|Service|Corporation|Press|Academy"
    r"|Parliament|Congress|Senate|Treasury|Army|Police|Church|College|School|Hospital|Cent(?:er|re)|Index|Forum|Club)\b"
)
_CALENDAR = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)[a-z]*\.?$"
)


def names_in(text: str, known: Collection[str] = ()) -> "list[re.Match[str]]":
    """Find names in the order of a text, those left out that have a word of `known` (lower case).

    Each is a match with the group `name`, and `title` or `the` where one stands before it.
    """
    kept = []
    for match in _NAME.finditer(text):
        parts = words(match["name"])
        if not set(known).intersection(parts) and parts[0] not in STOP_WORDS and not _CALENDAR.match(match["name"]):
            kept.append(match)
    return [match for match in kept if not _may_only_open(match, text)]


def is_person(match: "re.Match[str]", text: str) -> bool:
    """Say whether a name of a text is somebody's: by a title, by what is said of it, or by its form."""
    if match["title"] or match["the"]:
        return bool(match["title"])
    if _NO_PERSON.search(match["name"]):
        return False
    # "Social Security payments": a name before a plural says of what kind something is.
    return bool(_ROLE.match(text, match.end())) or (
        " " in match["name"] and not re.match(r"\s+[a-z]+s\b(?<!was)(?<!has)(?<!is)", text[match.end() :])
    )


def _may_only_open(match: "re.Match[str]", text: str) -> bool:
    """Say whether a word may be large only because it opens a sentence; a name comes again."""
    opens = not text[: match.start()].strip() or text[: match.start()].rstrip()[-1] in '.!?:"“”'
    again = len(re.findall(rf"\b{re.escape(match['name'])}\b", text)) > 1
    return opens and len(words(match["name"])) == 1 and not match["title"] and not again
