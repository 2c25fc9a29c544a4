"""Files that hold several articles: which of them are new or changed, which are gone, and what keeps others out."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from index.embed.passages import Entry
from index.errors import LoadError
from index.load.loader import load_parts
from index.load.parsed import article_of_part, part_id
from index.load.unexpected import failing_as_one
from index.types import READING

if TYPE_CHECKING:
    from index.load.jsonl import Names
    from index.store.file_table import ReadFile
    from index.store.index import Index
    from index.store.writer import Writer

_CHUNK = 1024 * 1024
_MAX_NAMED = 100
"""How many broken parts of one file are named; the others are counted."""


@dataclass(slots=True)
class Taken:
    """What came of a file: how many of its articles are as they were, and why others were not taken.

    `gone` are ids of articles that it held before and holds no more. `learnt` is to be kept once all is written, None
    where all of it was known.
    """

    unchanged: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    learnt: "ReadFile | None" = None


def take_parts(
    index: "Index",
    writer: "Writer",
    file: Path,
    names: "Names | None",
    *,
    take: Callable[[Entry], None],
    tell: Callable[[str], None],
) -> Taken:
    """Load the articles of a file one at a time, and hand those that are new or changed to `take`.

    A file that has not changed is not parsed. A part that is broken is named, and an article it was before stays.
    `names` says what the file calls its fields; None, what was said before. `tell` is called with each part's place.

    Raises:
        UnknownType: the file holds no articles.
        LoadError: the file as a whole cannot be read.
    """
    known = index.catalog.files.read(str(file))
    called = dict(names if names is not None else known.names if known else {})
    raw_hash = _hash(file, called)
    there = index.catalog.at_path(str(file))
    if known and known.raw_hash == raw_hash and set(known.articles) <= set(there):
        return Taken(len(known.articles), list(known.failed), list(known.skipped))
    return _read(index, writer, file, called, raw_hash, there, take, tell)


def _read(
    index: "Index",
    writer: "Writer",
    file: Path,
    names: "Names",
    raw_hash: str,
    there: list[str],
    take: Callable[[Entry], None],
    tell: Callable[[str], None],
) -> Taken:
    from index.store.file_table import ReadFile

    taken = Taken()
    failed, skipped = _Reasons(file), _Reasons(file)
    articles: list[str] = []
    places: dict[str, str] = {}
    nameless = False
    for part in load_parts(file, names):
        tell(part.place)
        if part.fragment is None:
            nameless = True
        elif (earlier := places.setdefault(part_id(file, part.fragment), part.place)) != part.place:
            skipped.add(f"{part.place} has the same id or address as {earlier}; only the first counts")
            continue
        try:
            article = article_of_part(file, part)
            hashes = index.catalog.hashes(article.id)
            entry = None
            if not hashes or hashes[0] != article.content_hash:
                with failing_as_one(f"{file}, {part.place}"):
                    entry = writer.entry(article, raw_hash)
        except LoadError as error:
            failed.add(str(error))
            continue
        articles.append(article.id)
        if entry:
            take(entry)
        else:
            taken.unchanged += 1
    # What cannot be told from other parts may be any of those that seem to be gone.
    taken.gone = [] if nameless else [id_ for id_ in there if id_ not in places]
    taken.failed, taken.skipped = failed.listed(), skipped.listed()
    taken.learnt = ReadFile(
        path=str(file),
        raw_hash=raw_hash,
        names=dict(names),
        articles=tuple(articles),
        failed=tuple(taken.failed),
        skipped=tuple(taken.skipped),
    )
    return taken


class _Reasons:
    """Why parts of a file are not taken in: some are named, the others counted, for there may be millions."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._named: list[str] = []
        self._more = 0

    def add(self, reason: str) -> None:
        if len(self._named) < _MAX_NAMED:
            self._named.append(reason)
        else:
            self._more += 1

    def listed(self) -> list[str]:
        counted = [f"{self._file} has {self._more:,} more parts that are not taken in"] if self._more else []
        return self._named + counted


def _hash(file: Path, names: "Names") -> str:
    """Hash what the articles of a file are loaded from, and how, a chunk at a time."""
    digest = hashlib.sha256(f"{READING}\0{json.dumps(names, sort_keys=True)}\0".encode())
    try:
        with file.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise LoadError(f"{file} cannot be read ({error.strerror}); check its permissions") from error
    return digest.hexdigest()
