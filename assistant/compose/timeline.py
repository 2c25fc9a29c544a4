"""Gather a timeline: sentences that name a day, by day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from assistant.compose.gather import (
    ArticleSentence,
    Gathered,
    Section,
    mentions_any,
    narrowed,
    sentences_of,
    significant_words,
    text_of,
    vectors_of,
)
from assistant.language.quantities import Amount, amounts, resolved
from assistant.question.dates import Range, earlier_years, named_range, without_dates
from assistant.question.understand import is_unknown_topic
from assistant.render.text import readable
from assistant.retrieve.search import about, search
from index.types import Article, Filter, Hit

if TYPE_CHECKING:
    from assistant.question.request import Request
    from index.store.index import Index

MAX_EVENTS = 10
_SEARCHED = 60
# An article is on a topic if its best passage scores at least this share of the best of all.
_ABOUT = 0.7
# Reports follow events by at most so many days.
_LATER = timedelta(60)
# Two sentences of one day that are this similar say the same.
_SAME = 0.8
# Most characters between a day and its year.
_NEAR = 12


def gather_timeline(index: "Index", request: "Request", allowed: Filter, today: date) -> Gathered | None:
    """Gather a timeline; None if the message lacks the days it needs, or no sentence names one."""
    days = named_range(request.topic, today)
    if request.dated and days is None:
        return None
    topic = " ".join(significant_words(without_dates(request.topic, today)))
    if topic and is_unknown_topic(index, topic):
        return None
    query = topic or request.topic
    if not query:
        return None
    names = mentions_any(significant_words(topic))
    for wanted in earlier_years(request.topic, days) if days else (None,):
        within = allowed if topic or not wanted else _reported(allowed, wanted)
        if within is None:
            continue
        hits = search(index, query, limit=_SEARCHED, allowed=within)
        if topic:
            meant = {hit.article.id for hit in about(hits, _ABOUT)}
            hits = [hit for hit in hits if hit.article.id in meant]
        events = [
            (day, sentence) for sentence in sentences_of(hits, alone=False) if (day := _day_named(sentence, wanted))
        ]
        # If not all can be shown, those that name the topic go first.
        events.sort(key=lambda event: not names(text_of(event[1])))
        if events := _distinct(index, events)[:MAX_EVENTS]:
            return _by_day(events, hits)
    return None


def _by_day(events: Sequence[tuple[date, ArticleSentence]], hits: Sequence[Hit]) -> Gathered:
    sections: list[Section] = []
    for day, sentence in sorted(events, key=lambda event: event[0]):
        label = readable(day)
        if sections and sections[-1].label == label:
            sections[-1] = Section(label, (*sections[-1].sentences, sentence))
        else:
            sections.append(Section(label, (sentence,)))
    shown = {sentence[0].id for _, sentence in events}
    return Gathered(tuple(sections), tuple(hit for hit in hits if hit.article.id in shown))


def _reported(allowed: Filter, days: Range) -> Filter | None:
    """Return the filter restricted to articles that may report on some days."""
    return narrowed(allowed, since=days.since, until=days.until and days.until + _LATER)


def _inside(day: date, days: Range | None) -> bool:
    return days is None or ((days.since or date.min) <= day <= (days.until or date.max))


def _day_named(sentence: ArticleSentence, wanted: Range | None) -> date | None:
    """Return the wanted day that a sentence names, if any; dates count before weekdays."""
    article = sentence[0]
    found = amounts(text_of(sentence), article.language)
    named = [(form, one) for one in found for form in sorted(one.forms) if form.startswith("day:")]
    meant = [(form, one) for one in found for form in sorted(resolved(one, article.published)) if form[:4] == "day:"]
    days = (_day(form, _year(one, found), article) for form, one in (*named, *meant))
    return next((day for day in days if day and _inside(day, wanted)), None)


def _year(one: Amount, found: list[Amount]) -> int | None:
    for other in found:
        if other.kind == "year" and (abs(other.start - one.end) <= _NEAR or abs(one.start - other.end) <= _NEAR):
            return int(min(other.forms))
    return None


def _day(form: str, year: int | None, article: Article) -> date | None:
    month, number = map(int, form.removeprefix("day:").split("-"))
    published = article.published
    if year is None and published is None:
        return None
    try:
        day = date(year or published.year, month, number)  # type: ignore[union-attr]
        # In January, a day of December without a year is last year's.
        if year is None and published and day > published + timedelta(180):
            day = day.replace(year=day.year - 1)
    except ValueError:
        return None
    return day


def _distinct(index: "Index", events: list[tuple[date, ArticleSentence]]) -> list[tuple[date, ArticleSentence]]:
    """Return events without near-duplicates of the same day."""
    vectors = vectors_of(index, [sentence for _, sentence in events]) if events else None
    kept: list[int] = []
    for n, (day, _) in enumerate(events):
        assert vectors is not None
        likeness = index.embedding.likeness(vectors @ vectors[n])
        if all(events[k][0] != day or float(likeness[k]) < _SAME for k in kept):
            kept.append(n)
    return [events[n] for n in kept]
