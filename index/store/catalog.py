"""The catalog: articles, passages and full-text search in one SQLite file.

SQL is known here and in `schema`, `migrations`, `sqlite`, `listing` and the modules named `…_table`. The catalog is the
commit point of the index: an article exists if it has a row. Passages are stored as offsets, and the full-text index
reads their words from the article (an external-content FTS5 table), so text is stored once. Ranking is SQLite's BM25
(Robertson & Zaragoza, 2009) over title and passage, with the stems of each article's language (`index.text.terms`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from index.embed.passages import Entry
from index.errors import BadFilter, IndexClosed, IndexDamaged
from index.store.address_table import AddressTable
from index.store.article_table import ARTICLE_COLUMNS, bump_revision, delete, put, set_values
from index.store.copies import CopyChanges
from index.store.copy_table import CopyTable, apply
from index.store.failure_table import FailureTable
from index.store.file_table import FileTable
from index.store.follow_table import FollowTable
from index.store.full_text import languages_in, matching, phrase
from index.store.listing import Listing
from index.store.migrations import open_catalog
from index.store.near_duplicate_table import NearDuplicateTable
from index.store.schema import articles, copies, meta, passages
from index.store.sqlite import close_sqlite, in_values, values_parameter
from index.types import EVERYTHING, Article, Filter, Passage

_TITLE_WEIGHT = 1.0
_words = sa.table("words", sa.column("rowid"))

# Built once, because they are run for every question or every file.
_HASHES = sa.union_all(
    *(sa.select(one.c.id, one.c.content_hash, one.c.raw_hash).where(in_values(one.c.id)) for one in (articles, copies))
)
_VALUE = sa.select(meta.c.value).where(meta.c.key == sa.bindparam("key"))
_VALUES = sa.select(meta.c.key, meta.c.value).where(meta.c.key.in_(sa.bindparam("keys", expanding=True)))
_PASSAGES = sa.select(passages.c.id, passages.c.article_id, passages.c.start, passages.c.end).where(
    in_values(passages.c.id)
)
_FIELDS = [column.name for column in ARTICLE_COLUMNS]
_ARTICLES = sa.select(*ARTICLE_COLUMNS).where(in_values(articles.c.id))
_EXISTING = sa.select(passages.c.id).where(in_values(passages.c.id))
_COUNTS = sa.text("SELECT (SELECT count(*) FROM words WHERE words MATCH each.value) FROM json_each(:values) AS each")

_MENTIONS = sa.text("SELECT EXISTS(SELECT 1 FROM words WHERE words MATCH each.value) FROM json_each(:values) AS each")
# FTS5 lists its vocabulary through a virtual table, which is temporary and local to the connection.
_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab('main', 'words', 'row')"
_STEMS = sa.text("SELECT term, doc FROM temp.vocabulary WHERE term >= :first AND term < :next")
_TEXT_WITH = sa.text(
    """SELECT a.title, substr(a.text, p.start + 1, p."end" - p.start)
       FROM words JOIN passages p ON p.row = words.rowid JOIN articles a ON a.id = p.article_id
       WHERE words MATCH :match LIMIT 1"""
)
_LANGUAGES = sa.text(
    "SELECT language, count(*) AS number FROM articles WHERE language IS NOT NULL GROUP BY language"
    " ORDER BY number DESC, language"
)


class Catalog:
    """The catalog in one file, which is created if missing. Safe to share between threads."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._engine = open_catalog(file)
        self.listing = Listing(self._engine)
        self.addresses = AddressTable(self._engine)
        self.files = FileTable(self._engine)
        self.failures = FailureTable(self._engine)
        self.followed = FollowTable(self._engine)
        self.copies = CopyTable(self._engine)
        self.near_duplicates = NearDuplicateTable(self._engine)

    def close(self) -> None:
        """Close the file; any later use of the catalog or its tables raises `IndexClosed`."""
        close_sqlite(self._engine, lambda: IndexClosed(f"the catalog {self.file} is closed; open the index anew"))

    # --- its own state

    def revision(self) -> int:
        """Return the revision, which increases with every change to what searches can find."""
        return int(self.get("revision") or 0)

    def get(self, key: str) -> str | None:
        """Read a stored value."""
        with self._engine.connect() as connection:
            value: str | None = connection.scalar(_VALUE, {"key": key})
            return value

    def read(self, keys: Sequence[str]) -> dict[str, str]:
        """Read stored values in one snapshot; missing keys are left out."""
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(_VALUES, {"keys": list(keys)})}

    def remember(self, values: Mapping[str, str | None]) -> None:
        """Store values, and delete the keys whose value is None."""
        with self._engine.begin() as connection:
            set_values(connection, values)

    # --- writing

    def write(
        self,
        entries: Iterable[Entry],
        values: Mapping[str, str | None] | None = None,
        changes: CopyChanges | None = None,
    ) -> list[str]:
        """Add or replace articles in one transaction, which also stores `values` and makes `changes` to copies.

        Returns the ids of the deleted passages; their vectors may be deleted now.
        """
        gone: list[str] = []
        with self._engine.begin() as connection:
            if changes:
                apply(connection, changes)
                gone += delete(connection, changes.deleted_articles)
            gone += put(connection, list(entries))
            set_values(connection, values or {})
            bump_revision(connection)
        return gone

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Delete articles in one transaction; returns the ids of their passages."""
        with self._engine.begin() as connection:
            gone = delete(connection, ids)
            bump_revision(connection)
        return gone

    def set_raw_hash(self, article_id: str, raw_hash: str) -> None:
        """Store the raw hash of an article whose file changed while its content did not."""
        with self._engine.begin() as connection:
            for table in (articles, copies):
                connection.execute(sa.update(table).where(table.c.id == article_id).values(raw_hash=raw_hash))

    def bump_revision(self) -> None:
        """Increase the revision, so that readers reload what they cache."""
        with self._engine.begin() as connection:
            bump_revision(connection)

    # --- reading

    def count(self) -> tuple[int, int]:
        """Return the number of `(articles, passages)`."""
        counts = (sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in (articles, passages))
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(*counts)).one()
            return row[0], row[1]

    def is_empty(self) -> bool:
        """Say whether there are no articles."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(articles.c.id).limit(1)) is None

    def hashes(self, article_id: str) -> tuple[str, str] | None:
        """Read `(content hash, raw hash)` of an article or copy, or None if it does not exist."""
        return self.hashes_of([article_id]).get(article_id)

    def hashes_of(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Read `(content hash, raw hash)` of articles and copies, by id; missing ones are left out."""
        with self._engine.connect() as connection:
            return {row[0]: (row[1], row[2]) for row in connection.execute(_HASHES, values_parameter(ids)).all()}

    def article(self, article_id: str) -> Article | None:
        """Read one article, or None if it does not exist."""
        return next(self._read(sa.select(*ARTICLE_COLUMNS).where(articles.c.id == article_id)), None)

    def articles(self) -> Iterator[Article]:
        """Yield all articles, newest first; those without a date come last."""
        order = (articles.c.published.desc().nulls_last(), articles.c.title, articles.c.id)
        return self._read(sa.select(*ARTICLE_COLUMNS).order_by(*order))

    def paths(self) -> Iterator[tuple[str, str]]:
        """Yield `(id, path)` of every article and copy that came from a file."""
        yield from self.copies.paths()
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(articles.c.id, articles.c.path).where(articles.c.path.is_not(None)))
            yield from ((row[0], row[1]) for row in rows)

    def at_path(self, path: str) -> list[str]:
        """Return the ids of the articles and copies that came from a file."""
        with self._engine.connect() as connection:
            return [
                id_
                for table in (articles, copies)
                for id_ in connection.scalars(sa.select(table.c.id).where(table.c.path == path))
            ]

    def passage_ids(self) -> Iterator[str]:
        """Yield the id of every passage."""
        with self._engine.connect() as connection:
            yield from connection.scalars(sa.select(passages.c.id).execution_options(yield_per=10_000))

    def passages(self, ids: Sequence[str]) -> dict[str, tuple[Passage, Article]]:
        """Read passages with their articles, by passage id; missing ones are left out."""
        with self._engine.connect() as connection:
            # One snapshot for both: offsets are only valid in the version of the article they were made for.
            connection.exec_driver_sql("BEGIN")
            found = [Passage(*row) for row in connection.execute(_PASSAGES, values_parameter(ids)).all()]
            # Each article is read once, however many of its passages are wanted.
            article_ids = values_parameter(list({passage.article_id for passage in found}))
            of = {article.id: article for article in map(_article, connection.execute(_ARTICLES, article_ids).all())}
        return {one.id: (one, of[one.article_id]) for one in found}

    def passages_of(self, article_id: str) -> list[Passage]:
        """Read the passages of one article, in order."""
        query = sa.select(passages).where(passages.c.article_id == article_id).order_by(passages.c.start)
        with self._engine.connect() as connection:
            return [Passage(row[1], row[2], row[3], row[4]) for row in connection.execute(query)]

    def existing_passages(self, ids: Sequence[str]) -> set[str]:
        """Return which of these passages exist."""
        with self._engine.connect() as connection:
            return set(connection.scalars(_EXISTING, values_parameter(ids)))

    def search(self, words: Sequence[str], limit: int, allowed: Filter) -> dict[str, float]:
        """Find passages with any of `words`: id to BM25 score (above 0, higher is better), best first."""
        if not words:
            return {}
        query = _search_query(allowed) if allowed else _SEARCH
        with self._engine.connect() as connection:
            match = matching(words, languages_in(connection))
            return {row[0]: float(row[1]) for row in connection.execute(query, {"match": match, "limit": limit})}

    def count_passages_with(self, words: Sequence[str]) -> list[int]:
        """Count, for each word, the passages whose title or text contains it or another form of its stem."""
        with self._engine.connect() as connection:
            return list(connection.scalars(_COUNTS, values_parameter(_match_each(words, connection))))

    def mentions(self, words: Sequence[str]) -> list[bool]:
        """Say, for each word, whether any title or text contains it or another form of its stem."""
        with self._engine.connect() as connection:
            return [
                bool(one) for one in connection.scalars(_MENTIONS, values_parameter(_match_each(words, connection)))
            ]

    def stems(self, first: str) -> list[tuple[str, int]]:
        """Return the stems that begin with `first`, each with the number of passages that contain it.

        Those of other languages than English end with `STEMMED`.
        """
        with self._engine.connect() as connection:
            connection.exec_driver_sql(_VOCABULARY)
            rows = connection.execute(_STEMS, {"first": first, "next": first + "\U0010ffff"})
            return [(row[0], row[1]) for row in rows]

    def text_with(self, stem: str) -> str:
        """Return title and text of one passage with a word of this stem, or "" if there is none."""
        with self._engine.connect() as connection:
            row = connection.execute(_TEXT_WITH, {"match": phrase(stem)}).first()
            return f"{row[0]}\n{row[1]}" if row else ""

    def languages(self) -> dict[str, int]:
        """Count the articles by language, a code of ISO 639-1, most frequent first, without those of none."""
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(_LANGUAGES)}

    def publishers(self) -> list[str]:
        """Return the publishers of all articles and copies, sorted."""
        with self._engine.connect() as connection:
            names = sa.select(articles.c.publisher).where(articles.c.publisher.is_not(None)).distinct()
            return sorted({*connection.scalars(names), *self.copies.publishers()})

    def resolve(self, wanted: Filter) -> Filter:
        """Return a filter with its publishers spelled as the articles spell them.

        Raises:
            BadFilter: no article has this publisher or id, or the dates are the wrong way round.
        """
        if wanted.since and wanted.until and wanted.since > wanted.until:
            raise BadFilter(
                "nothing is both since {since} and until {until}; swap the two dates",
                since=wanted.since,
                until=wanted.until,
            )
        known = self.publishers() if wanted.publishers else []
        publishers: list[str] = []
        for name in wanted.publishers:
            spelled = [one for one in known if one.casefold() == name.casefold()]
            publishers += spelled
            if not spelled and not known:
                raise BadFilter("no article is published by {name}; publishers here: none", name=repr(name))
            if not spelled:
                raise BadFilter(
                    "no article is published by {name}; publishers here: {publishers}",
                    name=repr(name),
                    publishers=", ".join(known),
                )
        for id_ in wanted.articles:
            if not self.listing.existing([id_]):
                raise BadFilter("no article has the id {id}; `assistant articles` lists them", id=repr(id_))
        return Filter(tuple(publishers), wanted.since, wanted.until, wanted.articles)

    def check(self) -> list[str]:
        """Check the file and the full-text index; returns the problems found, one sentence each."""
        with self._engine.connect() as connection:
            found = [
                f"{self.file}: {row}" for row in connection.scalars(sa.text("PRAGMA integrity_check")) if row != "ok"
            ]
        try:
            with self._engine.begin() as connection:
                connection.execute(sa.text("INSERT INTO words(words, rank) VALUES ('integrity-check', 1)"))
        except IndexDamaged:
            found.append(f"{self.file}: the full-text index does not match the articles")
        return found

    def rebuild_full_text(self) -> None:
        """Rebuild the full-text index from the articles."""
        with self._engine.begin() as connection:
            connection.execute(sa.text("INSERT INTO words(words) VALUES ('rebuild')"))
            bump_revision(connection)

    def _read(self, query: "sa.Select[Any]") -> Iterator[Article]:
        with self._engine.connect() as connection:
            for row in connection.execute(query.execution_options(yield_per=200)):
                yield _article(row)


def _article(row: Sequence[Any]) -> Article:
    return Article(**dict(zip(_FIELDS, row, strict=True)))


def _search_query(allowed: Filter) -> "sa.Select[Any]":
    """Return the query for the `:limit` best passages that match `:match`."""
    score: sa.Label[float] = sa.literal_column(f"-bm25(words, {_TITLE_WEIGHT}, 1.0)").label("score")
    matching = sa.select(_words.c.rowid.label("row"), score).where(sa.text("words MATCH :match"))
    if allowed:
        matching = matching.join(passages, passages.c.row == _words.c.rowid).where(
            passages.c.article_id.in_(sa.select(articles.c.id).where(*_conditions(allowed)))
        )
    # Limited in a subquery, so that passage ids are read for the best matches only.
    best = matching.order_by(score.desc(), _words.c.rowid).limit(sa.bindparam("limit")).subquery()
    return (
        sa.select(passages.c.id, best.c.score)
        .join(best, passages.c.row == best.c.row)
        .order_by(best.c.score.desc(), best.c.row)
    )


def _conditions(allowed: Filter) -> list["sa.ColumnElement[bool]"]:
    conditions: list[sa.ColumnElement[bool]] = []
    if allowed.publishers:
        copied = sa.select(copies.c.article_id).where(copies.c.publisher.in_(allowed.publishers))
        conditions.append(articles.c.publisher.in_(allowed.publishers) | articles.c.id.in_(copied))
    if allowed.since:
        conditions.append(articles.c.published >= allowed.since)
    if allowed.until:
        conditions.append(articles.c.published <= allowed.until)
    if allowed.articles:
        conditions.append(in_values(articles.c.id, allowed.articles))
    return conditions


def _match_each(words: Sequence[str], connection: sa.Connection) -> list[str]:
    languages = languages_in(connection)
    return [matching([word], languages) for word in words]


# Built once, because nearly every question uses it.
_SEARCH = _search_query(EVERYTHING)
