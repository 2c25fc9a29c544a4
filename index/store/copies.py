"""The same text under several addresses is one article, which knows the others as its copies.

The first one indexed is the article; what is known of each further one is kept beside it. When the article is removed,
or gets another text, its first copy takes its place; a copy that gets another text becomes an article of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from index.embed.passages import Entry
from index.types import Article, Copy

# Many pages show the same few words in place of their article: a text as short as this is not enough to know it by.
_SHORT_WORDS = 50


class CopyLookup(Protocol):
    """What is asked of the copies that are known: `index.store.copy_table.CopyTable`."""

    def of(self, article_ids: Sequence[str]) -> Mapping[str, Sequence[Copy]]:
        """Return the copies of articles, by article and in the order of ids."""

    def entry(self, id_: str, text: str) -> Entry:
        """Return a copy as an article with this text."""

    def twins(self, article: Article) -> Sequence[str]:
        """Return the ids of articles whose text may be the same."""

    def concern(self, article: Article) -> bool:
        """Say whether an article is a copy, has one, or may be the same as another."""

    def first_seen(self, id_: str) -> datetime | None:
        """Return when a copy was first indexed; None for what is no copy."""


class Lookup(Protocol):
    """What is asked of the articles that are indexed: `index.store.catalog.Catalog`."""

    @property
    def copies(self) -> CopyLookup:
        """Their copies."""

    def article(self, id_: str) -> Article | None:
        """Return an article, None where there is none with this id."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What a write does to copies besides the articles it writes, in one moment with them.

    `copied` are entries whose text the article with the id beside them has; `freed` and `gone` are ids of copies and of
    articles that are none any more, and `heirs` says, by an article's id, which one gets its copies.
    """

    copied: Sequence[tuple[Entry, str]] = ()
    freed: Sequence[str] = ()
    gone: Sequence[str] = ()
    heirs: Mapping[str, str] = field(default_factory=dict)


def is_plain(catalog: Lookup, entry: Entry, beside: Sequence[Entry]) -> bool:
    """Say whether an entry surely has to do with no copy: neither in the catalog nor `beside` it, in the same write."""
    if any(_same(entry.article, other.article) for other in beside):
        return False
    return not catalog.copies.concern(entry.article)


def twin_of(catalog: Lookup, article: Article) -> Article | None:
    """Find another article that has the same text."""
    twins = (catalog.article(id_) for id_ in catalog.copies.twins(article))
    return next((twin for twin in twins if twin and _same(article, twin)), None)


def settle(catalog: Lookup, entry: Entry) -> tuple[list[Entry], Moves]:
    """Find out what has to be written for an entry that has to do with copies.

    Returns the articles to be written, whose passages may still have to be split, and what becomes of copies.
    """
    article, before = entry.article, catalog.article(entry.article.id)
    twin = twin_of(catalog, article)
    written: list[Entry] = []
    heirs: dict[str, str] = {}
    freed: list[str] = []
    if before and before.text != article.text and (heir := _heir(catalog, before, ())):
        written, heirs, freed = [heir], {before.id: heir.article.id}, [heir.article.id]
    elif before and twin:
        heirs = {before.id: twin.id}
    known = catalog.copies.first_seen(article.id)
    if known:
        entry = replace(entry, article=replace(article, first_seen=known))
    if twin:
        seen = (known or (before.first_seen if before else None)) or datetime.now(UTC).replace(microsecond=0)
        copied = replace(entry, article=replace(article, first_seen=seen))
        return written, Moves([(copied, twin.id)], freed, [article.id] if before else [], heirs)
    return [*written, entry], Moves((), [*freed, article.id], (), heirs)


def removal(catalog: Lookup, ids: Sequence[str]) -> tuple[list[Entry], Moves]:
    """Find out what has to be written when these articles and copies are removed, and what becomes of others."""
    written: list[Entry] = []
    heirs: dict[str, str] = {}
    for id_ in ids:
        article = catalog.article(id_)
        if article and (heir := _heir(catalog, article, ids)):
            written.append(heir)
            heirs[id_] = heir.article.id
    return written, Moves((), [*ids, *heirs.values()], [], heirs)


def _heir(catalog: Lookup, article: Article, without: Sequence[str]) -> Entry | None:
    """Make an article of the first copy that takes the place of its article, and was first seen when that was."""
    copies = catalog.copies.of([article.id]).get(article.id, [])
    first = next((copy for copy in copies if copy.id not in without), None)
    if first is None:
        return None
    entry = catalog.copies.entry(first.id, article.text)
    return replace(entry, article=replace(entry.article, first_seen=article.first_seen))


def _same(one: Article, other: Article) -> bool:
    """Say whether two articles are one: they have the same text, and where that is short, all else as well."""
    if one.text != other.text or one.id == other.id:
        return False
    told = ((article.title, article.publisher, article.published) for article in (one, other))
    return len(one.text.split()) >= _SHORT_WORDS or len(set(told)) == 1
