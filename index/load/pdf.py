"""PDF to text: lines as they stand on the pages put together to paragraphs, without what is repeated on each page.

PDFium reads it: in the right order on most pages, and many times faster than readers written in Python.
"""

import re
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from index.errors import EmptyArticle, LoadError
from index.load.ocr import INSTALL, Scan, is_installed, nothing_read, pictures_of, read_pages
from index.load.page_marks import mark, unmarked
from index.load.parsed import Draft
from index.load.pdf_layout import Line, body_lines, join, title_of

_PASSWORD = 4  # PDFium's number for "a password is needed"
_BEGIN_WITHIN = 1_024
_END = b"%%EOF"
_HYPHENS = ("\x02", "\ufffe")  # what PDFium makes of a hyphen at the end of a line, in place of the line's end
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\xad": "-", "\0": None}
)
_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")
_FIRST_YEAR = 1990
_MAX_TITLE = 200
# Titles and authors that programs put there by themselves; "(anonymous)" and its kind among them.
_NO_TITLE = re.compile(
    r"(?i)untitled.*|(?:microsoft\s+)?(?:word|powerpoint|excel)?\s*[-–]?\s*(?:document|presentation|book|slide)\s*\d*"
    r"|\W*|\([^()]*\)|.*\.(?:docx?|pptx?|odt|rtf|tex|dvi|indd|qxd|pdf|html?|txt|p65|md)"
)
_PROGRAM = re.compile(r"(?i)^microsoft\s+(?:word|powerpoint)\s*[-–]\s*")
_NOBODY = re.compile(r"(?i)\W*|(?:admin(?:istrator)?|user|owner|root|author|unknown|anonymous|default)\W*")
# PDFium is not made for several threads.
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Read:
    """The lines of the body, by OCR where `scan` is set, and what the document says of itself."""

    lines: list[Line]
    metadata: dict[str, str]
    scan: Scan | None = None


def load_pdf(source: object, data: bytes) -> Draft:
    """Read a PDF; where its pages begin is marked in the text (see `index.load.page_marks`).

    Raises:
        EmptyArticle: it has no text, as scans do.
        LoadError: it is damaged, cut off, or locked by a password.
    """
    if b"%PDF-" not in data[:_BEGIN_WITHIN]:
        raise LoadError(f"{source} is no PDF; give it its right ending or remove it")
    end = data.rfind(_END) + len(_END)
    # More of the document behind its last end is a version that was cut off; anything else is none of it.
    if end < len(_END) or b"endobj" in data[end:] or b"stream" in data[end:]:
        raise LoadError(f"{source} is a PDF whose end is missing; get the whole file")
    data = data[:end]
    with _ONE_AT_A_TIME:
        read = _read(source, data)
    if not read.lines and read.scan:
        raise nothing_read(source)
    if not read.lines:
        way = f"{INSTALL}, or run OCR over it first (ocrmypdf does it)"
        raise EmptyArticle(f"{source} is a PDF without text, as scans are; {way}")
    given = _PROGRAM.sub("", read.metadata.get("Title", "")).strip()
    author = read.metadata.get("Author", "").strip()
    plausible = len(given) <= _MAX_TITLE and not _NO_TITLE.fullmatch(given)
    return Draft(
        text=join(read.lines, mark),
        title=given if plausible else title_of(read.lines),
        author=None if _NOBODY.fullmatch(author) else author,
        published=_day(read.metadata.get("CreationDate", "")),
        dated_by="metadata",
        ocr_confidence=read.scan.confidence if read.scan else None,
        tags=[read.metadata.get("Keywords")],
        paged=True,
    )


def _read(source: object, data: bytes) -> _Read:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        with PdfDocument(data) as document:
            lines = body_lines([line for number in range(len(document)) for line in _lines(document, number)])
            scan = read_pages(pictures_of(document)) if not lines and is_installed() else None
            metadata = document.get_metadata_dict(skip_empty=True)
            return _Read(body_lines(scan.lines) if scan else lines, metadata, scan)
    except PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise LoadError(f"{source} is a PDF locked by a password; save it without one") from error
        raise LoadError(f"{source} is a PDF that cannot be read ({error}); make it anew or remove it") from error


def _lines(document: Any, number: int) -> Iterator[Line]:
    """Read the lines of a page (`number` from 0), in the order in which they are to be read."""
    page = document[number]
    text = page.get_textpage()
    try:
        height = page.get_height()
        begins, units = 0, _units(text)
        for end, unit in enumerate([*units, "\n"]):
            if unit in ("\r", "\n", *_HYPHENS):
                words = "".join(units[begins:end])
                if words.strip():
                    hyphen = "-" if unit in _HYPHENS else ""
                    line = _line(text, words, hyphen, begins, number + 1, height)
                    if line.text:
                        yield line
                begins = end + 1
    finally:
        text.close()
        page.close()


def _units(text: Any) -> list[str]:
    from pypdfium2 import raw

    codes = (raw.FPDFText_GetUnicode(text.raw, place) for place in range(text.count_chars()))
    # A font may say anything of what its characters are.
    return [chr(code) if code <= sys.maxunicode else "\ufffd" for code in codes]


def _line(text: Any, words: str, hyphen: str, begins: int, page: int, height: float) -> Line:
    places = [begins + place for place, word in enumerate(words) if not word.isspace()]
    boxes = [_box(text, places[at]) for at in (0, len(places) // 2, -1)]
    bottom, top = min(box[1] for box in boxes), max(box[3] for box in boxes)
    size = sorted(box[3] - box[1] for box in boxes)[1]
    joined = (words + hyphen).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Line(
        text=" ".join(unmarked(joined.translate(_LIGATURES)).split()),
        page=page,
        left=boxes[0][0],
        right=boxes[-1][2],
        top=top,
        bottom=bottom,
        size=size or 1.0,
        height=height,
    )


def _box(text: Any, place: int) -> tuple[float, float, float, float]:
    """Give the left, bottom, right and top of a character."""
    box: tuple[float, float, float, float] = text.get_charbox(place, loose=True)
    return box


def _day(said: str) -> date | None:
    """Read the day a PDF was made, where it is a day at all."""
    found = _DATE.match(said)
    if not found:
        return None
    try:
        day = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
    return day if day.year >= _FIRST_YEAR and day <= datetime.now().date() else None
