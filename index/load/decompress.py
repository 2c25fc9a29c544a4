"""Compressed bytes, bounded: what unpacks to more than was allowed is refused before it fills the memory."""

import zlib
from collections.abc import Iterable, Iterator

_CHUNK = 65_536
_EITHER_HEADER = 32 + zlib.MAX_WBITS  # gzip or zlib, by the first bytes
GZIP = b"\x1f\x8b"


class TooLarge(Exception):
    """There are more bytes than were allowed."""


def collect(chunks: Iterable[bytes], most: int) -> bytes:
    """Join chunks of bytes.

    Raises:
        TooLarge: there are more than `most` bytes.
    """
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > most:
            raise TooLarge
    return bytes(data)


def inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack gzip or deflate, a bounded chunk at a time.

    Raises:
        zlib.error: the bytes are neither, or are damaged.
    """
    unpacker = None
    for chunk in chunks:
        rest = chunk
        while rest:
            if unpacker is None:
                # Some servers send deflate without the header that the standard asks for.
                headed = rest.startswith(GZIP) or rest[0] & 0x0F == 8
                unpacker = zlib.decompressobj(_EITHER_HEADER if headed else -zlib.MAX_WBITS)
            while piece := unpacker.decompress(rest, _CHUNK):
                yield piece
                rest = unpacker.unconsumed_tail
            if not unpacker.eof:
                break
            # A gzip file may be several, one after the other; what else comes behind is padding.
            rest = unpacker.unused_data
            if not rest.startswith(GZIP):
                return
            unpacker = None
    if unpacker is not None:
        raise zlib.error("incomplete")


def gunzip(data: bytes, most: int) -> bytes:
    """Unpack a gzip file; anything else is returned as it is.

    Raises:
        TooLarge: it unpacks to more than `most` bytes.
        zlib.error: it is damaged.
    """
    return collect(inflate([data]), most) if data.startswith(GZIP) else data
