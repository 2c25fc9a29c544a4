"""The tables of the catalog."""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, get_args, get_type_hints

import sqlalchemy as sa

from index.types import Article


class _Strings(sa.TypeDecorator[tuple[str, ...]]):
    """A tuple of strings, stored as a JSON array."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, _dialect: sa.Dialect) -> str:
        return json.dumps(value or (), ensure_ascii=False)

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> tuple[str, ...]:
        return tuple(json.loads(value)) if value and value != "[]" else ()


class _Offsets(sa.TypeDecorator[tuple[int, ...]]):
    """A tuple of offsets, stored as a JSON array."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, _dialect: sa.Dialect) -> str:
        return json.dumps(value or ())

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> tuple[int, ...]:
        return tuple(json.loads(value)) if value and value != "[]" else ()


class _Time(sa.TypeDecorator[datetime]):
    """A time in UTC, stored as ISO 8601."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> str | None:
        return value.isoformat() if value else None

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> datetime | None:
        return datetime.fromisoformat(value) if value else None


metadata = sa.MetaData()
meta = sa.Table("meta", metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
_TYPES: dict[Any, type[sa.types.TypeEngine[Any]]] = {
    str: sa.Text,
    float: sa.Float,
    date: sa.Date,
    datetime: _Time,
    tuple[str, ...]: _Strings,
    tuple[int, ...]: _Offsets,
}
_LISTS = (tuple[str, ...], tuple[int, ...])


def _columns_of_article(*left_out: str, index: Sequence[str]) -> list[sa.Column[Any]]:
    """Return a column for each field of `Article` except those left out; new fields get theirs without changes here."""
    hints = get_type_hints(Article)
    return [
        _column(one.name, hints[one.name], index=one.name in index)
        for one in fields(Article)
        if one.name not in left_out
    ]


def _column(name: str, hint: Any, *, index: bool) -> "sa.Column[Any]":
    may_be_none = type(None) in get_args(hint)
    kind = next(one for one in get_args(hint) if one is not type(None)) if may_be_none else hint
    default = "[]" if kind in _LISTS else None
    return sa.Column(
        name,
        _TYPES[kind],
        primary_key=name == "id",
        nullable=may_be_none,
        index=index or None,
        server_default=default,
    )


articles = sa.Table(
    "articles",
    metadata,
    *_columns_of_article("text", index=["path"]),
    sa.Column("raw_hash", sa.Text, nullable=False),
    # NULL in rows of older versions, until the file is opened.
    sa.Column("text_hash", sa.Text, index=True),
    # Last, because SQLite reads through all columns before the one it needs.
    sa.Column("text", sa.Text, nullable=False),
)
# Other sources of an article's text: the fields of an article, without the text.
copies = sa.Table(
    "copies",
    metadata,
    *_columns_of_article("text", "updated", index=["path", "publisher"]),
    sa.Column("article_id", sa.Text, nullable=False, index=True),
    sa.Column("raw_hash", sa.Text, nullable=False),
)
passages = sa.Table(
    "passages",
    metadata,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("article_id", sa.Text, sa.ForeignKey("articles.id"), nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
)
# Web addresses as they were requested, what was found there, and what was indexed from it.
addresses = sa.Table(
    "addresses",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("found", sa.Text, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("raw_hash", sa.Text, nullable=False),
    sa.Column("pipeline", sa.Text, nullable=False),
    sa.Column("articles", sa.JSON, nullable=False),
    sa.Column("links", sa.JSON, nullable=False),
    sa.Column("kind", sa.Text),
    sa.Column("stamp", sa.Text),
    sa.Column("asked", sa.Text),
)
# Files, folders and addresses that `assistant sync` brings up to date, and the result of the last run.
followed = sa.Table(
    "followed",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("synced", sa.Text),
    sa.Column("outcome", sa.JSON),
)
# Files, folders and addresses that could not be indexed, why, and how often it was tried.
failures = sa.Table(
    "failures",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("first", sa.Text, nullable=False),
    sa.Column("last", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
)
# Files with several articles: what they were read as, and what was indexed from them.
files = sa.Table(
    "files",
    metadata,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("raw_hash", sa.Text, nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("articles", sa.JSON, nullable=False),
    sa.Column("failed", sa.JSON, nullable=False),
    sa.Column("skipped", sa.JSON, nullable=False),
)
# Pairs of near-duplicates, each in both directions, and the MinHash keys that find them.
near_duplicates = sa.Table(
    "alike",
    metadata,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("other_id", sa.Text, primary_key=True, index=True),
)
near_duplicate_keys = sa.Table(
    "like_keys",
    metadata,
    sa.Column("key", sa.Integer, primary_key=True),
    sa.Column("article_id", sa.Text, primary_key=True, index=True),
)
