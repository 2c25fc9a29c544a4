"""Files that are a zip of others, bounded: what unpacks to more than was allowed is refused."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from index.errors import LoadError
from index.load.decompress import TooLarge, collect

_MB = 1024**2
_MAX_MEMBER = 16 * _MB
_MAX_UNPACKED = 256 * _MB
_MAX_MEMBERS = 10_000
_CHUNK = 65_536
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class Zip:
    """The files in a zip, by their names; each is unpacked when it is asked for."""

    def __init__(self, source: object, archive: zipfile.ZipFile) -> None:
        self._source = source
        self._archive = archive
        self.names = frozenset(archive.namelist())

    def read(self, name: str) -> bytes:
        """Unpack one file.

        Raises:
            LoadError: it is not there, damaged or locked, or unpacks to too much.
        """
        try:
            with self._archive.open(name) as member:
                return collect(iter(lambda: member.read(_CHUNK), b""), _MAX_MEMBER)
        except KeyError as error:
            raise LoadError(f"{self._source} lacks {name}, so that it cannot be read; make it anew") from error
        except TooLarge as error:
            most = f"{_MAX_MEMBER // _MB} MB"
            raise LoadError(f"{self._source}, {name} unpacks to more than {most}, which no article does") from error
        except _DAMAGE as error:
            raise LoadError(f"{self._source}, {name} is damaged ({error}); get the file again") from error


@contextmanager
def unzipped(source: object, file: Path | IO[bytes], kind: str) -> Iterator[Zip]:
    """Open a zip; `kind` is what it is called, "an EPUB".

    Raises:
        LoadError: it is no zip, or unpacks to too much.
    """
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as error:
        raise LoadError(f"{source} is not {kind}, or cut off ({error}); get the whole file or remove it") from error
    with archive:
        members = archive.infolist()
        if len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > _MAX_UNPACKED:
            raise LoadError(
                f"{source} unpacks to more than {_MAX_UNPACKED // _MB} MB, which no article does; remove it"
            )
        yield Zip(source, archive)


def parse_xml(source: object, name: str, data: bytes) -> Any:
    """Parse XML that may come from anyone: no entity is followed and nothing is fetched.

    Raises:
        LoadError: it is not XML.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        said = " ".join(str(error).split())
        raise LoadError(f"{source}, {name} is not XML that can be read ({said}); make the file anew") from error
