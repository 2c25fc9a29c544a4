"""The same text from several sources is one article, and the other sources are its copies.

The first source indexed is the article; of each further one, all but the text is stored as a copy. When the article is
removed or its text changes, its first copy takes its place; a copy whose text changes becomes an article of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from index.embed.passages import Entry
from index.types import Article, Copy

# Shorter texts must agree in other fields, too: many pages show the same few words instead of their article.
_MIN_WORDS = 50


class CopyLookup(Protocol):
    """Looks up stored copies; see `index.store.copy_table.CopyTable`."""

    def of(self, article_ids: Sequence[str]) -> Mapping[str, Sequence[Copy]]:
        """Return the copies of articles, by article id and sorted by id."""

    def entry(self, id_: str, text: str) -> Entry:
        """Return a copy as an article with this text."""

    def with_text_of(self, article: Article) -> Sequence[str]:
        """Return the ids of other articles with the same text."""

    def may_involve(self, article: Article) -> bool:
        """Say whether an article is a copy, has copies, or has the same text as another article."""

    def first_seen(self, id_: str) -> datetime | None:
        """Return when a copy was first indexed; None if it is not a copy."""


class Lookup(Protocol):
    """Looks up stored articles; see `index.store.catalog.Catalog`."""

    @property
    def copies(self) -> CopyLookup:
        """The copies of articles."""

    def article(self, id_: str) -> Article | None:
        """Return an article, or None if no article has this id."""


@dataclass(frozen=True, slots=True)
class CopyChanges:
    """What to change about copies in the transaction that writes articles.

    `added` are new copies, each with the id of its article; `deleted` are the ids of copies to delete, and
    `deleted_articles` of articles. `successors` are the articles that take over an article's copies, by its id.
    """

    added: Sequence[tuple[Entry, str]] = ()
    deleted: Sequence[str] = ()
    deleted_articles: Sequence[str] = ()
    successors: Mapping[str, str] = field(default_factory=dict)


def has_no_copies(catalog: Lookup, entry: Entry, batch: Sequence[Entry]) -> bool:
    """Say whether an entry involves no copies, neither in the catalog nor in its `batch`."""
    if any(_is_same(entry.article, other.article) for other in batch):
        return False
    return not catalog.copies.may_involve(entry.article)


def article_with_text_of(catalog: Lookup, article: Article) -> Article | None:
    """Return another article with the same text, or None."""
    found = (catalog.article(id_) for id_ in catalog.copies.with_text_of(article))
    return next((other for other in found if other and _is_same(article, other)), None)


def plan_write(catalog: Lookup, entry: Entry) -> tuple[list[Entry], CopyChanges]:
    """Work out how to write an entry that involves copies.

    Returns the articles to write, which may not be split into passages yet, and the changes to copies.
    """
    article, before = entry.article, catalog.article(entry.article.id)
    original = article_with_text_of(catalog, article)
    written: list[Entry] = []
    successors: dict[str, str] = {}
    deleted: list[str] = []
    if before and before.text != article.text and (successor := _successor(catalog, before, ())):
        written, successors, deleted = [successor], {before.id: successor.article.id}, [successor.article.id]
    elif before and original:
        successors = {before.id: original.id}
    known = catalog.copies.first_seen(article.id)
    if known:
        entry = replace(entry, article=replace(article, first_seen=known))
    if original:
        seen = (known or (before.first_seen if before else None)) or datetime.now(UTC).replace(microsecond=0)
        copied = replace(entry, article=replace(article, first_seen=seen))
        return written, CopyChanges([(copied, original.id)], deleted, [article.id] if before else [], successors)
    return [*written, entry], CopyChanges((), [*deleted, article.id], (), successors)


def plan_removal(catalog: Lookup, ids: Sequence[str]) -> tuple[list[Entry], CopyChanges]:
    """Work out how to remove articles and copies: returns the articles to write, and the changes to copies."""
    written: list[Entry] = []
    successors: dict[str, str] = {}
    for id_ in ids:
        article = catalog.article(id_)
        if article and (successor := _successor(catalog, article, ids)):
            written.append(successor)
            successors[id_] = successor.article.id
    return written, CopyChanges((), [*ids, *successors.values()], [], successors)


def _successor(catalog: Lookup, article: Article, without: Sequence[str]) -> Entry | None:
    """Return the first remaining copy as an article that replaces `article` and keeps its `first_seen`, or None."""
    copies = catalog.copies.of([article.id]).get(article.id, [])
    first = next((copy for copy in copies if copy.id not in without), None)
    if first is None:
        return None
    entry = catalog.copies.entry(first.id, article.text)
    return replace(entry, article=replace(entry.article, first_seen=article.first_seen))


def _is_same(one: Article, other: Article) -> bool:
    """Say whether two articles have the same text and, if it is short, the same title, publisher and date."""
    if one.text != other.text or one.id == other.id:
        return False
    fields = ((article.title, article.publisher, article.published) for article in (one, other))
    return len(one.text.split()) >= _MIN_WORDS or len(set(fields)) == 1
