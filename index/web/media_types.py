"""Documents at web addresses: what is one, told by what the server says, by the address, and by how it begins.

A document is what people would download: a PDF, a Word document, a mail. It is named by the ending of such a file.
"""

import posixpath
from urllib.parse import urlsplit

from index.errors import Unreachable

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LINES = ("application/jsonl", "application/jsonlines", "application/x-jsonlines", "application/x-ndjson")
_ENDINGS = {
    "application/pdf": ".pdf",
    "application/x-pdf": ".pdf",
    _WORD: ".docx",
    "message/rfc822": ".eml",
    "application/epub+zip": ".epub",
    **dict.fromkeys((*_LINES, "application/ndjson"), ".jsonl"),
}
_CALLED = {".pdf": "a PDF", ".docx": "a Word document (.docx)"}
_SEVERAL = {".epub": "an EPUB", ".jsonl": "an export as JSON lines", ".ndjson": "an export as JSON lines"}
# What servers say of files they know nothing of.
_UNTOLD = ("application/octet-stream", "binary/octet-stream", "application/x-download", "application/force-download")
_BEGIN_WITHIN = 1_024  # A PDF may begin a little later.
_ZIP, _LOCKED = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_NAME = 30  # Where in a zip the name of its first file stands.
_NAME_AND_KIND = 64
_FIRST_OF_WORD = (b"[Content_Types].xml", b"_rels/", b"word/", b"docProps/")

ACCEPT = f"application/pdf;q=0.8, {_WORD};q=0.8"
"""How documents are asked for: pages are preferred, where there are both."""


def document_at(address: str, media_type: str) -> str | None:
    """Name the document that may stand at an address: "" when only its first bytes tell, None when it is none."""
    ending = posixpath.splitext(urlsplit(address).path)[1].lower()
    if media_type in _ENDINGS:
        return _ENDINGS[media_type]
    if media_type in _UNTOLD and ending != ".gz":
        return ending if ending in (*_CALLED, *_SEVERAL, ".eml") else ""
    # Servers call them text, and so they would become one long article.
    return ending if ending in (".jsonl", ".ndjson") and "html" not in media_type else None


def told_by(begins: bytes, named: str, media_type: str) -> str:
    """Name a document by its first bytes, or as `document_at` did, where those do not speak against it.

    Raises:
        Unreachable: it is not what it was said to be, or of a kind that is not read from the web.
    """
    ending = named or _kind_of(begins)
    if not ending:
        raise Unreachable(unread(media_type))
    if ending in _SEVERAL:
        raise Unreachable(f"is {_SEVERAL[ending]}, which holds many articles; download it and index the file")
    if ending in _CALLED and begins and not _may_be(ending, begins):
        raise Unreachable(f"is said to be {_CALLED[ending]}, and is none; open it in a browser to see what it is")
    return ending


def unread(media_type: str) -> str:
    """Say of an address that nothing of this kind is read from the web."""
    return f"is {media_type}, not an article or a feed; give the address of a page, a PDF or a Word document (.docx)"


def _kind_of(begins: bytes) -> str:
    if begins.startswith(b"%PDF-"):
        return ".pdf"
    first = begins[_NAME:] if begins.startswith(_ZIP) else b""
    if first.startswith(_FIRST_OF_WORD):
        return ".docx"
    # OpenDocument begins so, too, and says what it is right after it.
    is_book = first.startswith(b"mimetype") and b"opendocument" not in first[:_NAME_AND_KIND]
    return ".epub" if is_book else ""


def _may_be(ending: str, begins: bytes) -> bool:
    return b"%PDF-" in begins[:_BEGIN_WITHIN] if ending == ".pdf" else begins.startswith((_ZIP, _LOCKED))
