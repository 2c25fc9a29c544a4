"""Answer questions about the collection from the catalog (authors, dates, lists, counts), and greetings.

Each named article is cited with its first sentence, so that it can be opened like any other source. Its title, author,
publisher and day come from the catalog and are no quotes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant.check.citations import citations_of, numbered
from assistant.compose import collection_sentences as say
from assistant.compose.collection_sentences import Limits
from assistant.language.context import is_heading
from assistant.language.words import STOP_WORDS, Stems, words
from assistant.question.boosts import Boosts, read_boosts
from assistant.question.collection import AboutArticles, about_articles, is_hello, is_thanks
from assistant.question.condense import condense
from assistant.question.dates import Range, earlier_years
from assistant.question.understand import is_unknown_topic
from assistant.retrieve.search import about, search
from assistant.types import Answer, Citation, Claim, Turn
from index.store.listing import ListFilter
from index.text.sentences import sentences
from index.types import Article, Filter

if TYPE_CHECKING:
    from index.store.index import Index

MAX_NAMED = 20
"""Most articles named in an answer."""

_SEARCHED = 60
# An article is on a topic if its best passage scores at least this share of the best of all.
_ABOUT = 0.5


@dataclass(frozen=True, slots=True)
class _Selection:
    """The articles asked for, in order, their number, and what the list is limited to."""

    articles: Sequence[Article]
    total: int
    limits: Limits


def collection_answer(
    index: "Index", question: str, asked: str, history: Sequence[Turn], allowed: Filter, today: date, *, sure: bool
) -> Answer | None:
    """Answer a question about the collection; None if the message is none.

    `asked` is the question in the message, `history` the turns before it, oldest first. `sure` restricts this to
    questions that are hardly about what an article says.
    """
    about = about_articles(condense(asked, history), index.statistics().publishers, today)
    return catalog_answer(index, question, about, allowed, today) if about and about.sure == sure else None


def catalog_answer(index: "Index", question: str, asked: AboutArticles, allowed: Filter, today: date) -> Answer | None:
    """Answer a question about the collection; None if no article is on the topic."""
    if asked.wanted == "publishers":
        return _publishers(index, question, allowed)
    if asked.topic and not asked.title and is_unknown_topic(index, asked.topic):
        return _answer(question, [_said(say.there_are_none(Limits(asked.phrase)))], allowed)
    boosts = read_boosts(question, index.statistics().publishers, today)
    chosen: _Selection | None = None
    for days in earlier_years(question, Range(boosts.since, boosts.until)):
        tried = _select(index, asked, replace(boosts, since=days.since, until=days.until), allowed)
        chosen = tried if chosen is None or (tried and tried.articles) else chosen
        if chosen is None or chosen.articles:
            break
    if chosen is None or (asked.wanted in ("author", "published") and not _is_named(asked, chosen.articles)):
        return None
    if not chosen.articles:
        return _answer(question, [_said(say.there_are_none(chosen.limits, *_days(index)))], allowed)
    if asked.wanted in ("author", "published", "newest", "oldest"):
        return _answer(question, [_said(_sentence(asked, chosen.articles[0]), chosen.articles[0])], allowed)
    if asked.most and asked.wanted == "list":
        chosen = replace(chosen, articles=chosen.articles[: asked.most], total=min(chosen.total, asked.most))
    if asked.wanted == "count" and not chosen.limits:
        return _answer(question, [_said(say.there_are(chosen.total, chosen.limits))], allowed)
    claims = [_said(say.there_are_these(chosen.total, MAX_NAMED, chosen.limits))]
    claims += [_said(say.listed(one), one) for one in chosen.articles[:MAX_NAMED]]
    return _answer(question, claims, allowed)


def greeting(question: str, articles: int, examples: Sequence[str]) -> Answer:
    """Return a greeting that says what can be asked, with two example questions."""
    text = say.what_to_ask(articles, examples[:2], thanks=is_thanks(question), hello=is_hello(question))
    return replace(_answer(question, [_said(text)], Filter()), kind="talk")


def _said(text: str, article: Article | None = None) -> Claim:
    """Return a sentence as a claim; one about an article cites its opening."""
    return Claim(text, (_opening(article),) if article else (), "supported")


def _days(index: "Index") -> tuple[date | None, date | None]:
    """Return the first and the last publication day."""
    listing = index.catalog.listing
    ends = [listing.page(descending=newest, limit=1) for newest in (False, True)]
    first, last = ((rows[0].published if rows else None) for rows in ends)
    return first, last


def _select(index: "Index", asked: AboutArticles, boosts: Boosts, allowed: Filter) -> _Selection | None:
    named = {word for publisher in boosts.publishers for word in words(publisher)}
    topic = " ".join(word for word in words(asked.topic) if word not in named and not _is_of_dates(word, boosts))
    catalog = index.catalog
    allowed = catalog.resolve(allowed)
    publishers = allowed.publishers or boosts.publishers
    since, until = allowed.since or boosts.since, allowed.until or boosts.until
    narrowed = Filter(publishers, since, until, allowed.articles)
    if asked.mention and topic:
        found, total = list_articles(
            index, ListFilter(search=topic, since=since, until=until), publishers, allowed, newest=True
        )
    elif [word for word in words(topic) if word not in STOP_WORDS]:
        if not any(catalog.mentions(words(topic))):
            return None
        hits = search(index, topic, limit=_SEARCHED, allowed=narrowed)
        found = [hit.article for hit in about(hits, _ABOUT)]
        total = len(found)
        if asked.wanted in ("newest", "oldest"):
            found.sort(key=_day, reverse=asked.wanted == "newest")
    else:
        newest = asked.wanted != "oldest"
        found, total = list_articles(index, ListFilter(since=since, until=until), publishers, allowed, newest=newest)
    if asked.wanted in ("newest", "oldest"):
        found = [one for one in found if one.published]
    phrase = asked.phrase if topic else ""
    if any(word in _DATES or word.isdigit() for word in words(phrase)):
        since = until = None
    return _Selection(found, total, Limits(phrase, asked.mention, publishers, since, until))


def list_articles(
    index: "Index", wanted: ListFilter, publishers: Sequence[str], allowed: Filter, *, newest: bool
) -> tuple[list[Article], int]:
    """Return the first articles of a list by day, and its length; `publishers` restricts it, () for any."""
    catalog = index.catalog
    lists = [replace(wanted, publisher=one, ids=allowed.articles or None) for one in publishers or (None,)]
    rows = [row for one in lists for row in catalog.listing.page(one, descending=newest, limit=MAX_NAMED)]
    found = [one for row in rows if (one := catalog.article(row.id))]
    return sorted(found, key=_day, reverse=newest), sum(map(catalog.listing.count, lists))


def _is_named(asked: AboutArticles, articles: Sequence[Article]) -> bool:
    """Say whether the first article is the one asked about: it has the title, or a topic word in its title.

    Just "the article" means the only one there is.
    """
    title = words(articles[0].title) if articles else []
    if asked.title:
        return f" {' '.join(words(asked.title))} " in f" {' '.join(title)} "
    if not asked.topic:
        return len(articles) <= 1
    stems = Stems()
    return not set(stems.of(words(asked.topic))).isdisjoint(stems.of(title))


def _is_of_dates(word: str, boosts: Boosts) -> bool:
    return bool(boosts.since or boosts.until) and (word.isdigit() or word in _DATES)


_DATES = frozenset(
    """
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday today yesterday week weeks month months year years day days last this past spring
    summer autumn fall winter early late mid between published
    """.split()
)


def _day(article: Article) -> date:
    return article.published or date.min


def _sentence(asked: AboutArticles, article: Article) -> str:
    if asked.wanted == "author":
        return say.who_wrote(article)
    if asked.wanted == "published":
        return say.when_published(article)
    return say.the_newest(article) if asked.wanted == "newest" else say.the_oldest(article)


def _opening(article: Article) -> Citation:
    """Return a citation of the first sentence of an article that is no heading."""
    spans = sentences(article.text, article.language)
    start, end = next((span for span in spans if not is_heading(article.text[slice(*span)])), spans[0])
    return Citation(0, article, start, end, article.text[start:end])


def _publishers(index: "Index", question: str, allowed: Filter) -> Answer | None:
    among = ListFilter(since=allowed.since, until=allowed.until, ids=allowed.articles or None)
    counts = [one for one in index.catalog.listing.publishers(among) if one[0]]
    if not counts:
        return None
    return _answer(question, [_said(say.the_publishers(counts, 2 * MAX_NAMED))], allowed)


def _answer(question: str, claims: Sequence[Claim], allowed: Filter) -> Answer:
    claims = numbered(claims)
    return Answer(
        question=question,
        searched=question,
        text=" ".join(claim.text for claim in claims),
        claims=tuple(claims),
        citations=citations_of(claims),
        refused=False,
        hits=(),
        timings={"retrieve": 0.0, "read": 0.0},
        allowed=allowed,
        kind="collection",
    )
