"""Recognise the answer type asked for: a summary, a comparison or a timeline.

The form of the message tells: a command ("Summarise …", "Compare …"), or a question for no single fact ("What is the
article about?"). Everything else is a question for the reader.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.language.words import STOP_WORDS, words
from assistant.question.courtesy import without_courtesy
from assistant.question.dates import Range, named_range, without_dates
from assistant.question.nouns import ARTICLE, ARTICLES, QUOTED
from assistant.question.publishers import named_publishers

RequestKind = Literal["summary", "comparison", "timeline"]

_ARTICLE = rf"(?:{'|'.join(sorted(ARTICLE | ARTICLES, reverse=True))}|coverage|news)"
_A_SUMMARY = r"(?:summary|overview|outline|digest|recap|synopsis|gist|round-?up)"
_POINTS = r"(?:main|key|most\s+important)\s+(?:points?|takeaways?|facts?|messages?|ideas?)\s+(?:of|in|from|about|on)\b"
_PLEASE = r"(?:(?:can|could|would)\s+you\s+)?(?:please\s+)?"
_GIVE = r"(?:(?:give|write|make|show|provide)(?:\s+(?:me|us))?|i\s+(?:need|want))"
_SUMMARY = re.compile(
    rf"\b(?:summari[sz]e|sum\s+up|recap|outline|tl;?\s?dr:?|{_A_SUMMARY}(?:\s*,?\s*please)?\s*(?:\bof|\bon|\babout|[:,])|{_POINTS}"
    r"|tell\s+(?:me|us)\s+(?:(?:more|something|everything)\s+)?about)(?=\W|$)",
    re.IGNORECASE,
)
# Words allowed before a command to summarise.
_BEFORE = STOP_WORDS | frozenset(
    "please short brief quick concise give write make show need want list name provide".split()
)
_DO_SAY = rf"(?P<new>(?:newest|latest|most\s+recent)\s+)?(?P<noun>{_ARTICLE})\b"
_THOSE = r"\s+(?:(?:the|this|that|these|those|my|our|your)\s+)?"
_ARTICLES_SAY = (
    re.compile(
        rf"\bwhat\s+(?:do|does|did|has|have){_THOSE}{_DO_SAY}(?P<rest>.*\b(?:say|said|report|cover|tell|told|writ|publish).*)$",
        re.IGNORECASE,
    ),
    re.compile(rf"\bwhat(?:['’]s|\s+(?:is|are)){_THOSE}{_DO_SAY}(?P<rest>.*\babout)$", re.IGNORECASE),
)
_ABOUT = re.compile(r"\b(?:about|on|regarding|concerning|titled|called)\s+", re.IGNORECASE)
_OF_ARTICLE = re.compile(
    rf"^(?:the|this|that|these|those|all|my|our|your)?\s*(?:the\s+)?(?P<new>(?:newest|latest|most\s+recent)\s+)?"
    rf"(?P<noun>{_ARTICLE})\s*(?:about|on|of|regarding|titled|called)?\b",
    re.IGNORECASE,
)
_AT_END = re.compile(
    r"\s+(?:say|says|report|reports|cover|covers|tell|about|for\s+me|please|briefly"
    r"|in\s+\w+\s+(?:words?|sentences?|points?|lines?))\s*$",
    re.IGNORECASE,
)
_BETWEEN = r"(?:the\s+)?(?:main\s+)?differences?\s+between"
_COMPARE = re.compile(
    rf"""^{_PLEASE}(?:
        (?:compare|contrast)\s+(?P<a>.+?)\s+(?:and|with|to|versus|vs\.?|against)\s+(?P<b>.+)
      | (?:(?:what|which|where)(?:['’]s|\s+(?:is|are|lies|were|was))\s+)?{_BETWEEN}\s+(?P<c>.+?)\s+and\s+(?P<d>.+)
      | how\s+(?:do|does|did|are|is)\s+(?P<g>.+?)\s+and\s+(?P<h>.+?)\s+(?:differ|compare)\b(?P<how>.*)
      | (?!(?:who|what|when|where|which|why|how|did|does|is|are|was|were)\b)
        (?P<i>\S.{{1,60}}?)\s+(?:versus|vs\.?)\s+(?P<j>.+)
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_ASPECT = re.compile(
    r"\s+(?:on|in\s+terms\s+of|regarding|with\s+regard\s+to|concerning|as\s+to)\s+(?P<aspect>.+)$|:\s*(?P<after>.+)$",
    re.IGNORECASE,
)
_HAPPENED = re.compile(
    r"""^(?P<before>[^?]{0,80}[:,]\s+)?(?:
        what\s+(?:has\s+|have\s+|had\s+|all\s+)?(?:happened|occurred|took\s+place|went\s+on|changed|was\s+new|is\s+new)\b(?P<rest>.*)
      | what\s+(?:was|were)\s+(?:going\s+on|the\s+(?:news|events))\b(?P<news>.*)
      | (?:(?:give|show|make)\s+(?:me\s+)?)?(?:an?\s+|the\s+)?(?:timeline|chronology|sequence\s+of\s+events
           |chronological\s+list)\s*(?:of|for|about|on|in)?\b(?P<topic>.*)
      | (?:list\s+)?(?:the\s+)?events\s+(?:of|on|in|since|between|from)\b(?P<events>.*)
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_SEQUENCE = re.compile(r"\b(?:timeline|chronology|sequence\s+of\s+events|chronological)\b", re.IGNORECASE)
_LIST = re.compile(
    rf"^{_PLEASE}(?:list|name|enumerate|{_GIVE}\s+(?:an?\s+)?(?:complete\s+|full\s+)?(?:list\s+of|all))"
    r"\s+(?:me\s+|us\s+)?(?:all\s+|every\s+|the\s+|of\s+)*(?P<what>.+)$",
    re.IGNORECASE,
)
_WHOSE = re.compile(r"^(?P<things>(?:[\w’'-]+\s+){1,4}?)(?:that|who|which)\s+(?P<do>.+)$", re.IGNORECASE)
# "Which jewels …", "What measures …", "Who were …": more than one is asked for.
_PLURAL = re.compile(
    r"^(?:which|what)\s+(?:other\s+|all\s+)?(?:[a-z’'-]+\s+){0,2}?(?!(?:is|was|has|does|this|its|his|us|process|news)\b)"
    r"(?:[a-z’'-]+[^\Wsu]s|people|men|women|children)\b|^who\s+(?:are|were|all)\b|^what\s+(?:are|were)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Request:
    """The answer type asked for and its topic, "" for none in particular.

    `title` is a quoted title, `one` says that one article is meant, `newest` that it is the newest; `publishers` are
    those named, `days` when they published. `sides` are the two sides of a comparison, and `topic` the aspect compared.
    `dated` says that a timeline needs the days that the message names.
    """

    kind: RequestKind
    topic: str
    title: str = ""
    one: bool = False
    newest: bool = False
    publishers: tuple[str, ...] = ()
    days: Range | None = None
    sides: tuple[str, str] | None = None
    dated: bool = False


def read_request(message: str, publishers: Sequence[str] = (), today: date | None = None) -> Request | None:
    """Return the answer type that a message asks for; None for a plain question.

    `publishers` are those of the index, `today` is when it is asked.
    """
    asked = without_courtesy(message).strip().rstrip("?.! ")
    return _summary(asked, publishers, today or date.today()) or _comparison(asked) or _timeline(asked)


def all_wanted(question: str) -> str | None:
    """Return the question to read if all answers are wanted, a command to list turned into a question.

    None if one answer is enough.
    """
    asked = without_courtesy(question).strip()
    if found := _LIST.match(asked.rstrip("?.! ")):
        what = found["what"]
        whose = _WHOSE.match(what)
        return f"Which {whose['things']}{whose['do']}?" if whose else f"What are the {what}?"
    return question if _PLURAL.match(asked) else None


def _summary(asked: str, publishers: Sequence[str], today: date) -> Request | None:
    text = asked
    named = named_publishers(asked, publishers)
    for one in sorted(named, key=lambda one: -one.start):
        # "What does the Post report" asks what its articles say.
        start = re.search(r"(?:\bthe\s+)?$", text[: one.start], re.IGNORECASE)
        text = f"{text[: start.start() if start else one.start]}the articles {text[one.end :]}"
    days = named_range(text, today) if named else None
    text = without_dates(text, today) if days else text
    order, says = _SUMMARY.search(text), next(filter(None, (one.search(text) for one in _ARTICLES_SAY)), None)
    if says:
        about = _ABOUT.search(says["rest"])
        topic, noun, new = (says["rest"][about.end() :] if about else ""), says["noun"], says["new"]
    elif order and all(word in _BEFORE for word in words(text[: order.start()])):
        rest = text[order.end() :].strip()
        article = _OF_ARTICLE.match(rest)
        topic = rest[article.end() :] if article else rest
        noun, new = (article["noun"], article["new"]) if article else ("", None)
    else:
        return None
    while (cut := _AT_END.sub("", topic)) != topic:
        topic = cut
    quoted = QUOTED.search(asked)
    return Request(
        "summary",
        topic.strip(" ,:;"),
        quoted[1] if quoted else "",
        one=noun.lower() in ARTICLE,
        newest=bool(new),
        publishers=tuple(dict.fromkeys(one.publisher for one in named)),
        days=days,
    )


def _comparison(asked: str) -> Request | None:
    found = _COMPARE.match(asked)
    if not found:
        return None
    first, second = (part for name, part in found.groupdict().items() if part is not None and name != "how")
    aspect = (found["how"] or "").strip()
    if cut := _ASPECT.search(second):
        aspect, second = cut["aspect"] or cut["after"], second[: cut.start()]
    aspect = re.sub(r"^(?:on|in|over|regarding)\s+", "", aspect)
    if not _says(first) or not _says(second):
        return None
    return Request("comparison", aspect, sides=(first.strip(), second.strip()))


def _timeline(asked: str) -> Request | None:
    found = _HAPPENED.match(asked)
    if not found:
        return None
    rest = " ".join(part.strip(" ,:") for part in found.groups() if part)
    return Request("timeline", rest, dated=not _SEQUENCE.search(asked))


def _says(text: str) -> bool:
    return any(word not in STOP_WORDS for word in words(text))
