"""Find numbers and dates in a text, normalised however they are written.

"38 million", "38m" and "EUR 38,000,000" are one amount, "three" and "3" one number, "Oct. 29", "29 October" and
"2025-10-29" one day; and so are "1,234.5" in English and "1.234,5" in German, "May 3" and "3. Mai". An ambiguous amount
has a form for each reading; two amounts agree when they share a form.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from assistant.language.locales import Forms, forms_of
from index.text.terms import ENGLISH

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORTH = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_ORDINALS = {
    word: n
    for n, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
        " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
}
# Shares and multiples in words, each with the numbers it may stand for.
_SHARES = {"half": ("0.5", "50"), "quarter": ("0.25", "25"), "double": ("2",), "twice": ("2",), "triple": ("3",)}
# These support a number but claim none by themselves: "one of the firms", "both sides".
_WEAK = {"one": "1", "both": "2", "pair": "2", "couple": "2", "once": "1", "single": "1"}
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "dozen": 0}
_SHORT_SCALES = {"k": 3, "m": 6, "mn": 6, "mio": 6, "bn": 9, "b": 9, "tn": 12}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "mon tue wed thu fri sat sun".split()

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\w%]|[.,:]\d)"
_DATE = re.compile(
    rf"\b(?:{_MONTH}\s*{_DAY}|{_DAY.replace('day>', 'before>')}\s+(?:of\s+)?{_MONTH.replace('month>', 'of>')})", re.I
)
_ISO = re.compile(r"\b(?P<year>[12]\d{3})-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)\b")
# "May" and "March" are months only if capitalised; at the start of a sentence they may be words.
_A_MONTH = re.compile(
    r"\b(?P<month>January|February|(?<!^)March|April|(?<!^)May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.)(?![\w])"
)
_WEEKDAY = re.compile(r"\b(?P<weekday>mon|tues|wednes|thurs|fri|satur|sun)days?\b", re.I)
_RELATIVE = {"today": 0, "tonight": 0, "yesterday": 1}
_FIGURE = re.compile(
    r"(?P<money>(?:US|A|C)?[$€£¥]|\b(?:EUR|USD|GBP|JPY)\b)?\s?"
    r"(?<![\w.])(?P<number>\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:[.:/]\d+)*)"
    r"(?:(?P<ordinal>st|nd|rd|th)\b|(?P<decade>['’]?s)\b)?"
    r"(?:(?P<short>mn|mio|bn|tn|k|m|b)\b|[\s-]?(?P<scale>hundred|thousand|million|billion|trillion|dozen|mn|bn)s?\b)?"
    r"(?:\s?(?P<percent>%|per\s?cent\b|percent\b|percentage points?\b)"
    r"|\s(?P<currency>dollars?|euros?|pounds?|yen|roubles?|rubles?)\b)?",
    re.I,
)
_WORDED = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})[\s-])?(?P<one>{'|'.join([*_ONES, *_TENS])})"
    r"(?:[\s-](?P<scale>hundred|thousand|million|billion|trillion|dozen)s?)?\b"
    r"(?:\s(?P<percent>per\s?cent|percent)\b|\s(?P<currency>dollars?|euros?|pounds?|yen|roubles?|rubles?)\b)?"
    r"(?!-)",
    re.I,
)
_WORDED_JOINED = re.compile(rf"\b(?P<one>{'|'.join([*_ONES, *_TENS])})(?=-[a-z])", re.I)
_HALF = re.compile(r"\bhalf an? (?P<scale>thousand|million|billion|trillion)\b", re.I)
_OTHER = re.compile(rf"\b(?:{'|'.join([*_ORDINALS, *_SHARES, *_WEAK, 'dozen'])})s?\b", re.I)
_HEDGE = re.compile(
    r"\b(?:about|around|roughly|approximately|nearly|almost|some|over|more than|less than|at least|up to|close to"
    r"|just (?:over|under)|under|circa|c\.|an estimated)\s+(?:[$€£¥]\s?)?$",
    re.I,
)
_MONEY = {"$": "$", "€": "€", "£": "£", "¥": "¥", "eur": "€", "usd": "$", "gbp": "£", "jpy": "¥"}
_MONEY |= {"dollar": "$", "euro": "€", "pound": "£", "yen": "¥", "rouble": "₽", "ruble": "₽"}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or date: its place `text[start:end]` and normalised `forms`; `unit` is "%", a currency or "".

    `weak` amounts support others but claim nothing themselves; `hedged` ones ("about 40") may be rounded.
    """

    start: int
    end: int
    forms: frozenset[str]
    unit: str = ""
    weak: bool = False
    hedged: bool = False

    @property
    def kind(self) -> str:
        """What is counted, as far as the form tells; amounts of different kinds are not interchangeable."""
        form = min(self.forms)
        if form.startswith(("day:", "month:", "weekday:", "ordinal:")):
            return form.partition(":")[0]
        return self.unit or ("year" if _is_year(form) else "number")

    def agrees(self, other: "Amount") -> bool:
        """Say whether another amount supports this one of a claim: equal, or rounded if this one is hedged."""
        if self.unit and other.unit and self.unit != other.unit:
            return False
        if self.forms & other.forms:
            return True
        return self.hedged and any(_rounds(mine, its) for mine in self.forms for its in other.forms)


