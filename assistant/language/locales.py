"""How languages other than English write numbers and dates, by the data of CLDR that Babel carries."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING

from index.text.terms import is_wide

if TYPE_CHECKING:
    from babel import Locale

_SPACES = " \u00a0\u202f\u2009"
# Between day and month, and after the day: "3. Mai", "3 de mayo", "1er mai", "3-го мая".
_DAY = r"(?<![\w.,:/])(?P<day>3[01]|[12]\d|0?[1-9])(?:\.|er|[ºª°]|-?го)?"
_LINK = r"[\s\u00a0]+(?:(?:de|di|d['’])\s*)?"
_EAST_ASIAN_DAY = re.compile(r"(?<!\d)(?P<month>1[0-2]|0?[1-9])\s?[月월]\s?(?P<day>3[01]|[12]\d|0?[1-9])\s?[日일号]")
_EAST_ASIAN_MONTH = re.compile(r"(?<!\d)(?P<month>1[0-2]|0?[1-9])\s?[月월](?!\s?\d)")
_ENGLISH_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+")
_MONEY = r"[$€£¥₽]|\b(?:EUR|USD|GBP|JPY)\b"
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
# A scale word of so many letters may have another ending than those that CLDR knows: "milyonu".
_MAY_BE_INFLECTED = 4
_GROUP = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A number or date at `text[start:end]`, in the forms of `assistant.language.quantities.Amount`."""

    start: int
    end: int
    forms: frozenset[str]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Forms:
    """The numbers and dates of one language, as regular expressions and what their words mean."""

    day: "re.Pattern[str] | None"
    month: "re.Pattern[str] | None"
    months: dict[str, int]
    weekday: "re.Pattern[str] | None"
    weekdays: dict[str, int]
    figure: "re.Pattern[str]"
    scales: dict[str, int]
    group: str
    decimal: str

    def found(self, text: str) -> Iterator[Found]:
        """Yield the numbers and dates of a text; what comes first counts where two overlap."""
        for match in (*_EAST_ASIAN_DAY.finditer(text), *(self.day.finditer(text) if self.day else ())):
            month = int(match["month"]) if match["month"].isdigit() else self.months[_bare(match["month"])]
            yield Found(match.start(), match.end(), frozenset({f"day:{month}-{int(match['day'])}"}))
        for match in _EAST_ASIAN_MONTH.finditer(text):
            yield Found(match.start(), match.end(), frozenset({f"month:{int(match['month'])}"}))
        for match in self.month.finditer(text) if self.month else ():
            yield Found(match.start(), match.end(), frozenset({f"month:{self.months[_bare(match.group())]}"}))
        for match in self.weekday.finditer(text) if self.weekday else ():
            yield Found(match.start(), match.end(), frozenset({f"weekday:{self.weekdays[_bare(match.group())]}"}))
        for match in self.figure.finditer(text):
            yield self._figure(match)

    def _figure(self, match: "re.Match[str]") -> Found:
        money = (match["before"] or match["after"] or "").upper()
        unit = "%" if match["percent"] else _SYMBOLS.get(money, money)
        numbers = self.readings(match["number"])
        forms = frozenset(numbers)
        if scale := match["scale"]:
            worth = _scale(scale, self.scales)
            forms = frozenset(_times(number, worth) for number in numbers)
            if len(_bare(scale)) == 1 and not is_wide(scale):
                forms |= frozenset(numbers)  # "5 M" may be millions, or metres.
        return Found(match.start("before") if match["before"] else match.start("number"), match.end(), forms, unit)

    def readings(self, number: str) -> list[str]:
        """Return what a number may mean, in English digits: "1.234,5" is 1234.5."""
        plain = re.sub(f"[{_SPACES}'’]", "", number)
        whole, point, fraction = plain.replace(self.group, "").partition(self.decimal)
        grouped = re.fullmatch(rf"\d{{1,3}}(?:{re.escape(self.group)}\d{{3}})+(?:{re.escape(self.decimal)}\d+)?", plain)
        if grouped or plain.isdigit():
            return [_normal(f"{whole}.{fraction}" if point else whole)]
        parts = plain.split(self.decimal)
        if len(parts) == len("ab") and all(map(str.isdigit, parts)):
            readings = [_normal(f"{whole}.{fraction}")]
            # With three digits it may have been grouped as in English, as in Mexico.
            return (
                [*readings, _normal(whole + fraction)] if len(fraction) == _GROUP and self.decimal == "," else readings
            )
        if _ENGLISH_NUMBER.fullmatch(plain):
            return [_normal(plain.replace(",", ""))]
        return [plain]


