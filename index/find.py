"""Which files may hold articles: those below a path, and what is wrong with a file by its name."""

from collections.abc import Callable, Iterator
from pathlib import Path

from index.errors import LoadError
from index.kinds import KINDS, kind_of


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
        # Names alone: with a path for each of many files, this would be most of what a run keeps in memory.
        below = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
        folders = {name for name in below if (path / name).is_dir()}
    except OSError as error:
        raise LoadError(f"{path} cannot be read ({error.strerror}); check its permissions") from error
    for name in below:
        entry = path / name
        try:
            if name not in folders:
                yield entry.resolve()
            elif not entry.is_symlink():
                yield from find(entry, failed)
        except LoadError as error:
            failed(entry, str(error))
        except RuntimeError:
            failed(entry, f"{entry} is a link that leads back to itself; remove it")


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
    if not named and path.stem.lower() == "readme":
        return "describes its folder; name the file itself to index it"
    return None
