"""The catalog: articles, passages and full-text search in one SQLite file.

It, `schema`, `rows`, `listing` and the modules named `…_table` are what knows SQL. It is the commit point of the index:
an article exists when its row says so. Passages hold offsets alone, the full-text index reads their words out of the
article (an external-content FTS5 table), so text is stored once. Ranking is SQLite's BM25 (Robertson & Zaragoza, 2009)
over title and passage, stemmed by Porter's algorithm.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from index.embed.passages import Entry
from index.errors import BadFilter, IndexClosed, IndexDamaged
from index.store.address_table import AddressTable
from index.store.article_table import ARTICLE_COLUMNS, delete, grow_revision, put, set_values
from index.store.copies import Moves
from index.store.copy_table import CopyTable, apply
from index.store.failure_table import FailureTable
from index.store.file_table import FileTable
from index.store.follow_table import FollowTable
from index.store.listing import Listing
from index.store.migrations import open_catalog
from index.store.near_duplicate_table import AlikeTable
from index.store.schema import articles, copies, meta, passages
from index.store.sqlite import among, close_sqlite, listed
from index.types import EVERYTHING, Article, Filter, Passage

_TITLE_WEIGHT = 1.0
_words = sa.table("words", sa.column("rowid"))

# What every question asks for, or every file of a run, put together once.
_HASHES = sa.union_all(
    *(sa.select(one.c.id, one.c.content_hash, one.c.raw_hash).where(among(one.c.id)) for one in (articles, copies))
)
_ONE = sa.select(meta.c.value).where(meta.c.key == sa.bindparam("key"))
_SOME = sa.select(meta.c.key, meta.c.value).where(meta.c.key.in_(sa.bindparam("keys", expanding=True)))
_PASSAGES = sa.select(passages.c.id, passages.c.article_id, passages.c.start, passages.c.end).where(
    among(passages.c.id)
)
_FIELDS = [column.name for column in ARTICLE_COLUMNS]
_ARTICLES = sa.select(*ARTICLE_COLUMNS).where(among(articles.c.id))
_KNOWN = sa.select(passages.c.id).where(among(passages.c.id))
_COUNTS = sa.text("SELECT (SELECT count(*) FROM words WHERE words MATCH each.value) FROM json_each(:among) AS each")

_MENTIONS = sa.text("SELECT EXISTS(SELECT 1 FROM words WHERE words MATCH each.value) FROM json_each(:among) AS each")
# FTS5 lists its own vocabulary through a table of its own, which a connection makes for itself and keeps nowhere.
_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab('main', 'words', 'row')"
_STEMS = sa.text("SELECT term, doc FROM temp.vocabulary WHERE term >= :first AND term < :next")
_TEXT_WITH = sa.text("SELECT title, text FROM words WHERE words MATCH :match LIMIT 1")


class Catalog:
    """The catalog in one file, made when it is not there. Safe to share between threads."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._engine = open_catalog(file)
        self.listing = Listing(self._engine)
        self.addresses = AddressTable(self._engine)
        self.files = FileTable(self._engine)
        self.failures = FailureTable(self._engine)
        self.followed = FollowTable(self._engine)
        self.copies = CopyTable(self._engine)
        self.alike = AlikeTable(self._engine)

    def close(self) -> None:
        """Close the file; whatever is asked of the catalog, or of its tables, from then on raises `IndexClosed`."""
        close_sqlite(self._engine, lambda: IndexClosed(f"the catalog {self.file} is closed; open the index anew"))

    # --- what it remembers about itself

    def revision(self) -> int:
        """Tell the number that grows with every change of what can be found."""
        return int(self.get("revision") or 0)

    def get(self, key: str) -> str | None:
        """Read one remembered value."""
        with self._engine.connect() as connection:
            value: str | None = connection.scalar(_ONE, {"key": key})
            return value

    def read(self, keys: Sequence[str]) -> dict[str, str]:
        """Read remembered values as they were at one moment; those that are not there are left out."""
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(_SOME, {"keys": list(keys)})}

    def remember(self, values: Mapping[str, str | None]) -> None:
        """Remember values, or forget those that are None."""
        with self._engine.begin() as connection:
            set_values(connection, values)

    # --- writing

    def write(
        self, entries: Iterable[Entry], values: Mapping[str, str | None] | None = None, moves: Moves | None = None
    ) -> list[str]:
        """Add or replace articles whole, in one transaction.

        Returns the ids of the passages that are gone; their vectors may be deleted now. `values` is remembered, and
        `moves` done, in the same transaction.
        """
        gone: list[str] = []
        with self._engine.begin() as connection:
            if moves:
                apply(connection, moves)
                gone += delete(connection, moves.gone)
            gone += put(connection, list(entries))
            set_values(connection, values or {})
            grow_revision(connection)
        return gone

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Remove articles in one transaction; returns the ids of their passages."""
        with self._engine.begin() as connection:
            gone = delete(connection, ids)
            grow_revision(connection)
        return gone

    def set_raw_hash(self, article_id: str, raw_hash: str) -> None:
        """Remember that an article's file changed while its text did not."""
        with self._engine.begin() as connection:
            for table in (articles, copies):
                connection.execute(sa.update(table).where(table.c.id == article_id).values(raw_hash=raw_hash))

    def grow_revision(self) -> None:
        """Tell readers to look again."""
        with self._engine.begin() as connection:
            grow_revision(connection)

    # --- reading

    def count(self) -> tuple[int, int]:
        """Count `(articles, passages)`."""
        counts = (sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in (articles, passages))
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(*counts)).one()
            return row[0], row[1]

    def is_empty(self) -> bool:
        """Say whether there are no articles."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(articles.c.id).limit(1)) is None

    def hashes(self, article_id: str) -> tuple[str, str] | None:
        """Read `(content hash, raw hash)` of an article or a copy of one, or None when it is not there."""
        return self.hashes_of([article_id]).get(article_id)

    def hashes_of(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Read `(content hash, raw hash)` of articles and copies of such, by id; those not there are left out."""
        with self._engine.connect() as connection:
            return {row[0]: (row[1], row[2]) for row in connection.execute(_HASHES, listed(ids)).all()}

    def article(self, article_id: str) -> Article | None:
        """Read one article, or None when it is not there."""
        return next(self._read(sa.select(*ARTICLE_COLUMNS).where(articles.c.id == article_id)), None)

    def articles(self) -> Iterator[Article]:
        """Read all articles, newest first; those without a date come last."""
        order = (articles.c.published.desc().nulls_last(), articles.c.title, articles.c.id)
        return self._read(sa.select(*ARTICLE_COLUMNS).order_by(*order))

    def paths(self) -> Iterator[tuple[str, str]]:
        """Yield `(id, path)` of every article, and of every copy of one, that came from a file."""
        yield from self.copies.paths()
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(articles.c.id, articles.c.path).where(articles.c.path.is_not(None)))
            yield from ((row[0], row[1]) for row in rows)

    def at_path(self, path: str) -> list[str]:
        """Tell the ids of the articles, and copies of such, that came from one file."""
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
        """Read passages with their articles by id; ids that are not there are left out."""
        with self._engine.connect() as connection:
            # Both are read as they were at one moment: offsets mean nothing in another version of their article.
            connection.exec_driver_sql("BEGIN")
            found = [Passage(*row) for row in connection.execute(_PASSAGES, listed(ids)).all()]
            # Each article once, however many of its passages there are.
            named = listed(list({passage.article_id for passage in found}))
            of = {article.id: article for article in map(_article, connection.execute(_ARTICLES, named).all())}
        return {one.id: (one, of[one.article_id]) for one in found}

    def passages_of(self, article_id: str) -> list[Passage]:
        """Read the passages of one article, in their order."""
        query = sa.select(passages).where(passages.c.article_id == article_id).order_by(passages.c.start)
        with self._engine.connect() as connection:
            return [Passage(row[1], row[2], row[3], row[4]) for row in connection.execute(query)]

    def has_passages(self, ids: Sequence[str]) -> set[str]:
        """Tell which of these passages exist."""
        with self._engine.connect() as connection:
            return set(connection.scalars(_KNOWN, listed(ids)))

    def search(self, words: Sequence[str], limit: int, allowed: Filter) -> dict[str, float]:
        """Find passages that hold any of `words`: id to BM25 score (above 0, higher is better), best first."""
        if not words:
            return {}
        query = _searching(allowed) if allowed else _SEARCH
        with self._engine.connect() as connection:
            return {row[0]: float(row[1]) for row in connection.execute(query, {"match": _match(words), "most": limit})}

    def passages_with(self, words: Sequence[str]) -> list[int]:
        """Count, for each word, the passages whose title or text holds it or another form of its stem."""
        with self._engine.connect() as connection:
            return list(connection.scalars(_COUNTS, listed([_match([word]) for word in words])))

    def mentions(self, words: Sequence[str]) -> list[bool]:
        """Say, for each word, whether a title or text holds it or another form of its stem."""
        with self._engine.connect() as connection:
            return [bool(one) for one in connection.scalars(_MENTIONS, listed([_match([word]) for word in words]))]

    def stems(self, first: str) -> list[tuple[str, int]]:
        """List the stems that begin with a letter, each with how many passages hold it."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql(_VOCABULARY)
            rows = connection.execute(_STEMS, {"first": first, "next": first + "\U0010ffff"})
            return [(row[0], row[1]) for row in rows]

    def text_with(self, stem: str) -> str:
        """Read title and text of one passage that holds a word of this stem; "" where none does."""
        with self._engine.connect() as connection:
            row = connection.execute(_TEXT_WITH, {"match": _match([stem])}).first()
            return f"{row[0]}\n{row[1]}" if row else ""

    def publishers(self) -> list[str]:
        """List the publishers of all articles and their copies, by name."""
        with self._engine.connect() as connection:
            names = sa.select(articles.c.publisher).where(articles.c.publisher.is_not(None)).distinct()
            return sorted({*connection.scalars(names), *self.copies.publishers()})

    def resolve(self, wanted: Filter) -> Filter:
        """Spell a filter's publishers as the articles do.

        Raises:
            BadFilter: no article has this publisher or id, or the dates are the wrong way round.
        """
        if wanted.since and wanted.until and wanted.since > wanted.until:
            raise BadFilter(f"nothing is both since {wanted.since} and until {wanted.until}; swap the two dates")
        known = self.publishers() if wanted.publishers else []
        publishers: list[str] = []
        for name in wanted.publishers:
            spelled = [one for one in known if one.casefold() == name.casefold()]
            publishers += spelled
            if not spelled:
                raise BadFilter(f"no article is published by {name!r}; publishers here: {', '.join(known) or 'none'}")
        for id_ in wanted.articles:
            if not self.listing.known([id_]):
                raise BadFilter(f"no article has the id {id_!r}; `assistant articles` lists them")
        return Filter(tuple(publishers), wanted.since, wanted.until, wanted.articles)

    def check(self) -> list[str]:
        """Look for damage in the file and in the full-text index; returns what is wrong, one sentence each."""
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
        """Make the full-text index again from the articles."""
        with self._engine.begin() as connection:
            connection.execute(sa.text("INSERT INTO words(words) VALUES ('rebuild')"))
            grow_revision(connection)

    def _read(self, query: "sa.Select[Any]") -> Iterator[Article]:
        with self._engine.connect() as connection:
            for row in connection.execute(query.execution_options(yield_per=200)):
                yield _article(row)


def _article(row: Sequence[Any]) -> Article:
    return Article(**dict(zip(_FIELDS, row, strict=True)))


def _searching(allowed: Filter) -> "sa.Select[Any]":
    """Write the search for words `:match`, the `:most` best passages of it."""
    score: sa.Label[float] = sa.literal_column(f"-bm25(words, {_TITLE_WEIGHT}, 1.0)").label("score")
    matching = sa.select(_words.c.rowid.label("row"), score).where(sa.text("words MATCH :match"))
    if allowed:
        matching = matching.join(passages, passages.c.row == _words.c.rowid).where(
            passages.c.article_id.in_(sa.select(articles.c.id).where(*_conditions(allowed)))
        )
    # Inside, so that the names of passages are read for the best alone, and not for all that hold a word.
    best = matching.order_by(score.desc(), _words.c.rowid).limit(sa.bindparam("most")).subquery()
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
        conditions.append(among(articles.c.id, allowed.articles))
    return conditions


def _match(words: Sequence[str]) -> str:
    """Build an FTS5 query for any of the words; each is quoted, so none is read as syntax."""
    return " OR ".join('"' + word.replace('"', " ").replace("\0", " ") + '"' for word in words)


# Put together once, for nearly every question asks it.
_SEARCH = _searching(EVERYTHING)
