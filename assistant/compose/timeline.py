"""What happened when: the sentences that name a day, by day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from assistant.compose.gather import Gathered, Part, Place, naming, narrowed, sentences_of, telling, text_of, vectors_of
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
# An article is about a topic when its best passage scores this much of what the best of all does.
_ABOUT = 0.7
# Reports follow what they report, by so many days at the most.
_LATER = timedelta(60)
# Two sentences of one day that are this alike tell the same.
_SAME = 0.8
# In characters: how near a year must stand to its day.
_NEAR = 12


def gather_timeline(index: "Index", request: "Request", allowed: Filter, today: date) -> Gathered | None:
    """Gather a timeline; None where no day is named that is asked for, or no sentence tells one."""
    days = named_range(request.topic, today)
    if request.dated and days is None:
        return None
    topic = " ".join(telling(without_dates(request.topic, today)))
    if topic and is_unknown_topic(index, topic):
        return None
    query = topic or request.topic
    if not query:
        return None
    names = naming(telling(topic))
    for wanted in earlier_years(request.topic, days) if days else (None,):
        within = allowed if topic or not wanted else _reported(allowed, wanted)
        if within is None:
            continue
        hits = search(index, query, limit=_SEARCHED, allowed=within)
        if topic:
            meant = {hit.article.id for hit in about(hits, _ABOUT)}
            hits = [hit for hit in hits if hit.article.id in meant]
        told = [(day, place) for place in sentences_of(hits, alone=False) if (day := _told(place, wanted))]
        # What names the topic comes first where not all can be shown.
        told.sort(key=lambda event: not names(text_of(event[1])))
        if events := _distinct(index, told)[:MAX_EVENTS]:
            return _by_day(events, hits)
    return None


def _by_day(events: Sequence[tuple[date, Place]], hits: Sequence[Hit]) -> Gathered:
    parts: list[Part] = []
    for day, place in sorted(events, key=lambda event: event[0]):
        label = readable(day)
        if parts and parts[-1].label == label:
            parts[-1] = Part(label, (*parts[-1].places, place))
        else:
            parts.append(Part(label, (place,)))
    shown = {place[0].id for _, place in events}
    return Gathered(tuple(parts), tuple(hit for hit in hits if hit.article.id in shown))


def _reported(allowed: Filter, days: Range) -> Filter | None:
    """Leave the articles that may report of some days."""
    return narrowed(allowed, since=days.since, until=days.until and days.until + _LATER)


def _inside(day: date, days: Range | None) -> bool:
    return days is None or ((days.since or date.min) <= day <= (days.until or date.max))


def _told(place: Place, wanted: Range | None) -> date | None:
    """Tell which of the days that are wanted a sentence names: a date, in the year beside it, before a weekday."""
    article = place[0]
    found = amounts(text_of(place))
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
        # A report of January tells of December's days without a year.
        if year is None and published and day > published + timedelta(180):
            day = day.replace(year=day.year - 1)
    except ValueError:
        return None
    return day


def _distinct(index: "Index", told: list[tuple[date, Place]]) -> list[tuple[date, Place]]:
    """Leave out what tells of a day what was told of it before."""
    vectors = vectors_of(index, [place for _, place in told]) if told else None
    kept: list[int] = []
    for n, (day, _) in enumerate(told):
        assert vectors is not None
        if all(told[k][0] != day or float(vectors[k] @ vectors[n]) < _SAME for k in kept):
            kept.append(n)
    return [told[n] for n in kept]
