"""The tables of the catalog."""

import json
from datetime import datetime

import sqlalchemy as sa


class _Words(sa.TypeDecorator[tuple[str, ...]]):
    """A tuple of words, kept as a JSON array."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, _dialect: sa.Dialect) -> str:
        return json.dumps(value or (), ensure_ascii=False)

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> tuple[str, ...]:
        return tuple(json.loads(value)) if value and value != "[]" else ()


class _Offsets(sa.TypeDecorator[tuple[int, ...]]):
    """A tuple of offsets, kept as a JSON array."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, _dialect: sa.Dialect) -> str:
        return json.dumps(value or ())

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> tuple[int, ...]:
        return tuple(json.loads(value)) if value and value != "[]" else ()


class _Moment(sa.TypeDecorator[datetime]):
    """A moment in UTC, kept as ISO 8601."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> str | None:
        return value.isoformat() if value else None

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> datetime | None:
        return datetime.fromisoformat(value) if value else None


metadata = sa.MetaData()
meta = sa.Table("meta", metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("url", sa.Text),
    sa.Column("path", sa.Text, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("author", sa.Text),
    sa.Column("publisher", sa.Text),
    sa.Column("published", sa.Date),
    sa.Column("language", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("raw_hash", sa.Text, nullable=False),
    sa.Column("tags", _Words, nullable=False, server_default="[]"),
    sa.Column("pages", _Offsets, nullable=False, server_default="[]"),
    sa.Column("subtitle", sa.Text),
    sa.Column("section", sa.Text),
    sa.Column("image", sa.Text),
    sa.Column("first_seen", _Moment),
    sa.Column("updated", _Moment),
    sa.Column("text_hash", sa.Text, index=True),
)
# Where the text of an article stands as well: all that is known of it there but the text.
copies = sa.Table(
    "copies",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("article_id", sa.Text, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, index=True),
    sa.Column("path", sa.Text, index=True),
    sa.Column("url", sa.Text),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("raw_hash", sa.Text, nullable=False),
    sa.Column("first_seen", _Moment),
    sa.Column("published", sa.Date),
    sa.Column("author", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("tags", _Words, nullable=False),
    sa.Column("pages", _Offsets, nullable=False),
    sa.Column("subtitle", sa.Text),
    sa.Column("section", sa.Text),
    sa.Column("image", sa.Text),
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
# Web addresses as they were asked for, what stood there, and what came of it.
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
# Files, folders and addresses that `assistant sync` brings up to date, and how that went last.
followed = sa.Table(
    "followed",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("synced", sa.Text),
    sa.Column("outcome", sa.JSON),
)
# Files, folders and addresses that could not be taken in, why, and how often that was tried.
failures = sa.Table(
    "failures",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("first", sa.Text, nullable=False),
    sa.Column("last", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
)
# Files that hold several articles: what they were read from and as, and what came of it.
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
# Articles that are nearly the same, each pair both ways, and the keys by which such are found.
alike = sa.Table(
    "alike",
    metadata,
    sa.Column("article_id", sa.Text, primary_key=True),
    sa.Column("other_id", sa.Text, primary_key=True, index=True),
)
like_keys = sa.Table(
    "like_keys",
    metadata,
    sa.Column("key", sa.Integer, primary_key=True),
    sa.Column("article_id", sa.Text, primary_key=True, index=True),
)