@cache
def forms_of(language: str) -> Forms | None:
    """Return how a language, a code of ISO 639-1, writes numbers and dates; None if that is not known."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return None
    symbols = locale.number_symbols.get("latn", {})
    group, decimal = str(symbols.get("group", ",")), str(symbols.get("decimal", "."))
    group = " " if group in _SPACES else group
    months, scales = _months(locale), _scales(locale)
    weekdays = {
        _bare(name): number
        for context in ("format", "stand-alone")
        for number, name in locale.days[context]["wide"].items()
    }
    full = {name for name in months if not name.isdigit() and not re.match(r"\d", name)}
    return Forms(
        day=_pattern(rf"{_DAY}{_LINK}(?P<month>%s)", full),
        month=_pattern("(?:%s)", _wide_months(locale)),
        months=months,
        weekday=_pattern("(?:%s)", weekdays),
        weekdays=weekdays,
        figure=_figures(group, decimal, scales),
        scales=scales,
        group=group,
        decimal=decimal,
    )


def _months(locale: "Locale") -> dict[str, int]:
    return {
        _bare(name): number
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in locale.months[context][width].items()
    }


def _wide_months(locale: "Locale") -> set[str]:
    every = (name for context in ("format", "stand-alone") for name in locale.months[context]["wide"].values())
    return {_bare(name) for name in every if not name[:1].isdigit()}


def _scales(locale: "Locale") -> dict[str, int]:
    """Return the powers of ten by their words: "millionen" 6, "mrd" 9, "万" 4."""
    found: dict[str, int] = {}
    for width in ("long", "short"):
        for patterns in locale.compact_decimal_formats[width].values():
            for magnitude, pattern in patterns.items():
                written = str(getattr(pattern, "pattern", pattern)).replace("'", "")
                if word := _bare(written.replace("0", "")):
                    found.setdefault(word, len(magnitude) - written.count("0"))
    return found


def _figures(group: str, decimal: str, scales: Iterable[str]) -> "re.Pattern[str]":
    gaps = f"{_SPACES}'’" if group == " " else f"{re.escape(group)}\u00a0\u202f'’"
    words = [_inflected(word) for word in sorted(scales, key=len, reverse=True)]
    scale = rf"(?:[\s\u00a0]?(?P<scale>{'|'.join(words)}))?" if words else "(?P<scale>(?!))?"
    return re.compile(
        rf"(?:(?P<before>{_MONEY})\s?)?(?<![\d.,])(?<![^\W\d_]\.)"
        rf"(?P<number>\d{{1,3}}(?:[{gaps}]\d{{3}})+(?:{re.escape(decimal)}\d+)?(?![\d])|\d+(?:[.,:/]\d+)*)"
        rf"{scale}(?:[\s\u00a0]?(?P<percent>[%％])|[\s\u00a0]?(?P<after>{_MONEY}))?",
        re.IGNORECASE,
    )


def _inflected(word: str) -> str:
    written = r"[\s\u00a0]+".join(map(re.escape, word.split()))
    if is_wide(word):
        return written
    return rf"{written}[^\W\d_]{{0,5}}\b\.?" if len(word) >= _MAY_BE_INFLECTED else rf"{written}\b\.?"


def _scale(written: str, scales: dict[str, int]) -> int:
    """Return the power of ten of a word, or of the longest that it begins with."""
    word = _bare(written)
    return scales[max((one for one in scales if word.startswith(one)), key=len)]


def _pattern(around: str, names: Iterable[str]) -> "re.Pattern[str] | None":
    """Return a pattern for names, longest first, with nothing of a word around them; None for no names."""
    ordered = sorted(filter(None, names), key=len, reverse=True)
    if not ordered:
        return None
    written = "|".join(name if is_wide(name) else rf"(?<!\w){re.escape(name)}(?!\w)" for name in ordered)
    return re.compile(around % written, re.IGNORECASE)


def _bare(name: str) -> str:
    return " ".join(name.replace("\u00a0", " ").split()).rstrip(".").lower().replace("i\u0307", "i")


def _times(number: str, zeros: int) -> str:
    try:
        return f"{Decimal(number).scaleb(zeros).normalize():f}"
    except InvalidOperation:
        return number


def _normal(number: str) -> str:
    return _times(number, 0)
