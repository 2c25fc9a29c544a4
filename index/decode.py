"""Bytes to text: by what is said of their encoding where that holds, else by what they look like."""

import re

from index.errors import LoadError

_SHORT_FOR_GUESSING = 400
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Where HTML and XML say how they are written, in their first bytes.
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,80}?encoding=["']([\w.:-]{2,40})""", re.I
)
_DECLARED_WITHIN = 2_048
# What browsers read these as: pages that say the one are written in the other.
_MEANT = {"ascii": "cp1252", "latin_1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "iso8859_9": "cp1254"}


def decode(source: object, data: bytes, charset: str | None = None, *, marked_up: bool = False) -> str:
    """Read bytes as text: by byte order mark, by `charset`, as UTF-8, else by the best guess of charset-normalizer.

    `charset` is what a server said; text that is `marked_up` may say it in its own first bytes. What they say is only
    followed where the bytes agree, and bytes that agree with nothing are read as well as they can be.

    Raises:
        LoadError: the bytes of `source` are not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    said = [name for name in (_codec(charset), _codec(_declared(data) if marked_up else None)) if name]
    if b"\0" not in data[:65536] or any(name.startswith(("utf_16", "utf_32")) for name in said):
        for encoding in [*said, "utf-8"]:
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
        if guessed := _guess(data):
            return guessed
        if said or marked_up:
            return data.decode(said[0] if said else "utf-8", "replace")
    raise LoadError(f"{source} is not text but binary data; give it its right ending or remove it")


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_DECLARED_WITHIN])
    return next(name.decode("ascii") for name in found.groups() if name) if found else None


def _codec(name: str | None) -> str | None:
    """Name the codec meant by an encoding's name; None for no name, and for what is no encoding of text."""
    from charset_normalizer.utils import iana_name

    try:
        codec = iana_name(name.strip(" \"'"), strict=True) if name else None
    except ValueError:
        return None
    return _MEANT.get(codec, codec) if codec != "utf_7" and codec else None


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    # Told from a few letters, every one-byte encoding looks alike: the common one goes first there.
    preferred = ["cp1252"] if len(data) < _SHORT_FOR_GUESSING else None
    best = from_bytes(data, cp_isolation=preferred).best() or from_bytes(data).best()
    return str(best) if best else None
