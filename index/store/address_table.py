"""What is known of web addresses, in the catalog's file: what stood there, so that it need not be read again."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from index.store.known import Known, Link
from index.store.schema import addresses

_COLUMNS = [addresses.c[field.name] for field in fields(Known)]


class AddressTable:
    """What is known of web addresses. Safe to share between threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def read(self, address: str) -> Known | None:
        """Read what is known of one address."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(*_COLUMNS).where(addresses.c.address == address)).first()
        if row is None:
            return None
        values: dict[str, Any] = dict(row._mapping)
        values["articles"] = tuple(values["articles"])
        values["links"] = tuple(Link(*link) for link in values["links"])
        return Known(**values)

    def keep(self, rows: Sequence[Known]) -> None:
        """Remember what is known of addresses, in place of what was."""
        with self._engine.begin() as connection:
            connection.execute(sa.insert(addresses).prefix_with("OR REPLACE"), [asdict(row) for row in rows])
