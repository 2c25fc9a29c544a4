"""Parse the dates that a question names, as one range of days.

A small English parser instead of a library: dateparser, datefinder, timefhuman, parsedatetime and ctparse return one
day where a question means a month or a year, hardly know "since" and "before", and either take "may", "Sun" or "1500"
for dates or miss "last week". Here a word counts as a date only if nothing else is likely: a missed date changes
nothing, a wrong one changes the ranking.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_Days = tuple[date, date]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?!\d|[.,:]\d|\s?%)(?:st|nd|rd|th)?"
_YEAR = r"(?:1\d{3}|20\d{2})(?!\w|[.,:]\d|\s?%)"
_OF_YEAR = rf"(?P<tail>,?\s+(?:(?:of|in)\s+)?(?:(?P<year>{_YEAR})|(?P<near>last|this)\s+year\b))?"
_TO = r"(?:\s*[-–—]\s*|\s+(?:to|and|or|until|till|through)\s+)"
_COUNT = rf"(?P<count>\d{{1,3}}|an?|{'|'.join(_NUMBERS)}|(?:a\s+)?few|(?:a\s+)?couple\s+of|several)\s+"
_UNITS = r"(?P<unit>day|week|month|year|decade)s?\b"


def _pattern(text: str) -> "re.Pattern[str]":
    # Never inside a word, a longer number ("2,000") or an amount of money.
    return re.compile(rf"(?<![\w$€£¥#])(?<!\d[.,:/])(?:{text})", re.I)


_DAY_MONTH = _pattern(
    rf"(?<![a-z]-)(?P<day>{_DAY})(?:{_TO}(?P<last>{_DAY}))?\s+(?:of\s+)?(?P<month>{_MONTH}){_OF_YEAR}"
)
_MONTH_DAY = _pattern(
    rf"(?P<month>{_MONTH})\s+(?P<day>{_DAY})\b(?:{_TO}(?P<last>{_DAY})\b(?!\s+(?:{_MONTH}|per\s?cent)))?{_OF_YEAR}"
)
_ISO = _pattern(r"(?P<year>1\d{3}|20\d{2})-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d\d))?(?![\w-])")
_TWO_YEARS = _pattern(r"(?P<year>1\d{3}|20\d{2})[-–/](?P<next>\d{2})(?![\w/–-])")
_DECADE = _pattern(r"(?P<decade>(?:1\d|20)\d0)['’]?s\b")
_A_SEASON = _pattern(rf"(?:(?P<which>last|this)\s+)?(?P<season>{'|'.join(_SEASONS)})\b{_OF_YEAR}")
_A_MONTH = _pattern(rf"(?:(?P<which>last|this)\s+)?(?P<month>{_MONTH}){_OF_YEAR}")
_A_DAY = _pattern(
    r"(?:the\s+)?day\s+before\s+yesterday\b|yesterday\b|today\b(?!['’])|tonight\b|last\s+night\b"
    r"|this\s+(?:morning|afternoon|evening)\b"
)
_ROLLING = _pattern(
    rf"(?:(?:the|these|this)\s+)?(?:last|past)\s+{_COUNT}{_UNITS}(?!\s+of\b)"
    r"|(?:the|this)\s+(?:last|past)\s+(?P<one>week|month|year|decade)\b(?!\s+of\b)"
)
_CALENDAR = _pattern(r"(?P<which>last|this)\s+(?P<unit>week|weekend|month|year|decade)\b(?!\s+of\b)")
_AGO = _pattern(rf"{_COUNT}{_UNITS}\s+ago\b")
_A_YEAR = _pattern(rf"(?P<year>{_YEAR})")

# The word that introduces a date, and what may stand between the two: "since | the end of | 2023".
_PART = r"(?:the\s+)?(?:(?:early|mid|late|year|(?:end|start|beginning|middle|month)\s+of)[\s-]+)?(?:the\s+)?"
_LEAD = re.compile(
    r"(?<![\w-])(?P<lead>in|on|since|during|until|till|before|prior\s+to|after|from|by|for|between|through|throughout"
    rf"|over|of|early|mid|late|year|(?:end|start|beginning|middle|half|weeks?|days|first|second|third|\w+th)\s+of)[\s-]+{_PART}$",
    re.I,
)
_LEADS_TO_MONTH = frozenset(
    "in,since,during,until,till,before,prior to,after,from,by,between,through,throughout,early,mid,late".split(",")
)
_LEADS_TO_YEAR = _LEADS_TO_MONTH | {"for", "of", "year"}
_JOINT = re.compile(rf"{_TO}{_PART}", re.I)
_ONWARDS = re.compile(r"\s+on(?:wards?)?\b(?!\s+(?:the|an?)\b)", re.I)

# What follows a number that only counts: "2000 people", "in 1500 homes". Words in s that are no plurals are excluded.
_COUNTED = re.compile(
    r"[\s-]+(?:people|men|women|children|[mb]illion|per\s?cent|km|tonnes?|more|other|young"
    r"|(?!(?:was|is|has|does|as|his|its|this|versus|across|plus|perhaps)\b)[a-z]+[^\Ws]s)\b(?!['’])"
)
_NEXT_NUMBER = re.compile(rf"{_TO}(?P<number>\d[\d.,]*)(?!\d|(?:st|nd|rd|th)?\s+{_MONTH})", re.I)
_ONE_IN = re.compile(r"(?:\b(?:total|out)\s+of|(?:\d|\bone)\s+(?:in|of))\s+$", re.I)
_MONTH_OR_YEAR = re.compile(rf"{_MONTH}|\d{{4}}$", re.I)
_OWNED = re.compile(r"(?:\bthe|['’]s)\s+$", re.I)

_HAS_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b|\b(?:year|month|week|weekend|today|yesterday|days?)\b", re.IGNORECASE)
# Most years back that a day without a year is looked for.
_MAX_YEARS = 5
# Months that are other words as well, and months that are names of people as well.
_DOUBTFUL = frozenset({"may", "march", "mar", "august"})
_NAMES = frozenset({"may", "april", "june", "august", "jan"})
_NAME_GOES_ON = re.compile(r"['’]s\b|\s+[A-Z]\w")
_MONTH_STOPS = re.compile(r"\s*(?:$|[?!.,;:)–—]|(?:and|or|to|in|at|on|of|by|with|for|from|about|until)\b)")
_SENTENCE_STARTS = re.compile(r"(?:^|[.?!:])\W*$")


@dataclass(frozen=True, slots=True)
class Range:
    """Days from `since` to `until`, both inclusive; None leaves that side open."""

    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class _Mention:
    """A date in the text: its place, its days in a given year, and the year if it is named.

    `sure` is false for what is a date only as the end of a range ("from May to *July*"); `over` is true if the date
    must have ended ("last summer").
    """

    start: int
    end: int
    days: Callable[[int], _Days | None]
    year: int | None = None
    sure: bool = True
    over: bool = False


def named_range(question: str, today: date) -> Range | None:
    """Return the range of days that a question names, or None.

    A month or day without a year is the latest one up to `today`. Several dates give the range from the first to the
    last. Future dates are ignored: no article has been published then.
    """
    ranges = list(_ranges(question, today))
    starts = [one.since for one in ranges if one.since]
    ends = [one.until for one in ranges if one.until]
    if starts and ends and all(one.since is None or one.until is None for one in ranges):
        # "after 2019 and before 2022": each bounds the other.
        return Range(max(starts), min(ends)) if max(starts) <= min(ends) else None
    since = min(starts) if len(starts) == len(ranges) > 0 else None
    until = max(ends) if len(ends) == len(ranges) > 0 else None
    return Range(since, until) if since or until else None


def earlier_years(question: str, days: Range) -> Iterator[Range]:
    """Yield the days that a question names and, if it names no year, the same days of earlier years."""
    yield days
    if (days.since or days.until) and not _HAS_YEAR.search(question):
        for n in range(1, _MAX_YEARS):
            since, until = (day and _in_year(day, day.year - n) for day in (days.since, days.until))
            yield Range(since, until)


def _in_year(day: date, year: int) -> date:
    # The 29th of February has no day of its own in most years.
    return date(year, day.month, min(day.day, 28) if day.month == 2 else day.day)


def without_dates(question: str, today: date) -> str:
    """Return a question without the days that it names and the words that introduce them."""
    for one in reversed(_mentions(question, today)):
        lead = _LEAD.search(question[: one.start])
        question = f"{question[: lead.start() if lead else one.start]} {question[one.end :]}"
    return " ".join(question.split())


def _ranges(text: str, today: date) -> Iterator[Range]:
    for group in _groups(text, _mentions(text, today)):
        days = _joined(group, today)
        if days is None or days[0] > today:
            continue
        first, last = days
        # "After the August summit" is about August, and "before the 2024 floods" about 2024.
        before_noun = _OWNED.search(text[: group[0].start]) and _MONTH_OR_YEAR.match(
            text, group[0].start, group[-1].end
        )
        lead = "" if before_noun else _lead(text, group[0].start)
        if lead == "since" or (lead == "from" and len(group) == 1 and _ONWARDS.match(text, group[0].end)):
            yield Range(first, None)
        elif lead == "after":
            if last < today:
                yield Range(last + timedelta(1), None)
        elif lead in ("before", "prior to"):
            yield Range(None, first - timedelta(1))
        elif lead in ("until", "till", "by"):
            # Every article there is was published "by 2040".
            if last < today:
                yield Range(None, last)
        else:
            yield Range(first, last)


def _groups(text: str, mentions: list[_Mention]) -> list[list[_Mention]]:
    """Group joined dates ("March and May 2024"); drop those that are not sure."""
    groups: list[list[_Mention]] = []
    for one in mentions:
        if groups and _JOINT.fullmatch(text, groups[-1][-1].end, one.start):
            groups[-1].append(one)
        elif one.sure:
            groups.append([one])
    return groups


def _joined(group: list[_Mention], today: date) -> _Days | None:
    """Return joined dates as one range; a date without a year takes its neighbour's."""
    one, other = group[0], group[-1]
    if one.year is None and one is not other:
        end = _nearest_days(other, today, -1)
        start = end and _nearest_days(one, end[0], -1)
    else:
        start = _nearest_days(one, today, -1)
        end = start and (_nearest_days(other, start[0], 1) if one is not other else start)
    return (min(start[0], end[0]), max(start[1], end[1])) if start and end else None


