"""Questions about the collection itself: who wrote an article, when, which there are, how many, the newest.

Such a question names an article as a thing ("which articles", "the story about …"), which a question about what they
say does not; so it is told by its form. What it is about, and from whom and when, is read by what reads every question
(`assistant.hints`); nothing is answered here.
"""

import re
from dataclasses import dataclass
from typing import Literal

from assistant.courtesy import without_courtesy
from assistant.words import content_words

Wanted = Literal["author", "published", "count", "list", "newest", "oldest", "publishers"]

_ONE = r"(?<![-\w])(?:article|story|piece|post|text|report|document|item)(?![-\w])"
_SOME = r"(?<![-\w])(?:articles|stories|pieces|posts|texts|reports|documents|items|sources|files)(?![-\w])"
_THERE = (
    r"(?:(?:do|have)\s+(?:i|we|you)(?:\s+have)?|are\s+there|is\s+there|(?:are|is)\s+(?:indexed|stored|here|available)"
    r"|(?:are|is)?\s*in\s+(?:here|(?:the|this|my|your)\s+(?:library|collection|index)))\b"
)
_ABOUT_WORDS = (
    r"(?:about|on|regarding|concerning|covering|covers?|discuss(?:es|ing)?|deal(?:s|ing)?\s+with|mention(?:s|ing)?"
    r"|titled|called|entitled|headed)\b"
)
_ABOUT = re.compile(rf"\b{_ABOUT_WORDS}", re.IGNORECASE)
_PUT_OUT = r"\b(?:published|written|posted|printed|released|appear(?:ed)?|come\s+out)\b"
_WHICH = r"^(?:which|what|list|show|find|name|give|tell|any|are\s+there|is\s+there|do\s+(?:i|we|you)\s+have)\b"
_LIMITED = (
    rf"\s*(?:$|{_THERE}|(?:is|are|was|were|do|did|does)?\s*(?:(?:i|we|you)\s+have\s+)?"
    rf"(?:{_ABOUT_WORDS}|from\b|by\b|since\b|dated\b|published\b))"
)
_FORMS: tuple[tuple[Wanted, str], ...] = (
    ("author", rf"^(?:who|by\s+whom)\b.*\b(?:wrote|written|authored|author|writer)\b.*{_ONE}"),
    ("author", r"^who\b.*\b(?:wrote|author\s+of|authored|written)\b\s*[\"“«]"),
    ("author", rf"^(?:what|which)\s+(?:author|reporter|journalist|writer)s?\b.*\bwrote\b.*{_ONE}"),
    ("published", rf"^(?:when|(?:on|at)\s+(?:what|which)\s+(?:day|date))\b.*{_ONE}.*{_PUT_OUT}"),
    ("published", rf"^when\b.*[\"”»]\s*{_PUT_OUT}"),
    ("published", rf"^(?:what|which)\s+(?:is\s+the\s+)?(?:date|day)\b.*{_ONE}"),
    ("published", rf"^how\s+old\s+is\b.*{_ONE}"),
    ("count", rf"^how\s+many\s+{_SOME}{_LIMITED}"),
    ("publishers", rf"{_WHICH}(?:\s+(?:me|all|the|other|are))*\s+(?:publishers|newspapers|outlets)\s*(?:$|{_THERE})"),
    ("newest", rf"^(?:{_WHICH[1:]}|the)?.*\b(?:newest|latest|most\s+recent|last)\s+(?:{_ONE}|{_SOME}){_LIMITED}"),
    ("oldest", rf"^(?:{_WHICH[1:]}|the)?.*\b(?:oldest|earliest|first)\s+(?:{_ONE}|{_SOME}){_LIMITED}"),
    ("list", rf"{_WHICH}(?:\s+(?:me|us|all|any|of|the|other|my|your|a|an))*\s+(?:{_SOME}|{_ONE}){_LIMITED}"),
    ("list", rf"^(?:all\s+)?(?:the\s+)?{_SOME}\s+(?:{_ABOUT_WORDS}|(?:from|by|since)\b)"),
    ("list", r"^what\s+(?:do\s+(?:i|we|you)\s+have|is\s+there)\s+(?:about|on|from|here|in\s+(?:the|this|my|your))\b"),
    ("list", r"^what\s+is\s+(?:here|indexed|stored)\b"),
)
_PATTERNS = [(wanted, re.compile(pattern, re.IGNORECASE)) for wanted, pattern in _FORMS]
# "Report" and the like are also what a text tells of: there the articles are asked first.
_SURE = re.compile(r"\b(?:articles?|stor(?:y|ies)|posts?|pieces?|publishers|newspapers|outlets)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“«](.+)[\"”»]")
# Words of the form that say nothing of what it is about.
_FORMAL = frozenset(
    """
    all appear appeared article articles author authored available called collection come contain contains cover
    covering covers date day dated deal deals discuss discusses discussing document documents earliest file files find
    first from have headed here index indexed item items journalist last latest library list many mention mentioning
    mentions name new newest newspapers old oldest outlets piece pieces post posted posts printed publication
    publications published publisher publishers recent released report reporter reports show since source sources
    stored stories story text texts titled until write writer written wrote
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
    """What is asked of the collection.

    `topic` are the words that say what the articles are about, "" for all, and `phrase` is how that was put; `title`
    is what stands in quotation marks. `mention` says that having the words is enough, `sure` that it can hardly be a
    question about what an article says.
    """

    wanted: Wanted
    topic: str
    phrase: str
    title: str
    mention: bool
    sure: bool


def about_articles(question: str) -> AboutArticles | None:
    """Read a question about the collection; None where it is about what the articles say."""
    asked = question.strip().rstrip("?.! ")
    for wanted, pattern in _PATTERNS:
        if found := pattern.search(asked):
            about = _ABOUT.search(asked, found.start())
            topic = asked[about.end() :] if about else asked
            words = [word for word in content_words(topic) if word not in _FORMAL]
            phrase = topic.strip() if about and words else ""
            quoted = _QUOTED.search(asked)
            mention = bool(about and about[0].lower().startswith("mention"))
            sure = bool(_SURE.search(asked) or quoted)
            return AboutArticles(wanted, " ".join(words), phrase, quoted[1] if quoted else "", mention, sure)
    return None


def is_talk(question: str) -> bool:
    """Say whether nothing is asked but a greeting is said, or what one can ask is asked."""
    asked = without_courtesy(question)
    return not asked or bool(_TALK.match(asked))


def is_thanks(question: str) -> bool:
    """Say whether small talk is a thank-you."""
    return bool(re.search(r"\bthank|\bthx\b", question, re.IGNORECASE))


def is_hello(question: str) -> bool:
    """Say whether small talk is a greeting."""
    return bool(re.match(r"\s*(?:hi|hello|hey|good\s+(?:morning|afternoon|evening|day))\b", question, re.IGNORECASE))
