"""Recognise questions about the collection itself: an article's author or date, which there are, how many, the newest.

Such a question names articles, or what was published, and asks nothing about their contents: once publishers, days,
the topic and the words of its form are removed, no word is left. Nothing is answered here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.language.words import STOP_WORDS, word_spans, words
from assistant.question.courtesy import without_courtesy
from assistant.question.dates import named_range, without_dates
from assistant.question.nouns import ARTICLE, ARTICLES, QUOTED
from assistant.question.publishers import named_publishers

Wanted = Literal["author", "published", "count", "list", "newest", "oldest", "publishers"]

_ONE = ARTICLE | {"item"}
_SOME = ARTICLES | {"items", "titles", "headlines", "files"}
# A text may also be about such a thing, so the articles are searched first.
_UNSURE = frozenset("report reports document documents text texts item items file files".split())
_PUBLISHERS = frozenset("publishers newspapers outlets desks sources".split())
_ANY = re.compile(
    r"\b(?:any|every|some)thing\b|\bwhat\s+(?:do|did|have)\s+(?:i|we|you)\s+(?:have|got)\b"
    r"|^what\s+is\s+(?:there|here|indexed|stored)\b|^what\s+have\s+(?:i|we|you)\b",
    re.IGNORECASE,
)
_PUT_OUT = re.compile(
    r"\b(?:publish\w*|printed|released|posted|dated|(?:came|come|comes|coming)\s+out|appeared|ran|run)\b", re.IGNORECASE
)
_ABOUT = re.compile(
    r"\b(?:about|on|regarding|concerning|cover(?:s|ed|ing)?|discuss(?:es|ed|ing)?|deal(?:s|ing)?\s+with"
    r"|mention(?:s|ed|ing)?|titled|called|entitled|headed)\b",
    re.IGNORECASE,
)
_MENTION = re.compile(r"\bmention", re.IGNORECASE)
# Where a topic ends and the question goes on.
_GOES_ON = re.compile(
    r"[,;:]|\s+(?:(?:was|were|is|are|did|does|has|have|had)\s+)?(?:(?:it|they|you|i|we)\s+)?(?:been\s+)?"
    r"(?:published|written|posted|printed|released|appear(?:ed)?|come\s+out|came\s+out|out|please|available|there"
    r"|in\s+(?:the|this|my|your)\s+(?:collection|library|index))\b",
    re.IGNORECASE,
)
# "What did the Desk report about sanctions?" asks what it says.
_SAYS = re.compile(
    r"^(?:what|how|why|who)\b(?=.*\b(?:report|write|say|tell|explain|claim)s?\b).*\b(?:did|does|do|has|have)\b",
    re.IGNORECASE,
)
_THE_ONE = re.compile(r"\bthe\s+one(?=\s+(?:about|on)\b)", re.IGNORECASE)
_PURPOSE = re.compile(r"\s+for\s+(?:an?|my|the)\s+[\w-]+$", re.IGNORECASE)
_OWNS = re.compile(r"^['’]s?\b")
_COMES_UP = re.compile(
    r"\b(?:com(?:e|es|ing)\s+up|appears?|features?|figures?|is\s+(?:named|mentioned))\b", re.IGNORECASE
)
_NUMBERS = "one two three four five six seven eight nine ten".split()
# Words of the question's form, which are no topic.
_FORMAL = frozenset(
    """
    add added altogether anything appear appeared appears author authors available behind brought came carried
    collection come comes complete contain contains could count database date dated dates day days desk desks
    different distinct earliest ever everybody everything exactly far feature features figure figures file files
    find first full get gets give going got have headed help here indexed indexes issue journalist know
    last lately latest let library like list long look looking many me mentioned month name named need new
    newest newspaper newspapers number old oldest ones order out outlet outlets overview please posted print
    printed publication publications publish published publisher publishers publishing ran recent recently
    release released remember reporter reporters run runs saw see show since something source sources stored
    tell there title titled titles today total until want week whole wonder write writer written wrote year
    """.split()
)
_TALK = re.compile(
    r"^(?:(?:who|what)\s+are\s+you|(?:what|how)\s+(?:can|do)\s+(?:you|this)\s+(?:do|help(?:\s+me)?|work)(?:\s+here)?"
    r"|help(?:\s+me)?|what\s+(?:can|could|should|may)\s+i\s+ask(?:\s+(?:you|here))?|how\s+does\s+(?:this|it)\s+work"
    r"|test|testing|start)[\s.!?]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AboutArticles:
    """A question about the collection.

    `topic` holds the words that say what the articles are about, "" for all, and `phrase` the same as worded in the
    question; `title` is a quoted title. `mention` says that articles need only contain the words; `sure` that it is
    hardly a question about what an article says. `most` is the number of articles asked for, 0 for all.
    """

    wanted: Wanted
    topic: str
    phrase: str
    title: str
    mention: bool
    sure: bool
    most: int = 0


def about_articles(question: str, publishers: Sequence[str], today: date) -> AboutArticles | None:
    """Parse a question about the collection; None if it is about what the articles say.

    `publishers` are those of the index.
    """
    asked = without_courtesy(question).strip().rstrip("?.! ")
    if asked.lower().endswith(" about"):
        return None  # "What is the article on oil about?" asks what it says.
    quoted = QUOTED.search(asked)
    bare = _THE_ONE.sub("the article", _PURPOSE.sub("", QUOTED.sub(" ", asked)))
    named = named_publishers(bare, publishers)
    for one in sorted(named, key=lambda one: -one.start):
        bare = f"{bare[: one.start]} {_OWNS.sub('', bare[one.end :])}"
    dated = named_range(bare, today) is not None
    text = without_dates(bare, today) if dated else " ".join(bare.split())
    head, phrase, mention = _topic(text)
    found = words(head)
    nouns = [word for word in found if word in _ONE | _SOME]
    left = [word for word in found if word not in STOP_WORDS | _FORMAL and word not in nouns and not _is_number(word)]
    title = quoted[1] if quoted else ""
    if left and nouns and not phrase and _is_before(head, left, nouns[0]):
        phrase, left = " ".join(left), []
    if left and set(nouns) & _SOME and not phrase and _COMES_UP.search(head):
        phrase, left, mention = " ".join(left), [], True
    put_out, anything = bool(_PUT_OUT.search(head)), bool(_ANY.search(asked))
    says = bool(_SAYS.search(asked)) and "about" in words(asked)
    there = nouns or quoted or ((put_out or anything) and (named or dated or phrase))
    if not nouns and not phrase and set(found) & _PUBLISHERS and not left:
        return AboutArticles("publishers", "", "", "", False, True)
    if left or says or not (there or (named and not dated and not phrase and not _asks_else(found))):
        return None
    sure = bool(quoted) or not set(nouns) <= _UNSURE or not nouns
    return AboutArticles(
        _wanted(found, head, single=bool(set(nouns) & _ONE or quoted)),
        " ".join(word for word in words(phrase or title) if word not in STOP_WORDS),
        phrase or title,
        title,
        mention,
        sure,
        _most(found),
    )


def _topic(text: str) -> tuple[str, str, bool]:
    """Split a question into its form and the topic of the articles; with whether they need only contain the words."""
    noun = next((start for word, start, _ in word_spans(text) if word in _ONE | _SOME), None)
    start = noun if noun is not None else found.start() if (found := _ANY.search(text)) else None
    about = _ABOUT.search(text, start) if start is not None else None
    if about is None:
        return text, "", False
    rest = text[about.end() :]
    end = stop.start() if (stop := _GOES_ON.search(rest)) else len(rest)
    phrase = rest[:end].strip()
    if not any(word not in STOP_WORDS | _FORMAL for word in words(phrase)):
        return text, "", False
    return f"{text[: about.start()]} {rest[end:]}", phrase, bool(_MENTION.match(about[0]))


def _is_before(head: str, left: Sequence[str], noun: str) -> bool:
    """Say whether these words directly precede a noun: "the Louvre theft article"."""
    found = words(head)
    place = found.index(noun)
    return found[max(0, place - len(left)) : place] == list(left)


def _asks_else(found: Sequence[str]) -> bool:
    """Say whether a question that names a publisher but no article asks for something else than a list."""
    return not {"list", "show", "everything", "anything", "have", "find", "give"} & set(found)


def _is_number(word: str) -> bool:
    return word.isdigit() or word in _NUMBERS


def _most(found: Sequence[str]) -> int:
    for word in found:
        if word in _NUMBERS and word != "one":
            return _NUMBERS.index(word) + 1
        if word.isdigit() and 0 < int(word) < 100:
            return int(word)
    return 0


def _wanted(found: Sequence[str], head: str, *, single: bool) -> Wanted:
    there = set(found)
    if re.search(r"\bhow\s+many\b|\bnumber\s+of\b", head, re.IGNORECASE):
        return "count"
    if there & {"newest", "latest"} or re.search(r"\bmost\s+recent\b|\blast\s+(?:article|story|piece)", head, re.I):
        return "list" if _most(found) else "newest"
    if there & {"oldest", "earliest"} or re.search(r"\bfirst\s+(?:article|story|piece)", head, re.IGNORECASE):
        return "list" if _most(found) else "oldest"
    if single and there & {"when", "date", "day", "old", "publisher", "desk", "newspaper"}:
        return "published"
    if single and there & {"who", "author", "whom", "wrote", "writer", "written"}:
        return "published" if there & {"published", "publish", "publishes"} else "author"
    return "list"


def is_talk(question: str) -> bool:
    """Say whether a message is small talk: a greeting, or a question about the assistant."""
    asked = without_courtesy(question)
    return not asked or bool(_TALK.match(asked))


def is_thanks(question: str) -> bool:
    """Say whether small talk is a thank-you."""
    return bool(re.search(r"\bthank|\bthx\b", question, re.IGNORECASE))


def is_hello(question: str) -> bool:
    """Say whether small talk is a greeting."""
    return bool(re.match(r"\s*(?:hi|hello|hey|good\s+(?:morning|afternoon|evening|day))\b", question, re.IGNORECASE))