def _nearest_days(one: _Mention, day: date, way: int) -> _Days | None:
    """Return the days in the named year, else the latest that begin by `day` (`way` -1) or the next after it (1)."""
    if one.year is not None:
        return one.days(one.year)
    # Within nine years there is a 29 February.
    for year in range(day.year + (way < 0), day.year + 9 * way, way):
        days = one.days(year)
        if days and (days[1] < day if one.over else (days[0] - day).days * way >= 0):
            return days
    return None


def _mentions(text: str, today: date) -> list[_Mention]:
    """Return possible dates in order; where patterns overlap, the first one counts."""
    found: list[_Mention] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            one = read(match, today)
            if one and not any(one.start < other.end and other.start < one.end for other in found):
                found.append(one)
    return sorted(found, key=lambda one: one.start)


def opens_sentence(text: str, start: int) -> bool:
    """Say whether the word at `start` opens a sentence, so that its capital says nothing."""
    # What stands between two sentences is short; a long question is not searched from its beginning.
    return _SENTENCE_STARTS.search(text, max(0, start - 8), start) is not None


def _lead(text: str, start: int) -> str:
    """Return the word that introduces a date at `start`, or ""."""
    # The longest lead stays well within this.
    found = _LEAD.search(text, max(0, start - 60), start)
    return " ".join(found["lead"].lower().split()) if found else ""


