"""The formats of files that articles come in, by suffix; a new one is a module beside this and a line here.

One that is plain text once it is decoded has its function in `index.load.loader` instead.
"""

from dataclasses import dataclass
from pathlib import Path

_MB = 1024**2


@dataclass(frozen=True, slots=True)
class Kind:
    """A format: how long such a file may be (bytes), what loads it, and whether it may hold several articles.

    `loader` is "module:function", imported when it is needed: a function of what the source is called and its bytes to
    a `Draft`. Formats without one are text, decoded in one way for all and read by `index.load.loader`, or hold several
    articles.
    """

    max_bytes: int | None = 16 * _MB
    loader: str | None = None
    several: bool = False


_TEXT = Kind()
PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp")
"""Endings of pictures, which may be scans: read by OCR where one is named itself, for most stand beside articles."""
KINDS = {
    ".md": _TEXT,
    ".markdown": _TEXT,
    ".txt": _TEXT,
    ".text": _TEXT,
    ".html": _TEXT,
    ".htm": _TEXT,
    ".docx": Kind(64 * _MB, "index.load.docx:load_docx"),
    ".eml": Kind(64 * _MB, "index.load.loader:load_eml"),
    ".epub": Kind(128 * _MB, several=True),
    ".pdf": Kind(128 * _MB, "index.load.pdf:load_pdf"),
    **dict.fromkeys(PICTURES, Kind(64 * _MB, "index.load.ocr:load_image")),
    # Read a line at a time: no file is too long, a line may be.
    ".jsonl": Kind(None, several=True),
    ".ndjson": Kind(None, several=True),
}
"""Each ending, in small letters, and its kind."""
MAX_LINE = 16 * _MB
"""How long a line of an export may be, in bytes."""


def kind_of(file: Path) -> Kind | None:
    """Return a file's format by its suffix, or None if it is not supported."""
    return KINDS.get(file.suffix.lower())
