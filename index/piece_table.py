"""The packed word pieces of all passages, in the catalog's file: by passage, and by the model that read them.

A passage may have pieces of two models while a rebuild with another one goes on.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from index.schema import passages, pieces
from index.sqlite import among, listed

# Put together once, for every question and every lot of passages.
_READ = sa.select(pieces.c.passage_id, pieces.c.packed).where(
    among(pieces.c.passage_id), pieces.c.model == sa.bindparam("model")
)
_KEEP = sa.insert(pieces).prefix_with("OR REPLACE")


class PieceTable:
    """The packed pieces of all passages, in the catalog's file. Safe to share between threads.

    A row may outlive its passage when a process is killed; no search looks for it, and `delete_orphans` takes it out.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def keep(self, packed: Mapping[str, bytes], model: str) -> None:
        """Keep packed pieces by passage id, as the model with this fingerprint read them."""
        rows = [{"passage_id": id_, "model": model, "packed": data} for id_, data in packed.items()]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(_KEEP, rows)

    def read(self, ids: Sequence[str], model: str) -> dict[str, bytes]:
        """Read packed pieces by passage id; passages whose pieces are not kept are left out."""
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(_READ, listed(ids) | {"model": model}).all()}

    def kept(self, model: str) -> set[str]:
        """Tell which passages' pieces are kept, by id."""
        with self._engine.connect() as connection:
            return set(connection.scalars(sa.select(pieces.c.passage_id).where(pieces.c.model == model)))

    def missing(self, model: str) -> list[str]:
        """List the passages whose pieces are not kept, by id."""
        kept = sa.select(pieces.c.passage_id).where(pieces.c.model == model)
        with self._engine.connect() as connection:
            return list(connection.scalars(sa.select(passages.c.id).where(passages.c.id.not_in(kept))))

    def delete_orphans(self, model: str) -> int:
        """Delete the pieces of passages that are gone, and of all models but this one; returns how many."""
        gone = pieces.c.passage_id.not_in(sa.select(passages.c.id)) | (pieces.c.model != model)
        with self._engine.begin() as connection:
            return connection.execute(sa.delete(pieces).where(gone)).rowcount