def _is_count(text: str, end: int) -> bool:
    """Say whether a number that ends at `end` is a count ("2000 people", "from 1500 to 3000 dollars")."""
    if _COUNTED.match(text, end):
        return True
    other = _NEXT_NUMBER.match(text, end)
    if not other:
        return False
    number = other["number"].rstrip(".,")
    counted = _COUNTED.match(text, other.start("number") + len(number))
    return counted is not None or not re.fullmatch(r"\d{1,2}|1\d{3}|20\d{2}", number)


def _year_of(match: "re.Match[str]", today: date) -> tuple[int | None, int]:
    """Return the year after a month or season, or None, and the end of the whole."""
    if match["near"]:
        return today.year - (match["near"].lower() == "last"), match.end()
    if match["year"] and not _is_count(match.string, match.end()):
        return int(match["year"]), match.end()
    return None, match.start("tail") if match["tail"] else match.end()


def _plainly_written(match: "re.Match[str]") -> bool:
    """Say whether a month cannot be the verb "may" or "march": it is capitalised inside a sentence."""
    word, start = match["month"], match.start("month")
    doubtful = word.lower().rstrip(".") in _DOUBTFUL
    return not doubtful or (word[0].isupper() and not opens_sentence(match.string, start))


def _read_day(match: "re.Match[str]", today: date) -> _Mention | None:
    year, end = _year_of(match, today)
    if year is None:
        lead = _lead(match.string, match.start())
        # "In May 20 people …" names a month.
        after_day = match.end("last") if match["last"] else match.end("day")
        counted = match.end("day") > match.end("month") and lead == "in" and _is_count(match.string, after_day)
        if counted or not (lead or _plainly_written(match)):
            return None
    month, day, last = _month_number(match["month"]), _number(match["day"]), _number(match["last"] or match["day"])

    def days(in_year: int) -> _Days | None:
        try:
            return date(in_year, month, day), date(in_year, month, last)
        except ValueError:
            return None

    return _Mention(match.start(), end, days, year) if day <= last else None


