"""Which sentences a sentence needs as context: those right before it that name who or what it is about.

"He said so." refers back, so the sentence that names him comes along. A small rule-based stand-in for coreference, in
the spirit of the "decontextualisation" task (Choi et al., "Decontextualization: Making Sentences Stand-Alone", 2021),
without rewriting: what comes along is a sentence of the article, word for word.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from assistant.language.lexicon import SAID
from assistant.language.words import words
from index.text.sentences import Span, sentences
from index.types import Article

_MAX_HEADING_WORDS = 8
# What a sentence ends in: stops of any script, closing quotes and brackets. German closes with “, French with ».
_ENDS = ".!?…\"'”“’‘»«›)。！？」』）؟۔।॥"
# An answer of so few words ("Yes.", "In May.") means nothing without its question.
_SHORT = 3
CELL = " | "
"""Separates the cells of a table row."""
MAX_BACK = 2
"""Most sentences added before one as its context."""

_CALENDAR = (
    r"(?:(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|mon|tues|wednes|thurs|fri|satur|sun)[a-z]*\.?"
    r"|\d[\d,.]*(?:st|nd|rd|th)?)"
)
# Words allowed between an opening such as "After" and the pronoun: lower-case words and dates, no names.
_SMALL = rf"(?:(?-i:[a-z])[\w'’-]*|{_CALENDAR})"
_NOUNS = (
    "company|firm|group|bank|agency|organi[sz]ation|official|minister|president|man|woman|deal|move|decision|plan"
    "|proposal|source|report|study|spokes(?:man|woman|person)|envoy|suspects?|victims?|judge|court|ministry|museum"
    "|committee|leaders?|men|women|officials|meeting|ban|ruling|agreement|announcement|statement|incident|scandal"
    "|account|claim|accusations?|allegations?"
)
_GROUPS = "men|women|countries|sides|leaders|presidents|companies|firms|banks|officials|parties|governments|teams"
_POINTS_BACK = re.compile(
    rf"""["“'‘(\[]*
    (?:(?:but|and|also|so|or|yet|still|however|instead|then|meanwhile|nevertheless|moreover|there|nor
        |in\s+(?:addition|turn|response)),?\s+)?
    (?: (?P<pronoun>(?:he|she|they|his|her|hers|their|theirs|its|him|them)\b)
      | (?:such|others|according\s+to\s+(?:the\s+same|these|those|him|her|them)|[\w-]+\s+ones)\b
      | it\b(?!\s+(?:(?:is|was|has\s+been|will\s+be|would\s+be)\s+(?:(?:not|also|still|now|yet|very|quite|too)\s+)*
             (?:\w+\s+(?:that|whether|how|why|if)\b
               |(?:rare|hard|difficult|easy|early|late|possible|impossible|important|necessary|common|unusual|wise
                 |time|better|best|good|bad|safe|dangerous|vital|crucial|essential|enough)\s+(?:for|to)\b)
           |(?:seems|appears|turns\s+out|emerged)\s+that\b))
      | (?:this|that|these)\b(?!\s+(?:same\s+)?(?:day|night|week|month|year|time|morning|afternoon|evening|weekend
           |spring|summer|autumn|fall|winter|season|decade|century)\b)
      | those\b(?!\s+(?:who|in|of|from|with|(?-i:[A-Z])))
      | both\b(?!\s+(?:in|of|from|with|the|\w+\s+and\b|(?-i:[A-Z])))
      | (?:the\s+)?(?:one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|\d+|some|many|most|all|none|neither|each
           |both|several|half)\s+of\s+(?:them|these|those)\b
      | neither\s+(?:side|man|woman|country|party|leader)\b
      | all\s+(?:two|three|four|five|six)\b
      | the\s+(?:former|latter|same|pair|two|others?)\b
      | the\s+(?:three|four|five|six)\s+(?:{_GROUPS}|will|have|had|were|are|also)\b
      | the\s+\d+-year-old\b(?!\s+\w+\s+(?-i:[A-Z]))
      | the\s+(?-i:{_NOUNS})\b(?!['’]|\s+(?:of|by|for|from|between|in|on|who|that|which|to|(?-i:[A-Z])))
      # An opening that holds no name, then a pronoun: "After his resignation", "In a message that evening he".
      | (?:after|before|since|despite|because\s+of|in|by|with|during|through|for|on|at|under|from|without)
           \s+(?:his|her|their|its)\b
      | (?:after|before|since|when|while|as|if|once|although|though|because|in|by|during|until|at|on|for|from|a|the|one
           |only|just|soon|shortly|later|earlier|afterwards?|today|yesterday|now)\b,?
           (?:\s+{_SMALL},?){{0,6}}?\s+(?:he|she|they)\b(?!\s+who\b)
      | (?:in|on|by|since|until)\s+(?:early\s+|late\s+|mid-)?(?:{_CALENDAR}[\s,]+){{1,4}}it\b )""",
    re.IGNORECASE | re.VERBOSE,
)
# "That would take years, she said.": the speaker is named before.
_SPOKEN = re.compile(rf",[\"”'’]?\s+(?:he|she|they)\s+{SAID}\b")
# "The bank denied this claim.": needs the claim as context.
_REFERS_TO_A_CLAIM = re.compile(
    r"\b(?:this|that|these|those)\s+(?:claim|account|allegation|accusation|suggestion|assertion|version|report|view"
    r"|description|characteri[sz]ation|statement|idea|figure|estimate)s?[.!]?$",
    re.IGNORECASE,
)
# White space and list markers: all that is between two sentences without a heading between them.
_BETWEEN = " \n\t•‣◦▪*–—-"


def is_heading(sentence: str) -> bool:
    """Say whether a line is a heading or a label: short, without a final stop, and no table row."""
    return sentence[-1] not in _ENDS and "|" not in sentence and len(words(sentence)) <= _MAX_HEADING_WORDS


def points_back(sentence: str) -> bool:
    """Say whether a sentence depends on an earlier one for who or what it is about."""
    return any((_POINTS_BACK.match(sentence), _SPOKEN.search(sentence), _REFERS_TO_A_CLAIM.search(sentence)))


@dataclass(slots=True)
class SentenceCache:
    """The sentences of articles, each article split once per answer."""

    _cut: dict[tuple[str, str], list[Span]] = field(default_factory=dict)

    def sentences(self, article: Article) -> Sequence[Span]:
        """Return the sentences of an article in order, without headings."""
        key = article.id, article.content_hash
        if key not in self._cut:
            text = article.text
            self._cut[key] = [span for span in sentences(text, article.language) if not is_heading(text[slice(*span)])]
        return self._cut[key]

    def with_context(self, article: Article, span: Span) -> list[Span]:
        """Return a sentence preceded by its context, at most `MAX_BACK` sentences.

        Across a heading only a pronoun looks back: "The committee" below one seldom means what stood just above it. A
        table row needs the first row of its table, and an answer of a few words the question right before it.
        """
        text = article.text
        if CELL in text[slice(*span)]:
            return [*_first_row(text, span), span]
        needed = [span]
        every = self.sentences(article)
        place = bisect_right(every, span[0], key=itemgetter(1))
        before = list(every[max(0, place - MAX_BACK) : place])
        if before and _answers_shortly(text[slice(*span)], text[slice(*before[-1])]):
            needed.insert(0, before.pop())
        while before and len(needed) <= MAX_BACK and points_back(text[slice(*needed[0])]):
            found = _POINTS_BACK.match(text[slice(*needed[0])])
            if text[before[-1][1] : needed[0][0]].strip(_BETWEEN) and not (found and found["pronoun"]):
                break
            needed.insert(0, before.pop())
        return needed


def _answers_shortly(sentence: str, before: str) -> bool:
    """Say whether a sentence is an answer too short to mean anything without the question before it."""
    return before.endswith(("?", "？")) and len(words(sentence)) <= _SHORT


def _first_row(text: str, row: Span) -> list[Span]:
    """Return the first row of a row's table, usually its header; [] if the row is the first."""
    first = start = text.rfind("\n", 0, row[0]) + 1
    while start > 0:
        end = start - 1
        start = text.rfind("\n", 0, end) + 1
        if CELL not in text[start:end]:
            break
        first = start
    end = text.find("\n", first)
    return [(first, end)] if 0 <= end < row[0] else []


def join_adjacent(text: str, spans: Sequence[Span]) -> list[Span]:
    """Join the spans of adjacent sentences (only white space between them) into one each."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
