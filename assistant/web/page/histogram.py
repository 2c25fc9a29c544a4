"""The histogram of articles over time, with bins of equal width."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.render.i18n import ENGLISH, month, texts

MAX_BINS = 36
"""Most bins; more would be too narrow to press."""
_WIDTHS = (1, 3, 12, 60, 120, 600, 1_200, 6_000)  # months


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin: its number of articles, their share of the fullest bin (0 to 1), and its days, both inclusive.

    `label` is its full name, `short` its label on the axis, "" for none.
    """

    since: date
    until: date
    number: int
    share: float
    label: str
    short: str


def bins(months: Sequence[tuple[date, int]], language: str = ENGLISH) -> list[Bin]:
    """Return counted months, in order, as labelled bins of equal width without gaps."""
    if not months:
        return []
    first, last = _months_of(months[0][0]), _months_of(months[-1][0])
    width = next((one for one in _WIDTHS if last // one - first // one < MAX_BINS), _WIDTHS[-1])
    start = first // width
    counts = [0] * (last // width - start + 1)
    for first_day, number in months:
        counts[_months_of(first_day) // width - start] += number
    every = -(-len(counts) // 8)
    return [
        _bin((start + place) * width, width, number, number / max(counts), language, named=place % every == 0)
        for place, number in enumerate(counts)
    ]


def _months_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def _bin(first: int, width: int, number: int, share: float, language: str, *, named: bool) -> Bin:
    # The calendar ends before the widest bins do.
    since, past = max(first, 12), first + width
    begin = date(since // 12, since % 12 + 1, 1)
    end = date(past // 12, past % 12 + 1, 1) - timedelta(days=1) if past // 12 <= date.max.year else date.max
    _ = texts(language).gettext
    if width == 1:
        label, short = month(begin, language), month(begin, language, "LLL y")
    elif width < 12:
        label = _("{first} to {last}").format(first=month(begin, language, "LLLL"), last=month(end, language))
        short = month(begin, language, "LLL y")
    else:
        years = _("{first} to {last}").format(first=begin.year, last=end.year)
        label, short = str(begin.year) if width == 12 else years, str(begin.year)
    return Bin(begin, end, number, share, label, short if named else "")
