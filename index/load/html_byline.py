"""What a reader sees around the article of a page: its standfirst, who signed it, and of which day it says it is."""

import calendar
import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from index.load.dates import days_of, without_days

BY = re.compile(r"(?:[Bb]y|BY|Von|VON|Par|PAR|Por|POR)(?:\s*:\s*|\s+)")
"""How a byline begins. "von" and "par" begin names as well: they count where a capital begins the line with them."""

_MAX_BYLINE = 120
# How pages name, in a class, what stands under their headline.
_STANDFIRST = re.compile(
    r"(?:^|[\s_-])(?:standfirst|subtitle|sub-?headline|sub-?title|sub-?heading|dek|deck)(?:$|[\s_-])"
)
_BYLINE = re.compile(r"(?:^|[\s_-])(?:byline|author-?names?)(?:$|[\s_-])")
# And the line that says when it was published, or when something else was.
_DATED = {
    "author",
    "byline",
    "date",
    "dateline",
    "meta",
    "posted",
    "pubdate",
    "publish",
    "published",
    "time",
    "timestamp",
}
_OF_ELSE = {"event", "modified", "update", "updated"}
_HOUR = re.compile(r"(?<![\d:])T?\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s?(?:[aApP]\.?[mM]\b\.?|Uhr\b|[A-Z]{2,5}\b))*")
# What joins a name with a day: signs, words that begin small, the day of the week. Possessive, so that a line made to
# be read in many ways is read in one.
_JOINS = rf"(?:[a-z]\w*+|{'|'.join([*calendar.day_name, *calendar.day_abbr])})"
_AROUND_NAME = re.compile(rf"^(?:[\W_]++|{_JOINS}\b)+|(?:[\W_]++(?:{_JOINS}\b)?+)+$")
# How a line says that a day is that of a change, and how a sentence ends.
CHANGED = re.compile(
    r"\b(?:updat|modif|revis|correct|last\b|aktualisier|zuletzt|geändert|mis\s+à\s+jour|actualiz|atualiz|aggiorn)\w*",
    re.I,
)
_SENTENCE = re.compile(r"\w{3,}\s?[.!?]$")
_MAX_LOOKED_AT = 3_000
_PARAGRAPH_WORDS = 25
# A line that says so much beside a day is a sentence, and the day that of what it tells.
_BESIDE_DAY = 8  # words
_SHORT_PARAGRAPHS = 2


class Visible:
    """What a reader sees around the article's text."""

    def __init__(self, root: Any) -> None:
        body = root.find("body")
        self._root = root
        self._body = body if body is not None else root
        marked = (one for one in self._body.iterfind(".//*[@class]") if not _is_beside(one))
        self._classes = [element for _, element in zip(range(_MAX_LOOKED_AT), marked, strict=False)]

    def titles(self) -> list[str]:
        """Read the headlines of the page, with its name in the browser."""
        headlines = (one for one in self._body.iterfind(".//h1") if not _is_beside(one))
        found = [*self._root.iterfind("./head/title"), *(one for _, one in zip(range(3), headlines, strict=False))]
        return [_words_of(one) for one in found]

    def standfirst(self) -> str | None:
        """Read what stands under the headline: below the first paragraph it would be that of another article."""
        for _, element in zip(range(_MAX_LOOKED_AT), self._body.iter("*"), strict=False):
            if _STANDFIRST.search((element.get("class") or "").lower()) and not _is_beside(element):
                if text := _words_of(element):
                    return text
            elif element.tag == "p" and len(_words_of(element).split()) >= _PARAGRAPH_WORDS:
                break
        return None

    def authors(self) -> list[str]:
        """Read who signed the article: the first byline, without what stands behind a bar in it."""
        signed = [
            one
            for name in ("rel", "itemprop")
            for one in self._body.iterfind(f".//*[@{name}]")
            if "author" in one.get(name).split()
        ]
        signed += [one for one in self._classes if _BYLINE.search(one.get("class").lower())]
        texts = [text for one in signed if (text := _words_of(one)) and len(text) <= _MAX_BYLINE]
        # The first byline is the article's; the same link may stand in it and under the text.
        return re.split(r"\s+[|·•]\s+", texts[0])[:1] if texts else []

    def times(self) -> list[str]:
        """Read the stamps that say when the page was published: those that are marked so, else the byline's."""
        named = [one for one in self._body.iterfind(".//*[@itemprop]") if one.get("itemprop") == "datePublished"]
        named += self._body.iterfind(".//time[@pubdate]")
        stamps = (one for one in self._opening() if one.tag == "time" and _is_stamp(one) and not _is_of_else(one))
        named += islice(stamps, 1)
        return [one.get("datetime") or one.get("content") or _line_of(one) or "" for one in named]

    def day_in_byline(self, language: str | None) -> date | None:
        """Read the day in the line between the headline and the text that says who wrote when."""
        for element in self._opening():
            line = _line_of(element)
            day = _published_in(line, language) if line else None
            if line and day and not _is_of_else(element):
                beside = re.findall(r"[^\W\d_]{2,}", without_days(line, " ", language))
                dated = not _DATED.isdisjoint(_names_in(element)) or BY.match(line)
                if len(beside) <= _BESIDE_DAY if dated else not beside:
                    return day
        return None

    def _opening(self) -> Iterator[Any]:
        """Yield what stands between the headline and the first paragraphs; nothing where there is no headline."""
        headline, short = None, 0
        for _, element in zip(range(_MAX_LOOKED_AT), self._body.iter("*"), strict=False):
            if headline is None:
                headline = element if element.tag == "h1" and not _is_beside(element) else None
                continue
            words = len(_words_of(element).split()) if element.tag == "p" else 0
            short += words > _PARAGRAPH_WORDS // 2
            if words >= _PARAGRAPH_WORDS or short > _SHORT_PARAGRAPHS:
                return
            if not _is_beside(element):
                yield element


