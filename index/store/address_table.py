"""The catalog's table of web addresses: what was found there, so that unchanged pages are not read again."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from index.store.known import KnownAddress, Link
from index.store.schema import addresses

_COLUMNS = [addresses.c[field.name] for field in fields(KnownAddress)]


class AddressTable:
    """The known web addresses. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def read(self, address: str) -> KnownAddress | None:
        """Read a known address, or None."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(*_COLUMNS).where(addresses.c.address == address)).first()
        if row is None:
            return None
        values: dict[str, Any] = dict(row._mapping)
        values["articles"] = tuple(values["articles"])
        values["links"] = tuple(Link(*link) for link in values["links"])
        return KnownAddress(**values)

    def keep(self, rows: Sequence[KnownAddress]) -> None:
        """Store known addresses, replacing earlier versions."""
        with self._engine.begin() as connection:
            connection.execute(sa.insert(addresses).prefix_with("OR REPLACE"), [asdict(row) for row in rows])
