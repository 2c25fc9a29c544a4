"""Which files may hold articles: those below a path, and what is wrong with a file by its name."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from index.errors import LoadError
from index.load.formats import KINDS, PICTURES, kind_of


def find(path: Path, failed: Callable[[Path, str], None]) -> Iterator[Path]:
    """Yield the files below `path` in a stable order, or `path` itself when it is a file.

    Hidden files and folders are passed over; `failed` is told of folders below `path` that cannot be read, and why.

    Raises:
        LoadError: nothing is at `path`, or it cannot be read.
    """
    try:
        if path.is_file():
            yield path.resolve()
            return
        if not path.is_dir():
            raise LoadError(f"{path} does not exist; give a file or a folder of articles")
        whole = path.resolve()
        # Names alone: with a path for each of many files, this would be most of what a run keeps in memory.
        below, folders, links = _names(path)
    except OSError as error:
        raise LoadError(f"{path} cannot be read ({error.strerror}); check its permissions") from error
    for name in below:
        entry = path / name
        try:
            if name not in folders:
                yield entry.resolve() if name in links else whole / name
            elif name not in links:
                yield from find(entry, failed)
        except LoadError as error:
            failed(entry, str(error))
        except RuntimeError:
            failed(entry, f"{entry} is a link that leads back to itself; remove it")


def _names(folder: Path) -> tuple[list[str], set[str], set[str]]:
    """Name what lies in a folder and is not hidden, in order, and which of that are folders and which are links."""
    folders, links, names = set[str](), set[str](), list[str]()
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            names.append(entry.name)
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.is_symlink():
                links.add(entry.name)
                # Not the entry's own answer, which is an error where a link leads back to itself.
                is_folder = (folder / entry.name).is_dir()
            if is_folder:
                folders.add(entry.name)
    return sorted(names), folders, links


def unsupported(path: Path, *, named: bool) -> str | None:
    """Say why a file is no article by its name, or None when it may be one.

    `named` tells that the user named this very file, rather than a folder above it: a README describes the folder
    it lies in and is only taken when named.
    """
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not UTF-8; rename it"
    if kind_of(path) is None:
        return f"no loader for {path.suffix or 'files without an ending'}; known: {', '.join(sorted(KINDS))}"
    if not named and path.suffix.lower() in PICTURES:
        return "is a picture; name the file itself to have it read by OCR"
    if not named and path.stem.lower() == "readme":
        return "describes its folder; name the file itself to index it"
    return None