def signer(line: str, language: str | None = None) -> str:
    """Read the name in a byline: what stands beside the day and the hour in it, where it tells them."""
    bare = _HOUR.sub("|", without_days(line, "|", language))
    if bare == line:
        return _before_numbers(line)
    parts = [part for one in bare.split("|") if (part := _AROUND_NAME.sub("", one))]
    by = (part for part in parts if BY.match(part))
    whole = parts[0] if parts else " ".join(bare.replace("|", " ").split())
    return _before_numbers(next(by, next((part for part in parts if len(part.split()) > 1), whole)))


def _before_numbers(line: str) -> str:
    """Cut a name off where a number begins: names have none, but "2 hours ago" or a day that could be two."""
    name = _AROUND_NAME.sub("", re.split(r"\d", line, maxsplit=1)[0])
    return name if len(BY.sub("", name, count=1).split()) > 1 else line


def _published_in(line: str, language: str | None) -> date | None:
    """Read the day of publication in a line, which may say beside it when the page was changed."""
    days = {day for day, before in days_of(line, language) if not CHANGED.search(before)}
    return days.pop() if len(days) == 1 else None


def _is_stamp(element: Any) -> bool:
    """Say whether a time stands by itself or in a line about the article, rather than within a sentence."""
    around = element.getparent()
    line = _line_of(around)
    if line is None or any(one.tag in ("p", "h1", "div") for one in around):
        before = around.text if element.getprevious() is None else element.getprevious().tail
        return not re.search(r"\w", f"{before or ''}{element.tail or ''}")
    own = _line_of(element) or ""
    before = line.partition(own)[0] if own else line
    return not (_SENTENCE.search(line) or CHANGED.search(before))


def _is_of_else(element: Any) -> bool:
    """Say whether an element tells when the page was changed, or when something else takes place."""
    around = (element, element.getparent())
    return any(not _OF_ELSE.isdisjoint(_names_in(one)) for one in around if one is not None)


def _names_in(element: Any) -> set[str]:
    names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"[:300]
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", names)}


def _is_beside(element: Any) -> bool:
    """Say whether an element is no part of the article: in a menu, beside it, or at the foot of the page."""
    return any(True for _ in element.iterancestors("aside", "nav", "footer"))


def _line_of(element: Any) -> str | None:
    """Read an element that is no longer than a byline; None where it is, without reading on."""
    words: list[str] = []
    for part in element.itertext():
        words += part.split()
        if sum(map(len, words)) > _MAX_BYLINE:
            return None
    return " ".join(words)


def _words_of(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