def _read_month(match: "re.Match[str]", today: date) -> _Mention | None:
    text, which, word = match.string, (match["which"] or "").lower(), match["month"].lower().rstrip(".")
    year, end = _year_of(match, today)
    sure = True
    if year is None:
        lead, plain = _lead(text, match.start()), _plainly_written(match)
        if not plain and (text != text.lower() or not _MONTH_STOPS.match(text, end)):
            return None
        if word in _NAMES and (lead in ("by", "of") or _NAME_GOES_ON.match(text, end)):
            return None
        year = today.year if which == "this" else None
        sure = plain if which else lead in _LEADS_TO_MONTH or lead.endswith(" of")
    month = _month_number(word)
    return _Mention(match.start(), end, lambda of: _months(of, month, 1), year, sure, over=which == "last")


def _read_season(match: "re.Match[str]", today: date) -> _Mention | None:
    text, which, season = match.string, (match["which"] or "").lower(), match["season"].lower()
    year, end = _year_of(match, today)
    month = _SEASONS[season]
    if year is not None and season == "winter":
        # The winter of 2024 is the one at either end of that year.
        return _Mention(match.start(), end, lambda of: _months(of, 1, 14), year)
    if year is None:
        # A spring is also a well, and prices fall: these two want "last" or "this", and no "in" behind.
        two_faced = season in ("spring", "fall")
        led = which or (not two_faced and _lead(text, match.start()) in {*_LEADS_TO_MONTH, "over"})
        if not led or re.match(r"\s+(?:of\b|in\b|[A-Z])" if two_faced else r"\s+(?:of\b|[A-Z])", text[end:]):
            return None
        if which == "this":
            # In spring, "this winter" is the one that has been.
            year = today.year - (season == "winter" and today.month < 7)
    return _Mention(match.start(), end, lambda of: _months(of, month, 3), year, over=which == "last")


def _read_iso(match: "re.Match[str]", _today: date) -> _Mention | None:
    try:
        first = date(int(match["year"]), int(match["month"]), int(match["day"] or 1))
    except ValueError:
        return None
    last = first if match["day"] else _months(first.year, first.month, 1)[1]
    return _fixed(match, (first, last))


def _read_two_years(match: "re.Match[str]", _today: date) -> _Mention | None:
    year = int(match["year"])
    return _fixed(match, _years(year, 2)) if int(match["next"]) == (year + 1) % 100 else None


def _read_decade(match: "re.Match[str]", _today: date) -> _Mention | None:
    return _fixed(match, _years(int(match["decade"]), 10))


def _read_year(match: "re.Match[str]", today: date) -> _Mention | None:
    text, year = match.string, int(match["year"])
    before = text[max(0, match.start() - 20) : match.start()]
    event = _names_an_event(before, text, match.end(), year, today)
    if _ONE_IN.search(before) or (_is_count(text, match.end()) and not event):
        return None
    lead = _lead(text, match.start())
    sure = lead in _LEADS_TO_YEAR or lead.endswith(" of") or event
    return _Mention(match.start(), match.end(), lambda of: _years(of, 1), year, sure)


