"""Split text into sentences, with exact offsets.

A rule-based splitter for news. A line end always ends a sentence (`clean` leaves one paragraph or list item per line);
within a line a full stop ends one unless it belongs to an abbreviation, an initial, a number or an acronym. Ambiguous
abbreviations ("U.S.", "Inc.", "a.m.") end a sentence only before a word that often starts one, the heuristic of
Grefenstette & Tapanainen, "What is a word, what is a sentence?" (1994).
"""

import re

Span = tuple[int, int]
"""Start and end in code points, end exclusive."""

# What may end a sentence: stops, with the closing quotes and brackets after them. East Asian and Indic stops need no
# space after them.
_END = re.compile(
    r"""(?P<stop>[.!?…]+|\.(?:\s\.)+)(?P<close>["'”’»)\]]*)(?=\s|$|(?P<glued>["“‘«(\[]?[A-Z]))
      | (?P<wide>[。！？｡।॥؟۔]+)[」』”’）】"']*""",
    re.VERBOSE,
)

# Never end a sentence: something always follows.
_TITLES = frozenset(
    """
    mr mrs ms dr prof gov sen hon lt sgt capt cmdr adm col insp supt messrs mme mlle st mt vs v cf viz approx nr e.g i.e
    hr fr dhr dipl
    """.split()
)
# Titles only when capitalised: "Rep. Smith", but "a sales rep."
_CAPITALISED_TITLES = frozenset("rep gen rev pres amb ing".split())
# End a sentence unless a number follows: "No. 10", "pp. 3", "Aug. 15". A month ends one only before a common opener.
_BEFORE_NUMBER = frozenset("no nos p pp art ch c ca fig figs vol eq sec ft op".split())
_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())
# May end a sentence, depending on the next word.
_AMBIGUOUS = frozenset(
    """
    inc corp co ltd llc plc bros jr sr etc al est dept assn univ ave blvd rd ph.d m.d b.a m.a
    """.split()
)
_CLOCK = frozenset(("a.m", "p.m", "am", "pm"))
_CLOCK_FOLLOWERS = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december eastern central mountain pacific gmt utc bst cet est edt pst pdt et
    """.split()
)
_OPENERS = frozenset(
    """
    a about according after again all already also although among an and another any as at because before both
    but by currently despite during each earlier even every few finally first for from he her here his how
    however i if in indeed instead it its just last later many meanwhile more moreover most my neither
    nevertheless next no nor not now of on once one only or other others our over perhaps several she
    similarly since so some soon still such that the their then there these they this those though three
    through thus to today two under unlike until we what when where whether which while who why with without
    yet you your yesterday
    """.split()
)
_LIST_MARK = re.compile(r"\s*[•‣◦▪*–—-]\s+")
_ACRONYM = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_SPEECH_TAG = re.compile(
    r"\s+(?:(?:[A-Z][\w.'’-]*\s+){1,4}|(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|I|[Ww]e)\s+)"
    r"(?:said|says|asked|told|added|wrote|replied|shouted|tweeted)\b"
)
_GLUED_WORD = re.compile(r"[“‘«(\[]?([A-Z][a-z]*)(?=\s)")
_WORD_BEFORE = re.compile(r"[^\s\"“”‘’'«»()\[\]/—–-]+$")
_WORD_AFTER = re.compile(r"[\s\"“‘'«(\[]*([^\W_]+(?:['’.][^\W_]+)*)")


def sentences(text: str) -> list[Span]:
    """Return the sentences of `text` in order, without list markers and surrounding white space.

    Every other character belongs to exactly one sentence.
    """
    found: list[Span] = []
    for line in re.finditer(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+", text):
        start, line_end = line.span()
        if marker := _LIST_MARK.match(text, start, line_end):
            start = marker.end()
        for end in _ends(text, start, line_end):
            _append(found, text, start, end)
            start = end
        _append(found, text, start, line_end)
    return found


def _append(found: list[Span], text: str, start: int, end: int) -> None:
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    if left < len(part):
        found.append((start + left, start + len(part.rstrip())))


def _ends(text: str, line_start: int, line_end: int) -> list[int]:
    ends = []
    sentence_start = line_start
    for match in _END.finditer(text, line_start, line_end):
        if match.group("wide") or _closes(text, sentence_start, line_end, match):
            ends.append(match.end())
            sentence_start = match.end()
    return ends


def _closes(text: str, start: int, line_end: int, match: re.Match[str]) -> bool:
    """Say whether the stop at `match` ends the sentence that starts at `start`."""
    after = _WORD_AFTER.match(text, match.end(), line_end)
    follower = after.group(1) if after else ""
    if match.end() >= line_end:
        return True
    if follower[:1].islower():
        return False
    stop, close = match.group("stop"), match.group("close")
    before = _WORD_BEFORE.search(text, start, match.start())
    word = before.group() if before else ""
    if match.group("glued"):
        return _glued_closes(text, line_end, match, word)
    if close and stop[-1] in "!?" and _SPEECH_TAG.match(text, match.end(), line_end):
        return False
    if stop != ".":
        return True
    return _full_stop_closes(text, start, word, follower)


def _glued_closes(text: str, line_end: int, match: re.Match[str], word: str) -> bool:
    """Say whether a stop without a space after it ends a sentence: `effort."Despite`, `platform.When considering`.

    Scraped pages lose such spaces. It does after a closing quote, or between a lower-case word and a capitalised one
    that white space follows; "Node.Js", "U.S.A" and "Markets.Com" stay whole.
    """
    if match.group("close"):
        return len(word) > 1
    following = _GLUED_WORD.match(text, match.end(), line_end)
    opens = following is not None and (following.group(1).lower() in _OPENERS or len(following.group(1)) > 3)
    whole = (len(word) > 2 and word.isalpha() and word.islower()) or word[-1:].isdigit() or word.endswith("%")
    return opens and whole


def _full_stop_closes(text: str, start: int, word: str, follower: str) -> bool:
    bare = word.lower().lstrip("(“\"'")
    opens = follower.lower() in _OPENERS and follower[:1].isupper()
    if bare in _TITLES:
        return False
    if bare in _CAPITALISED_TITLES and word[:1].isupper():
        return False
    if bare in _BEFORE_NUMBER or bare in _MONTHS:
        return not follower[:1].isdigit() and (opens or bare in _BEFORE_NUMBER)
    if bare in _CLOCK:
        return follower.lower() not in _CLOCK_FOLLOWERS and not follower[:1].isdigit()
    if bare in _AMBIGUOUS or _ACRONYM.fullmatch(word):
        return opens
    if len(word) == 1 and word.isalpha() and word.isupper():
        return opens
    # "1. Introduction": a number at the start of a line numbers a list item.
    opens_line = not text[start : text.find(word, start)].strip() if word else False
    return not (word.isdigit() and len(word) < 3 and opens_line)
