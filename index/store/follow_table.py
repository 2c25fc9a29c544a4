"""What is followed, in the catalog's file."""

from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from index.store.followed import Followed
from index.store.schema import followed


class FollowTable:
    """Files, folders and addresses that are followed. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def all(self) -> list[Followed]:
        """Read all that is followed, the longest followed first."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(followed).order_by(followed.c.since, followed.c.source))
            return [Followed(**row._mapping) for row in rows]

    def add(self, source: str, kind: str) -> bool:
        """Follow something; returns whether it was not followed before."""
        row = sa.insert(followed).prefix_with("OR IGNORE").values(source=source, kind=kind, since=now())
        with self._engine.begin() as connection:
            return connection.execute(row).rowcount > 0

    def remove(self, source: str) -> bool:
        """Follow something no longer; returns whether it was followed."""
        with self._engine.begin() as connection:
            return connection.execute(sa.delete(followed).where(followed.c.source == source)).rowcount > 0

    def note(self, source: str, kind: str, outcome: Mapping[str, object]) -> None:
        """Remember how bringing it up to date went, just now."""
        values = {"kind": kind, "synced": now(), "outcome": dict(outcome)}
        with self._engine.begin() as connection:
            connection.execute(sa.update(followed).where(followed.c.source == source).values(values))


def now() -> str:
    """Write the time as the catalog keeps it: ISO, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
