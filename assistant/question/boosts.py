"""What a question says about which articles are meant: their publisher, their dates, or that the newest counts.

Hints never leave an article out, they lift some in the ranking. So a hint that was read wrongly, or a date that is the
event's and not the article's ("who won in 1998?"), costs little: where no article has such a date nothing is lifted,
and where one has, it passes only articles that were about as good.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.question.dates import named_range, opens_sentence
from assistant.question.publishers import named_publishers
from index.types import Article

MEANT = 1.0
"""Lift of an article by a publisher that is named, and of one published on the days that are named.

A candidate's score is the sum of two standard scores, so one is half of what a passage one deviation better in both of
them has ahead: enough among passages about the same thing, too little for one about another.
"""

AFTERWARDS = 14
"""Days after the range in which an article still gets part of `MEANT`: reports follow what they report."""

NEWEST = 0.5
"""Lift of the newest candidate when the newest counts: less than `MEANT`, for "now" says less than a date."""

HALF_LIFE = 30
"""Days in which `NEWEST` halves: in a month, news has mostly been followed by other news."""

_NEWEST = re.compile(
    r"\b(?:newest|most\s+recent(?:ly)?|currently|nowadays|recently|these\s+days|to\s+date|at\s+(?:the\s+moment|present)"
    r"|in\s+recent\s+(?:days|weeks|months)|(?:today|today['’]s))\b"
    r"|(?<!\bat\sthe\s)\blatest\b|\blatest(?=\s+\w)"
    r"|\b(?:the|['’]s|its|their|his|her)\s+current\s+(?!account|flow|of|in|through|from|is|was|and|that|which)[a-z]"
    r"|(?<!\w)(?<!-)now\b(?!-|\s+that\b|\s+defunct\b)"
    r"|(?<!\bgo\s)(?<!\bgoes\s)(?<!\bgone\s)(?<!\bwent\s)\bso\s+far\b(?!\s+(?:as|from|away|out|off|apart|ahead|behind"
    r"|below|above|beyond|north|south|east|west|up|down|to|left|right)\b)",
    re.I,
)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”")


@dataclass(frozen=True, slots=True)
class Hints:
    """What a question says about the articles it means; falsy when that is nothing.

    `publishers` are spelled as in the index. `since` and `until` are inclusive, and either may be open.
    """

    publishers: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    newest: bool = False

    def __bool__(self) -> bool:
        return self != NOTHING


NOTHING = Hints()


def hints(question: str, publishers: Sequence[str], today: date) -> Hints:
    """Read the hints in a question. `publishers` are those that the index has, `today` is when it is asked."""
    named = named_publishers(question, publishers)
    # What is quoted is to be found in an article, and "USA Today" is no date.
    rest = _QUOTED.sub(lambda quoted: _blank(quoted[0]), question)
    for one in named:
        rest = rest[: one.start] + _blank(rest[one.start : one.end]) + rest[one.end :]
    days = named_range(rest, today)
    meant = {one.publisher for one in named}
    return Hints(
        publishers=tuple(name for name in dict.fromkeys(publishers) if name in meant),
        since=days.since if days else None,
        until=days.until if days else None,
        newest=_asks_for_newest(rest),
    )


def lifts_of(articles: Sequence[Article], hints: Hints) -> list[float]:
    """Tell how much each of the candidates' articles is to be lifted; see `lift`."""
    if not hints:
        return [0.0] * len(articles)
    newest = max((article.published for article in articles if article.published), default=None)
    return [lift(article, hints, newest) for article in articles]


def lift(article: Article, hints: Hints, newest: date | None) -> float:
    """Say how much a passage of this article is to be lifted, in standard scores; 0 when no hint fits it.

    `newest` is the latest date among the candidates' articles. An article without a date gets nothing for dates.
    """
    lifted = MEANT if article.publisher is not None and article.publisher in hints.publishers else 0.0
    if article.published is None:
        return lifted
    if hints.since or hints.until:
        lifted += MEANT * _nearness(article.published, hints.since, hints.until)
    if hints.newest and newest:
        lifted += NEWEST * 0.5 ** (max((newest - article.published).days, 0) / HALF_LIFE)
    return lifted


def _nearness(published: date, since: date | None, until: date | None) -> float:
    """1 inside the range, falling evenly to 0 over the days after it; before it, 0."""
    if since and published < since:
        return 0.0
    late = (published - until).days if until else 0
    return max(0.0, 1 - max(late, 0) / (AFTERWARDS + 1))


def _asks_for_newest(text: str) -> bool:
    # A capital inside a sentence makes it part of a name ("Apocalypse Now"); "Now, …" at its start is only a way in.
    return any(
        found[0][0].islower() or (opens_sentence(text, found.start()) and found[0].lower() != "now")
        for found in _NEWEST.finditer(text)
    )


def _blank(text: str) -> str:
    """As long as `text`, and neither a word nor white space."""
    return "¤" * len(text)
