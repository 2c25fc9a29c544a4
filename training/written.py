"""Numbers, days and months written otherwise, so that they still say the same."""

import random
import re

_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_MONTHS = (
    "January February March April May June July August September October November December".split()
)  # fmt: skip
_MONTH = "|".join(f"{month}|{month[:3]}\\.|{month[:4]}\\." for month in _MONTHS)
_FRACTIONS = {
    "50": "half", "25": "a quarter", "75": "three quarters", "20": "one in five", "33": "a third", "10": "one in ten",
    "66": "two thirds", "80": "four in five",
}  # fmt: skip
_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"))


def otherwise(claim: str, rng: random.Random) -> str:
    """Write some of a claim's numbers and days in another form that says the same."""
    for pattern, form in _FORMS:
        if rng.random() < 0.6:
            claim = pattern.sub(lambda found, form=form: form(found, rng), claim)  # type: ignore[misc]
    return claim


def _count(found: re.Match[str], _rng: random.Random) -> str:
    return str(_WORDS.index(found[0].lower()))


def _digits(found: re.Match[str], _rng: random.Random) -> str:
    return _WORDS[int(found[0])]


def _large(found: re.Match[str], rng: random.Random) -> str:
    """Write 1,234,567 as about 1.2 million, and 48,210 as more than 48,000."""
    value = int(found[0].replace(",", ""))
    for scale, word in _SCALES:
        if value >= scale:
            short = f"{value / scale:.1f}".removesuffix(".0")
            about = "" if float(short) * scale == value else rng.choice(("about ", "around ", "some ", "roughly "))
            return f"{about}{short} {word}"
    unit = 10 ** (len(str(value)) - 2)
    if value % unit == 0:
        return found[0].replace(",", "")
    if rng.random() < 0.5:
        return f"{rng.choice(('more than', 'over'))} {value // unit * unit:,}"
    return f"{rng.choice(('about', 'around', 'roughly'))} {round(value / unit) * unit:,}"


def _share(found: re.Match[str], rng: random.Random) -> str:
    if found[1] in _FRACTIONS and rng.random() < 0.6:
        return _FRACTIONS[found[1]]
    return found[1] + rng.choice((" percent", " per cent", "%", " %"))


def _full(found: re.Match[str], rng: random.Random) -> str:
    number = next(n for n, month in enumerate(_MONTHS) if month.startswith(found["month"].rstrip(".")[:3]))
    month = _MONTHS[number] if rng.random() < 0.7 or len(_MONTHS[number]) < 5 else _MONTHS[number][:3] + "."
    return f"{found['day']} {month}" if rng.random() < 0.5 else f"{month} {found['day']}"


_FORMS = (
    (re.compile(r"(?<!\w)(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?= [a-z])"), _count),
    (re.compile(r"(?<![\w.,$€£-])(?:[2-9]|1[0-2])(?= [a-z]{3})(?! (?:percent|million|billion|January|May))"), _digits),
    (re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,])"), _large),
    (re.compile(r"(?<![\w.,])(\d{1,2}(?:\.\d+)?)(?: ?%| per ?cent)(?!\w)"), _share),
    (re.compile(rf"\b(?P<month>{_MONTH}) (?P<day>[1-9]|[12]\d|3[01])(?!\w)"), _full),
)
