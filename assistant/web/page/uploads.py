"""Store uploaded files below the index's home, so that their articles can be updated.

A stored file is never overwritten, and stays when its article is removed, since that can be undone.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from index.load.parsed import clean_line

FOLDER = "library"
MAX_FILES = 200
"""Most files of one upload."""
MAX_FILE_BYTES = 16 * 1024 * 1024
"""Largest file, in bytes."""
_MAX_NAME_LENGTH = 150  # bytes: file systems take 255, and a number may follow


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file: its name in the browser, and its path on the server; None if it was not sent."""

    name: str
    file: Path | None


def received(sent: object) -> list[Upload]:
    """Return the files that the browser says it has sent; only paths in Gradio's upload folder count."""
    from gradio.utils import get_upload_folder

    folder = Path(get_upload_folder()).resolve()
    found = []
    for one in sent[: MAX_FILES + 50] if isinstance(sent, list) else []:
        name, path = (one.get("name"), one.get("path")) if isinstance(one, dict) else (None, None)
        if not isinstance(name, str) or not name.strip():
            continue
        file = Path(path).resolve() if isinstance(path, str) and "\0" not in path else None
        here = file is not None and file.is_relative_to(folder) and file.is_file()
        found.append(Upload(name[:1_000], file if here else None))
    return found


def keep(home: Path, name: str, data: bytes) -> tuple[Path, bool]:
    """Store a file under `home`; return its path, and whether it is new.

    The name is sanitised, and gets a number if another file has it; the same file is stored once.

    Raises:
        OSError: it cannot be written.
    """
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    stem, ending = _safe(name)
    number = 1
    while True:
        file = folder / (f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}")
        try:
            with file.open("xb") as new:
                new.write(data)
            return file, True
        except FileExistsError:
            if file.is_file() and file.read_bytes() == data:
                return file, False
        number += 1


def _safe(name: str) -> tuple[str, str]:
    """Return a file name's stem and ending, without path separators and characters that a system refuses."""
    last = re.split(r"[/\\]", name)[-1].encode("utf-8", "ignore").decode("utf-8")
    line = unicodedata.normalize("NFC", clean_line(last) or "")
    plain = re.sub(r'[<>:"|?*\x00-\x1f]', "-", line)
    stem, dot, ending = plain.rpartition(".")
    ending = re.sub(r"[^a-z0-9]", "", ending.lower())[:10] if dot else ""
    short = (stem if dot else plain).encode("utf-8")[:_MAX_NAME_LENGTH].decode("utf-8", "ignore").strip(" .")
    # Windows reserves these names for devices.
    if not short or re.fullmatch(r"(?i)con|prn|aux|nul|com\d|lpt\d", short):
        short = f"article-{short}".rstrip("-")
    return short, f".{ending}" if ending else ""
