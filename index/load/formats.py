"""The kinds of file that articles come in, told apart by how their names end."""

from dataclasses import dataclass
from pathlib import Path

_MB = 1024**2


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: how long such a file may be (bytes), and whether it may hold several articles."""

    max_bytes: int | None = 16 * _MB
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
    ".docx": Kind(64 * _MB),
    ".eml": Kind(64 * _MB),
    ".epub": Kind(128 * _MB, several=True),
    ".pdf": Kind(128 * _MB),
    **dict.fromkeys(PICTURES, Kind(64 * _MB)),
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
