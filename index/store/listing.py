"""Lists of articles for a person to browse: filtered, sorted, counted, and read a page at a time.

Nothing here reads the text of articles: rows come from a covering index, words from the full-text index.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa

from index.store.full_text import languages_in, matching
from index.store.schema import articles, passages
from index.store.sqlite import in_values

Order = Literal["title", "publisher", "published", "tags", "passages", "origin"]
"""What a list can be sorted by."""


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """One article of a list; `passages` is their number, `first_seen` and `updated` are in UTC."""

    id: str
    title: str
    publisher: str | None
    published: date | None
    tags: tuple[str, ...]
    url: str | None
    path: str | None
    first_seen: datetime | None
    updated: datetime | None
    passages: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article came from: the file at `path`, or the address `url` if there is no file."""

    id: str
    title: str
    path: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which articles a list contains; an empty field allows all. Dates are inclusive.

    Each word of `search` must begin a word of the title or text, or be part of the publisher or of a tag. `undated`
    allows only articles without a date, `ids` only those with these ids.
    """

    search: str = ""
    publisher: str | None = None
    tag: str | None = None
    since: date | None = None
    until: date | None = None
    undated: bool = False
    ids: tuple[str, ...] | None = None


ALL = ListFilter()


Counts = tuple[tuple[str, int], ...]
"""Names, each with its number of articles."""


class Listing:
    """Lists of the articles in a catalog."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def search(self, wanted: ListFilter) -> ListFilter:
        """Run a filter's search once, for several lists: returns a filter with the `ids` found in its place."""
        if not wanted.search.strip():
            return wanted
        return replace(wanted, search="", ids=tuple(self.ids(ListFilter(wanted.search))))

    def count(self, wanted: ListFilter = ALL) -> int:
        """Return the number of articles in a list."""
        with self._engine.connect() as connection:
            query = sa.select(sa.func.count()).select_from(articles).where(*_conditions(wanted, connection))
            return connection.scalar(query) or 0

    def page(
        self,
        wanted: ListFilter = ALL,
        *,
        order: Order = "published",
        descending: bool = True,
        limit: int = 50,
        offset: int = 0,
    ) -> list[ListedArticle]:
        """Return part of a list; articles without a value to sort by come last, equal ones are sorted by title."""
        number = sa.select(sa.func.count()).where(passages.c.article_id == articles.c.id).scalar_subquery()
        columns = [articles.c[field.name] for field in fields(ListedArticle) if field.name != "passages"]
        by = number if order == "passages" else _SORT_KEYS[order]
        ordered = (by.desc() if descending else by.asc()).nulls_last()
        query = sa.select(*columns, number.label("passages"))
        query = query.order_by(ordered, sa.func.folded(articles.c.title), articles.c.id).limit(limit).offset(offset)
        with self._engine.connect() as connection:
            query = query.where(*_conditions(wanted, connection))
            return [ListedArticle(**row._mapping) for row in connection.execute(query)]

    def ids(self, wanted: ListFilter = ALL) -> list[str]:
        """Return the ids of all articles in a list."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sa.select(articles.c.id).where(*_conditions(wanted, connection))))

    def origins(self, ids: Sequence[str] | None = None) -> list[Origin]:
        """Return where articles came from; all articles if `ids` is None."""
        query = sa.select(articles.c.id, articles.c.title, articles.c.path, articles.c.url)
        if ids is not None:
            query = query.where(in_values(articles.c.id, ids))
        with self._engine.connect() as connection:
            return [Origin(**row._mapping) for row in connection.execute(query)]

    def existing(self, ids: Sequence[str]) -> list[str]:
        """Return which of these articles exist, in the order given."""
        query = sa.select(articles.c.id).where(in_values(articles.c.id, ids))
        with self._engine.connect() as connection:
            there = set(connection.scalars(query))
        return [id_ for id_ in ids if id_ in there]

    def publishers(self, wanted: ListFilter = ALL) -> Counts:
        """Count the articles in a list by publisher, most frequent first; those without one are left out."""
        return self._counted(articles.c.publisher, sa.select(articles), wanted)

    def tags(self, wanted: ListFilter = ALL) -> Counts:
        """Count the articles in a list by tag, most frequent first."""
        tag = _tags()
        return self._counted(tag.c.value, sa.select(articles).join(tag, sa.true()), wanted)

    def months(self, wanted: ListFilter = ALL) -> tuple[tuple[tuple[date, int], ...], int]:
        """Count the articles in a list by month (its first day), earliest first, and those without a date."""
        month = sa.func.substr(sa.cast(articles.c.published, sa.Text), 1, 7)
        query = sa.select(month, sa.func.count()).group_by(month).order_by(month)
        with self._engine.connect() as connection:
            query = query.where(*_conditions(wanted, connection))
            rows = [(row[0], row[1]) for row in connection.execute(query)]
        dated = tuple((date.fromisoformat(f"{name}-01"), number) for name, number in rows if name)
        return dated, sum(number for name, number in rows if not name)

    def _counted(self, name: "sa.ColumnElement[Any]", source: "sa.Select[Any]", wanted: ListFilter) -> Counts:
        number = sa.func.count()
        query = source.with_only_columns(name, number).where(name.is_not(None)).group_by(name)
        with self._engine.connect() as connection:
            query = query.where(*_conditions(wanted, connection))
            rows = connection.execute(query.order_by(number.desc(), sa.func.folded(name)))
            return tuple((row[0], row[1]) for row in rows)


_SORT_KEYS: dict[str, "sa.ColumnElement[Any]"] = {
    "title": sa.func.folded(articles.c.title),
    "publisher": sa.func.nullif(sa.func.folded(articles.c.publisher), ""),
    "published": articles.c.published,
    "tags": sa.func.nullif(sa.func.folded(articles.c.tags), "[]"),
    "origin": sa.func.folded(sa.func.coalesce(articles.c.path, articles.c.url)),
}


def _conditions(wanted: ListFilter, connection: sa.Connection) -> list["sa.ColumnElement[bool]"]:
    words = wanted.search.split()
    languages = languages_in(connection) if words else []
    conditions = [_has_word(word, languages) for word in words]
    if wanted.publisher is not None:
        conditions.append(articles.c.publisher == wanted.publisher)
    if wanted.tag is not None:
        tag = _tags()
        conditions.append(sa.exists(sa.select(tag.c.value).where(tag.c.value == wanted.tag)))
    if wanted.since:
        conditions.append(articles.c.published >= wanted.since)
    if wanted.until:
        conditions.append(articles.c.published <= wanted.until)
    if wanted.undated:
        conditions.append(articles.c.published.is_(None))
    if wanted.ids is not None:
        conditions.append(in_values(articles.c.id, wanted.ids))
    return conditions


def _has_word(word: str, languages: Sequence[str]) -> "sa.ColumnElement[bool]":
    """Return the condition that an article has a word: a prefix in title or text, or part of its publisher or tags."""
    # Each publisher is compared once, not per article; tags are parsed only if their JSON contains the word.
    publisher = sa.select(articles.c.publisher).distinct().subquery()
    named = articles.c.publisher.in_(sa.select(publisher.c.publisher).where(_contains(publisher.c.publisher, word)))
    tag = _tags()
    filed = sa.exists(sa.select(tag.c.value).where(_contains(tag.c.value, word)))
    inside = named | (_contains(articles.c.tags, json.dumps(word, ensure_ascii=False)[1:-1]) & filed)
    # The full-text index has no words without letters or digits, and would match everything or nothing.
    if not any(letter.isalnum() for letter in word):
        return inside | _contains(articles.c.title, word)
    found = sa.text(
        "SELECT p.article_id FROM words JOIN passages p ON p.row = words.rowid WHERE words MATCH :match"
    ).bindparams(sa.bindparam("match", matching([word], languages, begun=True), unique=True))
    return inside | articles.c.id.in_(found.columns(sa.column("article_id")))


def _contains(column: "sa.ColumnElement[Any]", word: str) -> "sa.ColumnElement[bool]":
    return sa.func.folded(column, type_=sa.Text).contains(word.casefold(), autoescape=True)


def _tags() -> "sa.TableValuedAlias":
    return sa.func.json_each(articles.c.tags).table_valued("value")