def amounts(text: str, language: str | None = None) -> list[Amount]:
    """Return the numbers and dates of a text, in order and without overlaps.

    `language` is a code of ISO 639-1. Numbers in words are found in English only.
    """
    forms = None if language in (None, ENGLISH) else forms_of(str(language))
    found: list[Amount] = []
    for amount in _found_in(text, forms) if forms else _found(text):
        if all(amount.end <= one.start or one.end <= amount.start for one in found):
            found.append(amount)
    return sorted(found, key=lambda one: one.start)


def resolved(found: Amount, published: date | None) -> frozenset[str]:
    """Return forms relative to the publication day: what day a weekday or "yesterday" means, or a day's weekday."""
    if published is None:
        return frozenset()
    forms: set[str] = set()
    for form in found.forms:
        kind, _, value = form.partition(":")
        if kind == "weekday":
            # The latest such day: reports follow events. "The bank meets on Thursday" is dated wrongly, then.
            day = published - timedelta((published.weekday() - int(value)) % 7)
            forms |= {f"day:{day.month}-{day.day}", f"month:{day.month}"}
        elif kind == "relative":
            day = published - timedelta(int(value))
            forms |= {f"day:{day.month}-{day.day}", f"weekday:{day.weekday()}", f"month:{day.month}"}
        elif kind == "day":
            month, number = map(int, value.split("-"))
            try:
                forms.add(f"weekday:{date(published.year, month, number).weekday()}")
            except ValueError:
                continue
    return frozenset(forms)


def _found_in(text: str, forms: Forms) -> Iterator[Amount]:
    """Yield the numbers and dates of a text that is not in English, though it may have English dates."""
    yield from _days(text)
    for one in forms.found(text):
        yield Amount(one.start, one.end, one.forms, one.unit)


def _days(text: str) -> Iterator[Amount]:
    for match in _ISO.finditer(text):
        yield Amount(match.start(), match.start("month") - 1, frozenset({match["year"]}))
        day = f"day:{int(match['month'])}-{int(match['day'])}"
        yield Amount(match.start("month"), match.end(), frozenset({day, f"month:{int(match['month'])}"}))
    for match in _DATE.finditer(text):
        month = 1 + _MONTHS.index((match["month"] or match["of"])[:3].lower())
        yield Amount(*match.span(), frozenset({f"day:{month}-{int(match['day'] or match['before'])}"}))


