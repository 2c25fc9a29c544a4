"""Lists of articles as a person looks through them: a page at a time, in order, narrowed down, and counted.

Nothing here reads the text of an article: rows come from an index of the table, words from the full-text index.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa

from index.store.schema import articles, passages
from index.store.sqlite import among

Order = Literal["title", "publisher", "published", "tags", "passages", "origin"]
"""What a list can be ordered by."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One article of a list; `passages` is how many there are of it, `first_seen` and `updated` are UTC."""

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
    """Where an article came from: the file at `path`, or the address `url` where there is no file."""

    id: str
    title: str
    path: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles a list holds; an empty field allows all. Dates are inclusive.

    Each word of `search` must begin a word of the title or of the text, or be part of the publisher or of a tag.
    `undated` leaves only articles without a date, `among` only those with these ids.
    """

    search: str = ""
    publisher: str | None = None
    tag: str | None = None
    since: date | None = None
    until: date | None = None
    undated: bool = False
    among: tuple[str, ...] | None = None


ALL = Wanted()


Counts = tuple[tuple[str, int], ...]
"""Names, and how many articles there are of each."""


class Listing:
    """Lists over the tables of a catalog."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def searched(self, wanted: Wanted) -> Wanted:
        """Search now, for lists that are counted and read in several ways: what is found takes the words' place."""
        if not wanted.search.strip():
            return wanted
        return replace(wanted, search="", among=tuple(self.ids(Wanted(wanted.search))))

    def count(self, wanted: Wanted = ALL) -> int:
        """Count the articles of a list."""
        with self._engine.connect() as connection:
            query = sa.select(sa.func.count()).select_from(articles).where(*_conditions(wanted))
            return connection.scalar(query) or 0

    def page(
        self,
        wanted: Wanted = ALL,
        *,
        order: Order = "published",
        descending: bool = True,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Listed]:
        """Read a part of a list; articles without what it is ordered by come last, equal ones by title."""
        number = sa.select(sa.func.count()).where(passages.c.article_id == articles.c.id).scalar_subquery()
        columns = [articles.c[field.name] for field in fields(Listed) if field.name != "passages"]
        by = number if order == "passages" else _KEYS[order]
        ordered = (by.desc() if descending else by.asc()).nulls_last()
        query = sa.select(*columns, number.label("passages")).where(*_conditions(wanted))
        query = query.order_by(ordered, sa.func.folded(articles.c.title), articles.c.id).limit(limit).offset(offset)
        with self._engine.connect() as connection:
            return [Listed(**row._mapping) for row in connection.execute(query)]

    def ids(self, wanted: Wanted = ALL) -> list[str]:
        """Read the ids of all articles of a list."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sa.select(articles.c.id).where(*_conditions(wanted))))

    def origins(self, ids: Sequence[str] | None = None) -> list[Origin]:
        """Tell where articles came from; all of them when `ids` is None."""
        query = sa.select(articles.c.id, articles.c.title, articles.c.path, articles.c.url)
        if ids is not None:
            query = query.where(among(articles.c.id, ids))
        with self._engine.connect() as connection:
            return [Origin(**row._mapping) for row in connection.execute(query)]

    def known(self, ids: Sequence[str]) -> list[str]:
        """Tell which of these articles there are, in the order given."""
        query = sa.select(articles.c.id).where(among(articles.c.id, ids))
        with self._engine.connect() as connection:
            there = set(connection.scalars(query))
        return [id_ for id_ in ids if id_ in there]

    def publishers(self, wanted: Wanted = ALL) -> Counts:
        """Count the articles of a list by publisher, the most frequent first; those without one are left out."""
        return self._counted(articles.c.publisher, sa.select(articles), wanted)

    def tags(self, wanted: Wanted = ALL) -> Counts:
        """Count the articles of a list by tag, the most frequent first."""
        tag = _tags()
        return self._counted(tag.c.value, sa.select(articles).join(tag, sa.true()), wanted)

    def months(self, wanted: Wanted = ALL) -> tuple[tuple[tuple[date, int], ...], int]:
        """Count the articles of a list by month (its first day), the earliest first, and those without a date."""
        month = sa.func.substr(sa.cast(articles.c.published, sa.Text), 1, 7)
        query = sa.select(month, sa.func.count()).where(*_conditions(wanted)).group_by(month).order_by(month)
        with self._engine.connect() as connection:
            rows = [(row[0], row[1]) for row in connection.execute(query)]
        dated = tuple((date.fromisoformat(f"{name}-01"), number) for name, number in rows if name)
        return dated, sum(number for name, number in rows if not name)

    def _counted(self, name: "sa.ColumnElement[Any]", source: "sa.Select[Any]", wanted: Wanted) -> Counts:
        number = sa.func.count()
        query = source.with_only_columns(name, number).where(name.is_not(None), *_conditions(wanted)).group_by(name)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(number.desc(), sa.func.folded(name)))
            return tuple((row[0], row[1]) for row in rows)


_KEYS: dict[str, "sa.ColumnElement[Any]"] = {
    "title": sa.func.folded(articles.c.title),
    "publisher": sa.func.nullif(sa.func.folded(articles.c.publisher), ""),
    "published": articles.c.published,
    "tags": sa.func.nullif(sa.func.folded(articles.c.tags), "[]"),
    "origin": sa.func.folded(sa.func.coalesce(articles.c.path, articles.c.url)),
}


def _conditions(wanted: Wanted) -> list["sa.ColumnElement[bool]"]:
    conditions = [_holds(word) for word in wanted.search.split()]
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
    if wanted.among is not None:
        conditions.append(among(articles.c.id, wanted.among))
    return conditions


def _holds(word: str) -> "sa.ColumnElement[bool]":
    """Say that an article has a word: in its title or text, where it may be unfinished, its publisher or its tags."""
    # Of names that many articles share each is looked at once; tags are taken apart where they can have the word.
    publisher = sa.select(articles.c.publisher).distinct().subquery()
    named = articles.c.publisher.in_(sa.select(publisher.c.publisher).where(_has(publisher.c.publisher, word)))
    tag = _tags()
    filed = sa.exists(sa.select(tag.c.value).where(_has(tag.c.value, word)))
    inside = named | (_has(articles.c.tags, json.dumps(word, ensure_ascii=False)[1:-1]) & filed)
    # A word of signs alone is none to the full-text index, which would find everything or nothing.
    match = '"' + word.replace('"', " ").replace("\0", " ").strip() + '"*'
    if not any(letter.isalnum() for letter in word):
        return inside | _has(articles.c.title, word)
    found = sa.text(
        "SELECT p.article_id FROM words JOIN passages p ON p.row = words.rowid WHERE words MATCH :match"
    ).bindparams(sa.bindparam("match", match, unique=True))
    return inside | articles.c.id.in_(found.columns(sa.column("article_id")))


def _has(column: "sa.ColumnElement[Any]", word: str) -> "sa.ColumnElement[bool]":
    return sa.func.folded(column, type_=sa.Text).contains(word.casefold(), autoescape=True)


def _tags() -> "sa.TableValuedAlias":
    return sa.func.json_each(articles.c.tags).table_valued("value")
