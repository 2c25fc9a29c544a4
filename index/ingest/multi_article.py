"""Load files with several articles: which articles are new, changed or gone, and why others are not indexed."""

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
_MAX_REASONS = 100
"""Most reasons listed for one file; further ones are only counted."""


@dataclass(slots=True)
class PartsReport:
    """The result of loading a file: how many articles are unchanged, and why others are not indexed.

    `gone` are the ids of articles that it no longer contains. `read_file` is to be stored once all articles are
    written; None if the file has not changed.
    """

    unchanged: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    read_file: "ReadFile | None" = None


def load_changed_parts(
    index: "Index",
    writer: "Writer",
    file: Path,
    names: "Names | None",
    *,
    add: Callable[[Entry], None],
    show: Callable[[str], None],
) -> PartsReport:
    """Load the articles of a file one at a time, and pass new and changed ones to `add`.

    An unchanged file is not parsed. A broken part is reported, and its earlier article stays. `names` maps article
    fields to the file's own; None uses the names given before. `show` is called with the place of each part.

    Raises:
        UnknownType: the file holds no articles.
        LoadError: the file as a whole cannot be read.
    """
    known = index.catalog.files.read(str(file))
    names = dict(names if names is not None else known.names if known else {})
    raw_hash = _hash(file, names)
    stored = index.catalog.at_path(str(file))
    if known and known.raw_hash == raw_hash and set(known.articles) <= set(stored):
        return PartsReport(len(known.articles), list(known.failed), list(known.skipped))
    return _load(index, writer, file, names, raw_hash, stored, add, show)


def _load(
    index: "Index",
    writer: "Writer",
    file: Path,
    names: "Names",
    raw_hash: str,
    stored: list[str],
    add: Callable[[Entry], None],
    show: Callable[[str], None],
) -> PartsReport:
    from index.store.file_table import ReadFile

    report = PartsReport()
    failed, skipped = _Reasons(file), _Reasons(file)
    articles: list[str] = []
    places: dict[str, str] = {}
    unidentified = False
    for part in load_parts(file, names):
        show(part.place)
        if part.fragment is None:
            unidentified = True
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
            add(entry)
        else:
            report.unchanged += 1
    # A part without an id may be any of the articles that seem to be gone.
    report.gone = [] if unidentified else [id_ for id_ in stored if id_ not in places]
    report.failed, report.skipped = failed.lines(), skipped.lines()
    report.read_file = ReadFile(
        path=str(file),
        raw_hash=raw_hash,
        names=dict(names),
        articles=tuple(articles),
        failed=tuple(report.failed),
        skipped=tuple(report.skipped),
    )
    return report


class _Reasons:
    """Why parts of a file are not indexed: some are listed, the rest only counted, because there may be millions."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._listed: list[str] = []
        self._more = 0

    def add(self, reason: str) -> None:
        if len(self._listed) < _MAX_REASONS:
            self._listed.append(reason)
        else:
            self._more += 1

    def lines(self) -> list[str]:
        counted = [f"{self._file} has {self._more:,} more parts that are not taken in"] if self._more else []
        return self._listed + counted


def _hash(file: Path, names: "Names") -> str:
    """Hash a file's content together with the version of the loader and the field names, a chunk at a time."""
    digest = hashlib.sha256(f"{READING}\0{json.dumps(names, sort_keys=True)}\0".encode())
    try:
        with file.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise LoadError(f"{file} cannot be read ({error.strerror}); check its permissions") from error
    return digest.hexdigest()
