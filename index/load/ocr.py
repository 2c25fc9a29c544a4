"""Text of pictures and scanned pages, read by OCR: with RapidOCR, an extra whose models are in its wheel."""

import statistics
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from index.errors import EmptyArticle, LoadError
from index.load.page_marks import mark, unmarked
from index.load.parsed import Draft
from index.load.pdf_layout import Line, body_lines, join, title_of

_DPI = 200
_POINTS_PER_INCH = 72
_MIN_CONFIDENCE = 0.6  # of a line; what is less sure is more often a picture than words
_MAX_PIXELS = 100_000_000
_ONE_AT_A_TIME = threading.Lock()
INSTALL = 'install the extra "article-assistant[ocr]" to have it read by OCR'


@dataclass(frozen=True, slots=True)
class Scan:
    """The lines that OCR read, in their order, and how sure it is of them (0 to 1, the mean over characters)."""

    lines: list[Line]
    confidence: float


def is_installed() -> bool:
    """Say whether OCR can be done."""
    return find_spec("rapidocr") is not None


def load_image(source: object, data: bytes) -> Draft:
    """Read a picture of text.

    Raises:
        EmptyArticle: no text is in it.
        LoadError: it is no picture, or OCR is not installed.
    """
    if not is_installed():
        raise LoadError(f"{source} is a picture; {INSTALL}")
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data)) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise LoadError(f"{source} has more than {_MAX_PIXELS / 1e6:g} million pixels; make it smaller")
            scan = read_pages([image.convert("RGB")])
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise LoadError(f"{source} is a picture that cannot be read ({error}); save it anew") from error
    lines = body_lines(scan.lines)
    if not lines:
        raise nothing_read(source)
    return Draft(join(lines, mark), title=title_of(lines), paged=True, ocr_confidence=scan.confidence)


def nothing_read(source: object) -> EmptyArticle:
    """Return the error of a picture in which OCR finds no text."""
    return EmptyArticle(f"{source} has no text, and OCR finds none in its picture; remove it")


def pictures_of(document: Any) -> Iterable[Any]:
    """Yield the pages of a PDF (of PDFium) as pictures."""
    for number in range(len(document)):
        page = document[number]
        try:
            yield page.render(scale=_DPI / _POINTS_PER_INCH).to_pil().convert("RGB")
        finally:
            page.close()


def read_pages(pictures: Iterable[Any]) -> Scan:
    """Read pictures (of Pillow), one a page, by OCR."""
    import numpy

    lines: list[Line] = []
    sure: list[tuple[float, int]] = []
    for number, picture in enumerate(pictures, 1):
        with _ONE_AT_A_TIME:
            # It takes colours in the order of OpenCV: blue first.
            found = _engine()(numpy.asarray(picture)[:, :, ::-1])
        for box, text, score in zip(*((part if part is not None else ()) for part in _parts(found)), strict=True):
            plain = " ".join(unmarked(text).split())
            if plain and score >= _MIN_CONFIDENCE:
                lines.append(_line(box, plain, number, picture.height))
                sure.append((float(score), len(plain)))
    characters = sum(length for _, length in sure)
    confidence = statistics.fmean([score for score, _ in sure], [length for _, length in sure]) if characters else 0.0
    return Scan(lines, round(confidence, 3))


def _parts(found: Any) -> tuple[Any, Any, Any]:
    return found.boxes, found.txts, found.scores


def _line(box: Any, text: str, page: int, height: int) -> Line:
    """Make a line of the corners of its box, which are pixels from the upper left."""
    across, down = [float(corner[0]) for corner in box], [float(corner[1]) for corner in box]
    return Line(
        text=text,
        page=page,
        left=min(across),
        right=max(across),
        top=height - min(down),
        bottom=height - max(down),
        size=max(down) - min(down) or 1.0,
        height=float(height),
    )


@cache
def _engine() -> Any:
    """Load the models once: that takes as long as to read some lines."""
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error"})
