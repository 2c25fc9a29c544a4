"""Store users in one SQLite file beside the index: names and passwords, browser sessions, API tokens.

Only hashes of passwords, sessions and tokens are stored. Sessions and tokens are 256 random bits, which a fast hash
protects; passwords need a slow one (`assistant.storage.passwords`).
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from assistant.errors import BadPeople, BadPerson
from assistant.storage import passwords
from assistant.storage.database import Database

SIGNED_IN = timedelta(days=30)
"""How long a browser stays signed in."""
TOKEN = "aa-"  # noqa: S105 - how a token begins, so that people and scanners know it for one
"""The prefix of every token."""

_NAME = re.compile(r"[a-z0-9._-]{1,64}")
_metadata = sa.MetaData()
_people = sa.Table(
    "people",
    _metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("password", sa.String, nullable=False),
    sa.Column("added", sa.String, nullable=False),
)
_sessions = sa.Table(
    "sessions",
    _metadata,
    sa.Column("hash", sa.String, primary_key=True),
    sa.Column("name", sa.ForeignKey("people.name", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("until", sa.String, nullable=False),
)
_tokens = sa.Table(
    "tokens",
    _metadata,
    sa.Column("hash", sa.String, primary_key=True),
    sa.Column("name", sa.ForeignKey("people.name", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("made", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A user: the name, when it was added, and the number of API tokens."""

    name: str
    added: datetime
    tokens: int


class People:
    """The users who may sign in. Names are lower case; methods convert them.

    Raises (any method):
        BadPeople: the file cannot be read or written.
    """

    def __init__(self, file: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._database = Database(file, _metadata, 1, holds="the people", error=BadPeople)

    # --- who there is

    def add(self, name: str, password: str) -> str:
        """Add a user; return the name as stored.

        Raises:
            BadPerson: the name or the password will not do, or the name is taken.
        """
        name = name.lower()
        if not _NAME.fullmatch(name):
            raise BadPerson(f"{name!r} is no name; use up to 64 plain letters, digits, dots, dashes and underscores")
        row = {"name": name, "password": passwords.hashed(password), "added": self._now().isoformat()}
        with self._database.writing() as connection:
            if not connection.execute(sa.insert(_people).prefix_with("OR IGNORE").values(**row)).rowcount:
                raise BadPerson(f"{name} is there already; `assistant user password {name}` changes the password")
        return name

    def all(self) -> list[Person]:
        """Return all users, by name."""
        count = sa.select(sa.func.count()).where(_tokens.c.name == _people.c.name).scalar_subquery()
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(_people.c.name, _people.c.added, count).order_by(_people.c.name))
            return [Person(row[0], datetime.fromisoformat(row[1]), row[2]) for row in rows]

    def remove(self, name: str) -> str:
        """Remove a user, whose sessions and tokens end at once; return the name as stored.

        Raises:
            BadPerson: nobody goes by that name.
        """
        with self._database.writing() as connection:
            found = connection.execute(sa.delete(_people).where(_people.c.name == name.lower())).rowcount
        return _known(name, found)

    def set_password(self, name: str, password: str) -> str:
        """Change a user's password: sessions end at once, tokens stay. Return the name as stored.

        Raises:
            BadPerson: nobody goes by that name, or the password will not do.
        """
        kept = passwords.hashed(password)
        with self._database.writing() as connection:
            here = _people.c.name == name.lower()
            found = connection.execute(sa.update(_people).where(here).values(password=kept)).rowcount
            connection.execute(sa.delete(_sessions).where(_sessions.c.name == name.lower()))
        return _known(name, found)

    # --- browsers

    def sign_in(self, name: str, password: str) -> tuple[str, str] | None:
        """Begin a session; return the name as stored and the session's secret, or None if refused.

        A refusal takes as long whether or not the user exists.
        """
        name = name.strip().lower()
        with self._database.reading() as connection:
            kept = connection.scalar(sa.select(_people.c.password).where(_people.c.name == name))
        if not passwords.matches(password, kept) or kept is None:
            return None
        again = passwords.hashed(password) if passwords.is_outdated(kept) else kept
        secret, now = secrets.token_urlsafe(32), self._now()
        row = {"hash": _hash(secret), "name": name, "until": (now + SIGNED_IN).isoformat()}
        with self._database.writing() as connection:
            # Not if the password was changed, or the user removed, during the check.
            here = (_people.c.name == name, _people.c.password == kept)
            if not connection.execute(sa.update(_people).where(*here).values(password=again)).rowcount:
                return None
            connection.execute(sa.delete(_sessions).where(_sessions.c.until < now.isoformat()))
            connection.execute(sa.insert(_sessions).values(**row))
        return name, secret

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(_sessions).where(_sessions.c.hash == _hash(secret)))

    def in_session(self, secret: str) -> str | None:
        """Return the user of a session; None if it has ended."""
        here = (_sessions.c.hash == _hash(secret), _sessions.c.until > self._now().isoformat())
        with self._database.reading() as connection:
            return connection.scalar(sa.select(_sessions.c.name).where(*here))

    # --- programs

    def make_token(self, name: str) -> str:
        """Return a new API token of a user; it cannot be shown again.

        Raises:
            BadPerson: nobody goes by that name.
        """
        token, name = TOKEN + secrets.token_urlsafe(32), name.lower()
        with self._database.writing() as connection:
            _known(name, connection.scalar(sa.select(sa.func.count()).where(_people.c.name == name)) or 0)
            row = {"hash": _hash(token), "name": name, "made": self._now().isoformat()}
            connection.execute(sa.insert(_tokens).values(**row))
        return token

    def revoke_tokens(self, name: str) -> int:
        """Revoke all tokens of a user; return their number.

        Raises:
            BadPerson: nobody goes by that name.
        """
        name = name.lower()
        with self._database.writing() as connection:
            _known(name, connection.scalar(sa.select(sa.func.count()).where(_people.c.name == name)) or 0)
            return connection.execute(sa.delete(_tokens).where(_tokens.c.name == name)).rowcount

    def with_token(self, token: str) -> str | None:
        """Return the user of a token; None if it is unknown."""
        with self._database.reading() as connection:
            return connection.scalar(sa.select(_tokens.c.name).where(_tokens.c.hash == _hash(token)))


def _known(name: str, found: int) -> str:
    if not found:
        raise BadPerson(f"nobody goes by the name {name!r}; `assistant user list` shows who there is")
    return name.lower()


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