def _names_an_event(before: str, text: str, end: int, year: int, today: date) -> bool:
    """Say whether a year stands before a noun ("the 2024 floods") without being a round number ("the 2000 troops")."""
    likely = 1900 <= year <= today.year + 1 and year % 100 != 0
    return likely and bool(_OWNED.search(before) and re.match(r"\s+[^\W\d]", text[end:]))


def _read_one_day(match: "re.Match[str]", today: date) -> _Mention | None:
    text, said = match.string, " ".join(match[0].lower().split())
    if match[0][0].isupper() and not text.isupper() and not opens_sentence(text, match.start()):
        return None  # "India Today", "Yesterday" by the Beatles
    if "before" in said:
        return _fixed(match, (today - timedelta(2), today - timedelta(2)))
    if said == "last night":
        return _fixed(match, (today - timedelta(1), today))
    day = today - timedelta(said == "yesterday")
    return _fixed(match, (day, day))


def _read_rolling(match: "re.Match[str]", today: date) -> _Mention | None:
    count = _number(match["count"]) if match["count"] else 1
    start = _back(today, count, (match["unit"] or match["one"]).lower())
    return _fixed(match, (start, today)) if start else None


def _read_calendar(match: "re.Match[str]", today: date) -> _Mention | None:
    back = match["which"].lower() == "last"
    monday = today - timedelta(today.weekday())
    match match["unit"].lower():
        case "week":
            monday -= timedelta(7 * back)
            days = monday, monday + timedelta(6)
        case "weekend":
            saturday = monday + timedelta(5 - 7 * back)
            days = saturday, saturday + timedelta(1)
        case "month":
            first = _back(today.replace(day=1), int(back), "month") or today
            days = _months(first.year, first.month, 1)
        case "year":
            days = _years(today.year - back, 1)
        case _:
            days = _years(today.year - today.year % 10 - 10 * back, 10)
    return _fixed(match, days)


def _read_ago(match: "re.Match[str]", today: date) -> _Mention | None:
    unit = match["unit"].lower()
    day = _back(today, _number(match["count"]), unit)
    if day is None:
        return None
    match unit:
        case "day":
            days = day, day
        case "week":
            days = day - timedelta(3), day + timedelta(3)
        case "month":
            days = _months(day.year, day.month, 1)
        case _:
            days = _years(day.year, 1)
    return _fixed(match, days)


_READERS: tuple[tuple["re.Pattern[str]", Callable[["re.Match[str]", date], _Mention | None]], ...] = (
    (_ISO, _read_iso),
    (_TWO_YEARS, _read_two_years),
    (_DAY_MONTH, _read_day),
    (_MONTH_DAY, _read_day),
    (_A_SEASON, _read_season),
    (_A_MONTH, _read_month),
    (_A_DAY, _read_one_day),
    (_ROLLING, _read_rolling),
    (_CALENDAR, _read_calendar),
    (_AGO, _read_ago),
    (_DECADE, _read_decade),
    (_A_YEAR, _read_year),
)


def _fixed(match: "re.Match[str]", days: _Days) -> _Mention:
    return _Mention(match.start(), match.end(), lambda _: days, days[0].year)


def _month_number(word: str) -> int:
    return _MONTHS.index(word[:3].lower()) + 1


def _number(text: str) -> int:
    """Return the number of "20th", "20", "a", "two", "a few"."""
    digits = re.match(r"\d+", text)
    if digits:
        return int(digits[0])
    word = text.lower().split()[-1] if "couple" not in text.lower() else "two"
    return _NUMBERS.index(word) + 1 if word in _NUMBERS else {"few": 3, "several": 4}.get(word, 1)


def _months(year: int, month: int, count: int) -> _Days:
    """Return the days of `count` months, from this one."""
    last_year, last_month = divmod(year * 12 + month - 1 + count - 1, 12)
    return date(year, month, 1), date(last_year, last_month + 1, monthrange(last_year, last_month + 1)[1])


def _years(year: int, count: int) -> _Days:
    return date(year, 1, 1), date(year + count - 1, 12, 31)


def _back(day: date, count: int, unit: str) -> date | None:
    """Return the day `count` days, weeks, months, years or decades earlier; None before the calendar begins."""
    if unit in ("day", "week"):
        return day - timedelta(count * (7 if unit == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 - count * {"month": 1, "year": 12, "decade": 120}[unit], 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])) if year > 0 else None
