"""Days as programs, people and addresses write them.

A day is the one where it was written: no time zone is counted in. What is not sure to be one certain day is none.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

_MIN_YEAR = 1600
_MAX_LENGTH = 120
_SHORT = 2  # letters
# Year first: ISO 8601, what programs make of it, and how it is written in East Asia.
_YEAR_FIRST = re.compile(
    r"(?<!\d)(\d{4})(?:([-/.])(\d{1,2})\2|\s?[年년]\s?(\d{1,2})\s?[月월]\s?)(\d{1,2})(?:\s?[日일]|(?!\d))"
    r"|(?<!\d)(\d{4})(\d{2})(\d{2})(?=T|\s|$)"
)
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([./])\s?(\d{1,2})\2\s?(\d{4})(?!\d)")
_WORD = r"([^\W\d_]{2,15})\.?"
# "3 June 2024", "3rd of June, 2024", "3. Juni 2024", "3 de junio de 2024", "04-Mar-2025".
_DAY_MONTH = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|[.ºª])?[\s-]+(?:(?:of|de)\s+)?{_WORD},?[\s-]+(?:de\s+)?(\d{{4}})(?!\d)", re.I
)
_MONTH_DAY = re.compile(rf"(?<![^\W\d_]){_WORD}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)", re.I)
_IN_PATH = re.compile(
    r"/(\d{4})/(\d{1,2})/(\d{1,2})(?=[/_-]|$)|[/_-](\d{4})-(\d{2})-(\d{2})(?=[/_.-]|$)|[/_-](\d{4})(\d{2})(\d{2})(?=[/_.-]|$)"
)


def day_in(text: str | None, language: str | None = None) -> date | None:
    """Read the day in a stamp or a short line; None where there is none, or more than one.

    `language` (a tag, "de-AT") is that of the names of months; English is understood as well.
    """
    return next(iter(found), None) if len(found := {day for day, _ in _found(text, language)}) == 1 else None


def days_of(text: str | None, language: str | None = None) -> list[tuple[date, str]]:
    """Read all days of a short line, in their order, each with the words between it and the day before."""
    line = text or ""
    found = sorted((line.find(written), day, written) for day, written in _found(text, language))
    days, ended = [], 0
    for place, day, written in found:
        days.append((day, line[ended:place]))
        ended = max(ended, place + len(written))
    return days


def without_days(text: str, instead: str, language: str | None = None) -> str:
    """Put something in place of the days in a line."""
    for _, written in _found(text, language):
        text = text.replace(written, instead)
    return text


def day_in_address(address: str | None) -> date | None:
    """Read the day of which an address says that it is of it: "/2024/06/03/", "/2024-06-03-bridge"."""
    path = re.sub(r"[?#].*", "", address or "")
    days = {day for found in _IN_PATH.finditer(path) if (day := _day(*filter(None, found.groups())))}
    return next(iter(days)) if len(days) == 1 else None


def sane_day(day: date | None) -> date | None:
    """Return a day on which an article can have been published; None for any other."""
    return day if day and _MIN_YEAR <= day.year <= date.today().year + 1 else None


def _found(text: str | None, language: str | None) -> Iterator[tuple[date, str]]:
    """Yield the days in a text, each with how it is written there."""
    if not text or len(text) > _MAX_LENGTH or not re.search(r"\d", text):
        return
    for found in _YEAR_FIRST.finditer(text):
        year, month, day = (part for part in found.groups() if part and part.isdigit())
        if known := _day(year, month, day):
            yield known, found.group()
    for found in _YEAR_LAST.finditer(text):
        one, sign, other, year = found.groups()
        # With dots the day goes first; with strokes that depends on where it was written.
        sure = sign == "." or int(one) > 12 or one.lstrip("0") == other.lstrip("0")
        if known := _day(year, other, one) if sure else (_day(year, one, other) if int(other) > 12 else None):
            yield known, found.group()
    for found in _DAY_MONTH.finditer(text):
        if known := _day(found[3], _month(found[2], language), found[1]):
            yield known, found.group()
    for found in _MONTH_DAY.finditer(text):
        if known := _day(found[3], _month(found[1], language), found[2]):
            yield known, found.group()


def _day(year: str, month: str | int | None, day: str) -> date | None:
    try:
        known = date(int(year), int(month or 0), int(day))
    except ValueError:
        return None
    return sane_day(known)


def _month(name: str, language: str | None) -> int | None:
    for months in (_months("en"), _months(language) if language else {}):
        if known := months.get(name.casefold()):
            return known
        # "Sept." is neither whole nor what the language's own short name is.
        begun = {number for one, number in months.items() if len(name) > _SHORT and one.startswith(name.casefold())}
        if len(begun) == 1:
            return begun.pop()
    return None


@cache
def _months(language: str) -> dict[str, int]:
    """Name the months of a language, whole and cut short, in small letters; none where it is not known."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return {}
    named = [ways[width] for ways in locale.months.values() for width in ("wide", "abbreviated") if width in ways]
    return {name.casefold().rstrip("."): number for names in named for number, name in names.items()}
