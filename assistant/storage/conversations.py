"""Store conversations with all that their answers rest on, independent of later changes to the index.

One SQLite file beside the index. An exchange is written when it is asked and again when it is answered, so that a
reload or a restart loses nothing; a deleted conversation can be restored for a day.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from assistant.errors import BadConversations
from assistant.render.text import excerpt
from assistant.storage import tables
from assistant.storage.database import Database
from assistant.storage.snapshots import (
    answer_of,
    article_of,
    keys_in,
    message_fields,
    snapshots,
    stored,
    translatable_of,
)
from assistant.translatable import N_, Translatable
from assistant.types import PAGE, Exchange, Feedback, Heading, Rated

MAX_TITLE_LENGTH = 80
"""Longest title, in characters; longer ones are shortened."""

_KEPT = timedelta(days=1)
_conversations, _exchanges = tables.conversations, tables.exchanges
_articles, _feedback = tables.articles, tables.feedback
_SAID = sa.select(_exchanges, _feedback.c.verdict, _feedback.c.word, _feedback.c.at).outerjoin(_feedback)


class Conversations:
    """The conversations in one file, created when first needed. Safe to share between threads and processes.

    Each belongs to an owner, "" without sign-in; conversations of other owners are treated as missing.

    Raises (any method):
        BadConversations: the file cannot be read or written.
    """

    def __init__(self, file: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.file = file
        self._now = now
        kinds = (tables.METADATA, tables.VERSION)
        self._database = Database(file, *kinds, holds="the conversations", error=BadConversations)

    # --- lists

    def headings(self, owner: str = "", search: str = "", *, limit: int = PAGE, offset: int = 0) -> list[Heading]:
        """Return conversations, the last changed first; `search` looks in titles, questions and answers."""
        query = sa.select(_conversations.c.id, _conversations.c.title, _conversations.c.changed).where(
            _conversations.c.owner == owner, _conversations.c.deleted.is_(None)
        )
        for word in search.split():
            said = sa.func.json_extract(_exchanges.c.answer, "$.text")
            inside = sa.select(_exchanges.c.conversation).where(_has(_exchanges.c.question, word) | _has(said, word))
            query = query.where(_has(_conversations.c.title, word) | _conversations.c.id.in_(inside))
        order = (_conversations.c.changed.desc(), _conversations.c.id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(*order).limit(limit).offset(offset))
            return [Heading(row[0], row[1], datetime.fromisoformat(row[2])) for row in rows]

    def count(self, owner: str = "") -> int:
        """Return the number of an owner's conversations."""
        query = sa.select(sa.func.count()).where(_conversations.c.owner == owner, _conversations.c.deleted.is_(None))
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    # --- one conversation

    def heading(self, id_: str, owner: str = "") -> Heading | None:
        """Return a conversation's heading; None if it is missing or another owner's."""
        query = sa.select(_conversations.c.id, _conversations.c.title, _conversations.c.changed).where(*_is(id_, owner))
        with self._database.reading() as connection:
            row = connection.execute(query.where(_conversations.c.deleted.is_(None))).first()
            return Heading(row[0], row[1], datetime.fromisoformat(row[2])) if row else None

    def exchanges(self, id_: str, owner: str = "") -> list[Exchange]:
        """Return a conversation's exchanges, oldest first; [] if it is missing."""
        if self.heading(id_, owner) is None:
            return []
        query = _SAID.where(_exchanges.c.conversation == id_).order_by(_exchanges.c.id)
        with self._database.reading() as connection:
            return self._read(connection, connection.execute(query).all())

    def rated(self) -> list[Rated]:
        """Return the rated exchanges of all owners, the newest rating first."""
        query = _SAID.add_columns(_conversations.c.owner).join(_conversations)
        query = query.where(_feedback.c.verdict.is_not(None), _conversations.c.deleted.is_(None))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(_feedback.c.at.desc(), _exchanges.c.id)).all()
            read = self._read(connection, rows)
        return [Rated(row.owner, datetime.fromisoformat(row.at), one) for row, one in zip(rows, read, strict=True)]

    # --- writing

    def begin(self, question: str, owner: str = "") -> Heading:
        """Create a conversation with its first question as title; return its heading."""
        heading = Heading(secrets.token_urlsafe(16), _title(question), self._now())
        with self._database.writing() as connection:
            self._sweep(connection)
            row = {"id": heading.id, "owner": owner, "title": heading.title, "changed": heading.changed.isoformat()}
            connection.execute(sa.insert(_conversations).values(**row))
        return heading

    def keep(self, id_: str, exchange: Exchange, owner: str = "") -> Exchange:
        """Store a new or changed exchange; return it with its id.

        This restores a conversation that was deleted meanwhile, since it is being continued.

        Raises:
            BadConversations: the conversation is not there.
        """
        error = exchange.error
        fields = {
            "question": exchange.question,
            "answer": stored(exchange.answer) if exchange.answer else None,
            "error": None if error is None else str(error),
            "error_message": message_fields(error) if isinstance(error, Translatable) else None,
        }
        with self._database.writing() as connection:
            now = self._now().isoformat()
            back = {"changed": now, "deleted": None}
            touched = connection.execute(sa.update(_conversations).where(*_is(id_, owner)).values(back))
            if not touched.rowcount:
                raise BadConversations(
                    N_("the conversation is no longer in {file}; begin a new one", file=str(self.file))
                )
            for snapshot in snapshots(exchange.answer) if exchange.answer else ():
                row = {"key": snapshot.key, "fields": snapshot.fields}
                connection.execute(sa.insert(_articles).prefix_with("OR IGNORE").values(**row))
            at = (_exchanges.c.id == exchange.id, _exchanges.c.conversation == id_)
            if exchange.id and connection.execute(sa.update(_exchanges).where(*at).values(**fields)).rowcount:
                return exchange
            added = connection.execute(sa.insert(_exchanges).values(conversation=id_, asked=now, **fields))
            return replace(exchange, id=added.inserted_primary_key[0] if added.inserted_primary_key else None)

    def cut(self, id_: str, exchanges: Sequence[Exchange], owner: str = "") -> None:
        """Delete exchanges that a repeated question replaces; exchanges added by other tabs stay."""
        mine = sa.select(_conversations.c.id).where(*_is(id_, owner))
        gone = [exchange.id for exchange in exchanges if exchange.id is not None]
        with self._database.writing() as connection:
            connection.execute(
                sa.delete(_exchanges).where(_exchanges.c.conversation.in_(mine), _exchanges.c.id.in_(gone))
            )

    def rate(self, exchange: int, feedback: Feedback | None, owner: str = "") -> bool:
        """Store the owner's rating of an answer, replacing an earlier one; None removes it.

        Returns False if the answer no longer exists.
        """
        mine = sa.select(_conversations.c.id).where(_conversations.c.owner == owner)
        here = (_exchanges.c.id == exchange, _exchanges.c.conversation.in_(mine), _exchanges.c.answer.is_not(None))
        with self._database.writing() as connection:
            if connection.scalar(sa.select(_exchanges.c.id).where(*here)) is None:
                return False
            connection.execute(sa.delete(_feedback).where(_feedback.c.exchange == exchange))
            if feedback:
                row = {"exchange": exchange, "owner": owner, "verdict": feedback.verdict, "word": feedback.word}
                connection.execute(sa.insert(_feedback).values(**row, at=self._now().isoformat()))
        return True

    def rename(self, id_: str, title: str, owner: str = "") -> None:
        """Give a conversation another title; an empty one changes nothing."""
        if title.strip():
            with self._database.writing() as connection:
                connection.execute(sa.update(_conversations).where(*_is(id_, owner)).values(title=_title(title)))

    def delete(self, id_: str, owner: str = "") -> None:
        """Delete a conversation; it can be restored for a day."""
        self._mark(id_, owner, self._now().isoformat())

    def restore(self, id_: str, owner: str = "") -> None:
        """Restore a deleted conversation."""
        self._mark(id_, owner, None)

    def forget(self, owner: str) -> int:
        """Delete all conversations of an owner permanently; return their number."""
        with self._database.writing() as connection:
            gone = connection.execute(sa.delete(_conversations).where(_conversations.c.owner == owner)).rowcount
            _sweep_articles(connection)
            return gone

    # --- inside

    def _read(self, connection: sa.Connection, rows: "Sequence[sa.Row[Any]]") -> list[Exchange]:
        """Return rows as exchanges, with the articles that they cite."""
        try:
            keys = sorted({key for row in rows if row.answer for key in keys_in(row.answer)})
            kept = connection.execute(sa.select(_articles).where(_articles.c.key.in_(keys))).all() if keys else []
            articles = {row.key: article_of(row.fields) for row in kept}
            return [
                Exchange(
                    row.question,
                    answer_of(row.answer, articles) if row.answer else None,
                    row.error and translatable_of(row.error, row.error_message),
                    id=row.id,
                    feedback=Feedback(row.verdict, row.word) if row.verdict else None,
                )
                for row in rows
            ]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadConversations(
                f"a conversation in {self.file} cannot be read ({error}); delete it, or put back a copy of the file"
            ) from error

    def _mark(self, id_: str, owner: str, deleted: str | None) -> None:
        with self._database.writing() as connection:
            connection.execute(sa.update(_conversations).where(*_is(id_, owner)).values(deleted=deleted))

    def _sweep(self, connection: sa.Connection) -> None:
        """Purge conversations deleted long enough ago, and articles that no answer needs any more."""
        before = (self._now() - _KEPT).isoformat()
        if connection.execute(sa.delete(_conversations).where(_conversations.c.deleted < before)).rowcount:
            _sweep_articles(connection)


def _sweep_articles(connection: sa.Connection) -> None:
    answers = connection.scalars(sa.select(_exchanges.c.answer).where(_exchanges.c.answer.is_not(None)))
    needed = {key for answer in answers if answer for key in keys_in(answer)}
    for key in set(connection.scalars(sa.select(_articles.c.key))) - needed:
        connection.execute(sa.delete(_articles).where(_articles.c.key == key))


def _has(column: "sa.ColumnElement[str]", word: str) -> "sa.ColumnElement[bool]":
    return sa.func.folded(column, type_=sa.String).contains(word.casefold(), autoescape=True)


def _is(id_: str, owner: str) -> Sequence["sa.ColumnElement[bool]"]:
    return (_conversations.c.id == id_, _conversations.c.owner == owner)


def _title(text: str) -> str:
    return excerpt(text, MAX_TITLE_LENGTH) or "…"
