"""Decode bytes to text, in the same way for all formats.

The order is: a byte order mark; what a server or the text itself declares; UTF-8; a guess. A text is not given up for
an odd byte that does not fit: that stands as U+FFFD in it.
"""

import re

from index.errors import LoadError

LOST = "\ufffd"
"""What stands for bytes that are no character."""

_SHORT_FOR_GUESSING = 400
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Where HTML and XML say how they are written, in their first bytes.
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,80}?encoding=["']([\w.:-]{2,40})""", re.I
)
_DECLARED_WITHIN = 2_048
# What browsers read these as: pages that say the one are written in the other.
_MEANT = {"ascii": "cp1252", "latin_1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "iso8859_9": "cp1254"}
_WIDE = ("utf_16", "utf_32")
# For each byte that does not fit an encoding, so many characters beyond ASCII have to.
_FITTING = 1
# Bytes that text has no use for, and which share of a text that is no UTF-8 may be such bytes all the same.
_CONTROLS = bytes({*range(9), *range(14, 27), *range(28, 32)})
_MAX_CONTROLS, _MAX_NULS = 1 / 20, 1 / 10
_LOOKED_AT = 65_536
# What browsers read (https://encoding.spec.whatwg.org): others are found in letters by chance alone.
_OF_THE_WEB = [
    *(f"iso8859_{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    *(f"cp{number}" for number in (866, 874, *range(1250, 1259), 932, 949)),
    *("koi8_r", "koi8_u", "mac_roman", "mac_cyrillic", "gb18030", "big5", "euc_jp", "iso2022_jp", "utf_8", "ascii"),
]
_MIN_UTF_16, _MIN_LATIN, _FEW = 8, 0.6, 10
_ONE_BYTE = ("cp125", "iso8859", "latin", "koi8", "mac_")


def decode(source: object, data: bytes, charset: str | None = None, *, marked_up: bool = False) -> str:
    """Read bytes as text; what fits no encoding stands as U+FFFD, and NUL, which means nothing, is left out.

    `charset` is what a server said; text that is `marked_up` may say it in its own first bytes. What they say is only
    followed where the bytes agree.

    Raises:
        LoadError: the bytes of `source` are not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").replace("\0", "")
    said = [name for name in (_codec(charset), _codec(_declared(data) if marked_up else None)) if name]
    if unmarked := _unmarked_utf_16(data):
        said = [unmarked]
    elif any(name.startswith(_ONE_BYTE) for name in said) and _is_utf_8(data):
        # Any bytes fit an encoding of single bytes; hardly any text in one is UTF-8 as well.
        said = ["utf_8"]
    wide = [name for name in said if name.startswith(_WIDE)]
    if not wide:
        if _is_binary(data):
            raise LoadError(f"{source} is not text but binary data; give it its right ending or remove it")
        data = data.replace(b"\0", b"")
    text = _decoded(data, said)
    if text is None and (said or marked_up):
        text = data.decode(said[0] if said else "utf-8", "replace")
    if text is None:
        raise LoadError(f"{source} is not text but binary data; give it its right ending or remove it")
    return text.replace("\0", "") if wide else text


def _decoded(data: bytes, said: list[str]) -> str | None:
    """Read bytes as the first of what is `said`, and UTF-8, that they fit, else that they nearly fit, else guess."""
    encodings = list(dict.fromkeys([*said, "utf_8"]))
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    for encoding in encodings:
        text = data.decode(encoding, "replace")
        lost = text.count(LOST) - data.count(LOST.encode()) * (encoding == "utf_8")
        if lost * _FITTING <= len(text) - len(text.encode("ascii", "ignore")) - text.count(LOST):
            return text
    return _guess(data)


def _is_binary(data: bytes) -> bool:
    """Say whether bytes are no text: too many of them are of a kind that text has no use for."""
    begins = data[:_LOOKED_AT]
    if begins.count(b"\0") > _MAX_NULS * len(begins):
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        controls = len(begins) - len(begins.translate(None, _CONTROLS))
        return controls > _MAX_CONTROLS * len(begins)
    return False


def _unmarked_utf_16(data: bytes) -> str | None:
    """Name the UTF-16 that bytes without a mark are, as every other one is NUL in text of Latin letters."""
    begins = data[: _LOOKED_AT & ~1]
    even, odd = begins[::2].count(b"\0"), begins[1::2].count(b"\0")
    few, many = sorted((even, odd))
    if len(begins) < _MIN_UTF_16 or many < len(begins) / 2 * _MIN_LATIN or few * _FEW > many:
        return None
    return "utf_16_le" if odd > even else "utf_16_be"


def _is_utf_8(data: bytes) -> bool:
    try:
        return not data.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_DECLARED_WITHIN])
    return next(name.decode("ascii") for name in found.groups() if name) if found else None


def _codec(name: str | None) -> str | None:
    """Name the codec meant by an encoding's name; None for no name, and for what is no encoding of text."""
    from charset_normalizer.utils import iana_name

    try:
        codec = iana_name(name.strip(" \"'"), strict=True) if name else None
        b"text".decode(codec or "utf_8", "replace")  # Python has encodings of other things than text, as base64.
    except (ValueError, LookupError):
        return None
    return _MEANT.get(codec, codec) if codec != "utf_7" and codec else None


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    # Told from a few letters, every one-byte encoding looks alike: the common one goes first there.
    preferred = ["cp1252"] if len(data) < _SHORT_FOR_GUESSING else None
    best = from_bytes(data, cp_isolation=preferred).best() if preferred else None
    best = best or from_bytes(data, cp_isolation=_OF_THE_WEB).best() or from_bytes(data).best()
    return str(best) if best else None