def _found(text: str) -> Iterator[Amount]:
    yield from _days(text)
    for match in _A_MONTH.finditer(text):
        yield Amount(*match.span(), frozenset({f"month:{1 + _MONTHS.index(match['month'][:3].lower())}"}))
    for match in _WEEKDAY.finditer(text):
        yield Amount(*match.span(), frozenset({f"weekday:{_WEEKDAYS.index(match['weekday'][:3].lower())}"}))
    for match in re.finditer(rf"\b(?:{'|'.join(_RELATIVE)})\b", text, re.I):
        yield Amount(*match.span(), frozenset({f"relative:{_RELATIVE[match.group().lower()]}"}), weak=True)
    for match in _FIGURE.finditer(text):
        yield _figure(text, match)
    yield from _in_words(text)


def _figure(text: str, match: "re.Match[str]") -> Amount:
    start = match.start("money") if match["money"] else match.start("number")
    money = match["money"] or match["currency"] or ""
    unit = "%" if match["percent"] else _MONEY.get(money.lower().lstrip("usac").rstrip("s") or money.lower(), "")
    if money and not unit:
        unit = _MONEY.get(money.lower(), "")
    number = re.sub("[,\u00a0\u202f]", "", match["number"])
    scale = (match["scale"] or "").lower()
    zeros = _SCALES.get(scale, _SHORT_SCALES.get(scale, 0))
    short = (match["short"] or "").lower()
    forms = {_scaled(number, zeros or _SHORT_SCALES.get(short, 0), 12 if scale == "dozen" else 1)}
    if short == "m":
        # "412m" is 412 million or 412 metres.
        forms.add(number)
    if match["ordinal"]:
        forms.add(f"ordinal:{number}")
    return Amount(start, match.end(), frozenset(forms), unit, hedged=bool(_HEDGE.search(text[:start])))


def _in_words(text: str) -> Iterator[Amount]:
    for match in (*_WORDED.finditer(text), *_WORDED_JOINED.finditer(text)):
        parts = match.groupdict()
        worth = _WORTH[parts["one"].lower()] + _WORTH.get((parts.get("tens") or "").lower(), 0)
        scale = (parts.get("scale") or "").lower()
        unit = "%" if parts.get("percent") else _MONEY.get((parts.get("currency") or "").lower().rstrip("s"), "")
        form = _scaled(str(worth), _SCALES.get(scale, 0), 12 if scale == "dozen" else 1)
        hedged = bool(_HEDGE.search(text[: match.start()]))
        yield Amount(*match.span(), frozenset({form}), unit, weak=form == "1", hedged=hedged)
    for match in _HALF.finditer(text):
        yield Amount(*match.span(), frozenset({_scaled("0.5", _SCALES[match["scale"].lower()])}))
    for match in _OTHER.finditer(text):
        word = match.group().lower()
        word = word if word in _ORDINALS else word.removesuffix("s")
        if word in _ORDINALS:
            yield Amount(*match.span(), frozenset({f"ordinal:{_ORDINALS[word]}"}))
        elif word in _SHARES:
            yield Amount(*match.span(), frozenset(_SHARES[word]))
        elif word in _WEAK:
            yield Amount(*match.span(), frozenset({_WEAK[word]}), weak=True)
        else:
            yield Amount(*match.span(), frozenset({"12"}), weak=True)


def _scaled(number: str, zeros: int, times: int = 1) -> str:
    """Return a number in its normal form; what is no plain number ("3:30", "8.0.27") stays as it is."""
    try:
        value = Decimal(number).scaleb(zeros) * times
    except InvalidOperation:
        return number
    return f"{value.normalize():f}"


def _is_year(form: str) -> bool:
    return len(form) == 4 and form.isdigit() and form[0] in "12"


def _rounds(claimed: str, found: str) -> bool:
    """Say whether a number rounds to the claimed one, at its number of significant figures."""
    try:
        mine, its = Decimal(claimed), Decimal(found)
    except InvalidOperation:
        return False
    if not mine or not its or _is_year(claimed):
        return False
    figures = len(mine.normalize().as_tuple().digits)
    step = Decimal(1).scaleb(its.adjusted() - figures + 1)
    return abs(mine - its) < step and abs(mine - its) / its < Decimal("0.1")
