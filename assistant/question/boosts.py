"""Boosts: which publishers, dates or newest articles a question prefers.

Boosts exclude no article, they only raise scores. So a misread boost, or a date of the event and not of the article
("who won in 1998?"), costs little: if no article has that date nothing is boosted, and if one has, it overtakes only
articles that scored about as well.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.question.dates import named_range, opens_sentence
from assistant.question.publishers import named_publishers
from index.types import Article

NAMED_BOOST = 1.0
"""Boost of an article whose publisher is named, and of one published in the named range of days.

A candidate's score is the sum of two standard scores, so this is half the lead of a passage that is one deviation
better in both: enough to reorder passages on the same topic, too little to prefer one on another.
"""

GRACE_DAYS = 14
"""Days after the range in which an article still gets part of `NAMED_BOOST`: reports follow events."""

NEWEST_BOOST = 0.5
"""Boost of the newest candidate if a question asks for the newest: "now" is vaguer than a date."""

HALF_LIFE_DAYS = 30
"""Days in which `NEWEST_BOOST` halves: after a month, most news is outdated."""

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
class Boosts:
    """The articles that a question boosts; falsy if none.

    `publishers` are spelled as in the index. `since` and `until` are inclusive; None leaves a side open.
    """

    publishers: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    newest: bool = False

    def __bool__(self) -> bool:
        return self != NO_BOOSTS


NO_BOOSTS = Boosts()


def read_boosts(question: str, publishers: Sequence[str], today: date) -> Boosts:
    """Return a question's boosts. `publishers` are those of the index, `today` is when it is asked."""
    named = named_publishers(question, publishers)
    # A quoted phrase is text of an article, and "USA Today" is no date.
    rest = _QUOTED.sub(lambda quoted: _placeholder(quoted[0]), question)
    for one in named:
        rest = rest[: one.start] + _placeholder(rest[one.start : one.end]) + rest[one.end :]
    days = named_range(rest, today)
    meant = {one.publisher for one in named}
    return Boosts(
        publishers=tuple(name for name in dict.fromkeys(publishers) if name in meant),
        since=days.since if days else None,
        until=days.until if days else None,
        newest=_asks_for_newest(rest),
    )


def boost_scores(articles: Sequence[Article], boosts: Boosts) -> list[float]:
    """Return the boost of each of the candidates' articles; see `boost_score`."""
    if not boosts:
        return [0.0] * len(articles)
    newest = max((article.published for article in articles if article.published), default=None)
    return [boost_score(article, boosts, newest) for article in articles]


def boost_score(article: Article, boosts: Boosts, newest: date | None) -> float:
    """Return the boost of an article's passages, in standard scores; 0 if none applies.

    `newest` is the latest date among the candidates' articles. An article without a date gets no boost for dates.
    """
    boost = NAMED_BOOST if article.publisher is not None and article.publisher in boosts.publishers else 0.0
    if article.published is None:
        return boost
    if boosts.since or boosts.until:
        boost += NAMED_BOOST * _nearness(article.published, boosts.since, boosts.until)
    if boosts.newest and newest:
        boost += NEWEST_BOOST * 0.5 ** (max((newest - article.published).days, 0) / HALF_LIFE_DAYS)
    return boost


def _nearness(published: date, since: date | None, until: date | None) -> float:
    """Return 1 inside the range, falling linearly to 0 over the days after it; 0 before it."""
    if since and published < since:
        return 0.0
    late = (published - until).days if until else 0
    return max(0.0, 1 - max(late, 0) / (GRACE_DAYS + 1))


def _asks_for_newest(text: str) -> bool:
    # A capital inside a sentence makes it part of a name ("Apocalypse Now"); "Now, …" at its start is only an opening.
    return any(
        found[0][0].islower() or (opens_sentence(text, found.start()) and found[0].lower() != "now")
        for found in _NEWEST.finditer(text)
    )


def _placeholder(text: str) -> str:
    """Return a placeholder as long as `text`, neither a word nor white space."""
    return "¤" * len(text)
