"""Split text into sentences, with exact offsets.

For English, and where the language is not known, a rule-based splitter for news; for other languages sentencex, which
knows the abbreviations of many, with what it lacks: initials, ordinal numbers and Roman ones.

A line end always ends a sentence (`clean` leaves one paragraph or list item per line). Within an English line a full
stop ends one unless it belongs to an abbreviation, an initial, a number or an acronym. Ambiguous abbreviations ("U.S.",
"Inc.", "a.m.") end a sentence only before a word that often starts one, the heuristic of Grefenstette & Tapanainen,
"What is a word, what is a sentence?" (1994).
"""

import re
from bisect import bisect_left
from functools import cache
from itertools import accumulate, islice

from index.text.terms import ENGLISH

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


# The same in other languages, whose quotes may close with “ or with a space before »; any letter may follow.
_END_ELSEWHERE = re.compile(
    r"""(?P<stop>[.!?…]+|\.(?:\s\.)+)(?P<close>(?:["'”’“‘»›)\]]|\s[»›](?=\s|$))*)
            (?=\s|$|(?P<glued>["“„‘«(\[¿¡]?[^\W\d_]))
      | (?P<wide>[。！？｡।॥؟۔]+)[」』”’）】"']*""",
    re.VERBOSE,
)
_BETWEEN_WORDS = re.compile(r"(?<=[^\W_]) (?=[^\W_])")
_AT_ONCE, _LOOK_BACK = 2_000, 80
_NEXT = re.compile(r"[\W_]{0,20}([^\W_])")
_PAIRED = re.compile("[\"'“”„‟‘’‚«»‹›「」『』()\\[\\]{}（）【】]")
# A digit that follows a full stop after a word too long for an abbreviation.
_NUMBER_NEXT = re.compile(r"([^\W\d_]{4}\.\s+)\d")
_GLUED_ELSEWHERE = re.compile(r"[“„‘«(\[¿¡]?[^\W\d_]{4,}(?=[\s,;:，]|$)")
_ROMAN = re.compile(r"[IVXLCDM]{2,}")
# Languages whose ordinal numbers end with a full stop, though their dates do not show it.
_ORDINAL_STOP = frozenset(("eu", "pl", "tr"))


def sentences(text: str, language: str | None = None) -> list[Span]:
    """Return the sentences of `text` in order, without list markers and surrounding white space.

    Every other character belongs to exactly one sentence. `language` is a code of ISO 639-1.
    """
    english = language in (None, ENGLISH)
    found: list[Span] = []
    for line in re.finditer(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+", text):
        start, line_end = line.span()
        if marker := _LIST_MARK.match(text, start, line_end):
            start = marker.end()
        for end in _ends(text, start, line_end) if english else _ends_in(str(language), text, start, line_end):
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


def _ends_in(language: str, text: str, line_start: int, line_end: int) -> list[int]:
    """Return where sentences end in a line of another language than English.

    Whether a full stop ends one, sentencex says; of other stops there is no doubt.
    """
    ends: list[int] = []
    boundaries: list[int] | None = None
    start = line_start
    for match in _END_ELSEWHERE.finditer(text, line_start, line_end):
        following = _NEXT.match(text, match.end(), line_end)
        closes = bool(match["wide"]) or following is None or not following[1].islower()
        if closes and (match["stop"] == "." or match["glued"]):
            if boundaries is None:
                boundaries = _boundaries(language, text[line_start:line_end])
            place = bisect_left(boundaries, match.end("stop") - line_start)
            until = (following.start(1) if following else line_end) - line_start
            said = text[max(start, match.start() - _LOOK_BACK) : match.start()]
            closes = (
                (place < len(boundaries) and boundaries[place] <= until)
                and not _goes_on(language, said, following[1] if following else "")
                and (not match["glued"] or _is_glued(said, text, match.end(), line_end))
            )
        if closes:
            ends.append(match.end())
            start = match.end()
    return ends


def _boundaries(language: str, line: str) -> list[int]:
    """Return where sentencex ends sentences of a line, without regard to quotation marks and brackets.

    It would keep whole what they open, though an apostrophe may look like one, and end none before a number.
    """
    from sentencex import get_sentence_boundaries

    bare = _NUMBER_NEXT.sub(r"\1A", _PAIRED.sub(" ", line))
    found: list[int] = []
    start = 0
    while start < len(bare):
        # Its time grows with the square of what has no sentences.
        between = None
        if len(bare) - start > _AT_ONCE:
            between = next(reversed([*_BETWEEN_WORDS.finditer(bare, start + 1, start + _AT_ONCE)]), None)
        end = between.end() if between else start + _AT_ONCE
        parts = get_sentence_boundaries(language, bare[start:end])
        found += islice(accumulate((len(part["text"]) for part in parts), initial=start), 1, None)
        start = end
    return found


def _goes_on(language: str, said: str, follower: str) -> bool:
    """Say whether a sentence goes on after a full stop that sentencex takes for its end; `said` is what it says yet."""
    before = _WORD_BEFORE.search(said)
    word = before.group() if before else ""
    if word and word == said.strip() and word.isdigit():
        return len(word) < 3  # It numbers a list item.
    if (word.isdigit() and len(word) < 3) or _ROMAN.fullmatch(word):
        # "am 3. Mai", "im 19. Jahrhundert", "II. Mehmet"; not "1348-50".
        return _has_ordinal_stop(language) and said[: -len(word)].endswith((" ", "("))
    # "Río St. Johns": names keep their titles in all languages.
    title = word[:1].isupper() and (len(word) == 1 or word.lower() in _TITLES)
    return title or (bool(_ACRONYM.fullmatch(word)) and follower.isdigit())


def _is_glued(said: str, text: str, end: int, line_end: int) -> bool:
    """Say whether a stop without a space after it may end a sentence: not in "Node.Js", "www.Beispiel.de"."""
    following = _GLUED_ELSEWHERE.match(text, end, line_end)
    word = re.search(r"[^\W\d_]*$", said)
    small = word is not None and len(word.group()) > 2 and not word.group()[1:].isupper()
    return said[-1:] in ")]%" or (small and following is not None)


@cache
def _has_ordinal_stop(language: str) -> bool:
    """Say whether ordinal numbers of a language end with a full stop, as the day does in its dates."""
    from babel import Locale, UnknownLocaleError

    if language in _ORDINAL_STOP:
        return True
    try:
        return "d." in Locale.parse(language).date_formats["long"].pattern
    except (UnknownLocaleError, ValueError):
        return False


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
