"""A SQLite file of ours beside the index: made when it is first needed, readable by its owner alone, explained."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock

from assistant.errors import AssistantError
from index.store.sqlite import make_tables, open_sqlite


class Database:
    """One file with the tables of `metadata`. Safe to share between threads and processes.

    `holds` is what is in it, as words of a sentence; `error` is raised, with one sentence, when the file cannot be
    read or written, or was made by a later version than `version`.
    """

    def __init__(
        self, file: Path, metadata: sa.MetaData, version: int, *, holds: str, error: type[AssistantError]
    ) -> None:
        self.file = file
        self._metadata = metadata
        self._version = version
        self._holds = holds
        self._error = error
        self._engine = open_sqlite(file)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection to read with."""
        self._make()
        with self._explained(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection whose changes are kept together, or not at all when something is raised."""
        self._make()
        with self._explained(), self._engine.begin() as connection:
            yield connection

    def _make(self) -> None:
        with self._explained():
            self.file.parent.mkdir(parents=True, exist_ok=True)
            # Before SQLite makes it, for all to read; the files it keeps beside it get the same rights.
            with suppress(FileExistsError):
                os.close(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            if (version := self._there()) > self._version:
                raise self._error(f"{self.file} was made by a newer article-assistant; upgrade with pip")
            if version < self._version:
                # Two may come here at once: one makes the tables, and the other waits and finds them made.
                with FileLock(self.file.with_name(f"{self.file.name}.lock"), mode=0o600):
                    if self._there() < self._version:
                        with self._engine.begin() as connection:
                            make_tables(connection, self._metadata)
                            connection.execute(sa.text(f"PRAGMA user_version = {self._version}"))

    def _there(self) -> int:
        with self._engine.connect() as connection:
            return connection.scalar(sa.text("PRAGMA user_version")) or 0

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.DatabaseError, json.JSONDecodeError, OSError) as error:
            said = str(getattr(error, "orig", None) or error)
            raise self._error(
                f"{self._holds} in {self.file} cannot be read or written ({said}); "
                "move the file away, or put back a copy of it"
            ) from error
