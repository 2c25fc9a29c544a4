"""The picture of a collection: its articles over time, in bins that are as wide as the time they cover asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MOST_BINS = 36
"""More bins than this are too narrow to press."""
_WIDTHS = (1, 3, 12, 60, 120, 600, 1_200, 6_000)  # months
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Bin:
    """The articles of some months: how many, their share of the fullest bin (0 to 1), both days inclusive.

    `label` names it in full, `short` is what fits below it, "" where nothing does.
    """

    since: date
    until: date
    number: int
    share: float
    label: str
    short: str


def bins(months: Sequence[tuple[date, int]]) -> list[Bin]:
    """Put counted months, the earliest first, into bins of equal width without holes between them."""
    if not months:
        return []
    first, last = _months_of(months[0][0]), _months_of(months[-1][0])
    width = next((one for one in _WIDTHS if last // one - first // one < MOST_BINS), _WIDTHS[-1])
    start = first // width
    counts = [0] * (last // width - start + 1)
    for month, number in months:
        counts[_months_of(month) // width - start] += number
    every = -(-len(counts) // 8)
    return [
        _bin((start + place) * width, width, number, number / max(counts), named=place % every == 0)
        for place, number in enumerate(counts)
    ]


def _months_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def _bin(month: int, width: int, number: int, share: float, *, named: bool) -> Bin:
    # The calendar ends before the widest bins do.
    since, past = max(month, 12), month + width
    begin = date(since // 12, since % 12 + 1, 1)
    end = date(past // 12, past % 12 + 1, 1) - timedelta(days=1) if past // 12 <= date.max.year else date.max
    name = _MONTHS[begin.month - 1]
    if width == 1:
        label, short = f"{name} {begin.year}", f"{name[:3]} {begin.year}"
    elif width < 12:
        label, short = f"{name} to {_MONTHS[end.month - 1]} {end.year}", f"{name[:3]} {begin.year}"
    else:
        label = str(begin.year) if width == 12 else f"{begin.year} to {end.year}"
        short = str(begin.year)
    return Bin(begin, end, number, share, label, short if named else "")
