"""Indexes that an older version made: opened as they are, with nothing embedded anew."""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import index.store.sqlite
from index import Index, sync
from index.maintain.doctor import examine
from tests.conftest import SEEDS

if TYPE_CHECKING:
    from index.embed.tokens import TokenIds

QUESTION = "Which jewels were stolen from the Louvre?"
# What is kept of each passage, in bytes: more than an older version did, for seeds/ have few.
_KEPT = 60_000


@pytest.fixture
def older(home_of_seeds: Path) -> Path:
    """An index over seeds/ as the version before made it: with a vector of each token, packed."""
    whole = Index(home_of_seeds)
    ids, model = list(whole.catalog.passage_ids()), whole.catalog.get("fingerprint")
    whole.catalog._engine.dispose()
    with closing(sqlite3.connect(home_of_seeds / "catalog.db")) as raw, raw:
        raw.execute(
            "CREATE TABLE pieces (passage_id TEXT NOT NULL, model TEXT NOT NULL, packed BLOB NOT NULL,"
            " PRIMARY KEY (passage_id, model))"
        )
        raw.executemany("INSERT INTO pieces VALUES (?, ?, ?)", [(id_, model, os.urandom(_KEPT)) for id_ in ids])
        raw.execute("PRAGMA user_version = 4")
    assert size(home_of_seeds) > 3_000_000
    return home_of_seeds


def size(home: Path) -> int:
    """The bytes of the catalog on disk, its log included."""
    return sum(file.stat().st_size for file in home.glob("catalog.db*"))


def found(opened: Index) -> tuple[list[str], list[str]]:
    """What the question finds by meaning and by its words."""
    return list(opened.dense(opened.embedding.encode([QUESTION])[0], 5)), list(opened.lexical(["Louvre", "jewels"], 5))


def synced(opened: Index, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Bring it up to date, and tell how many passages were embedded for that, a number each time."""
    embedded: list[int] = []
    read = type(opened.embedding).encode_ids

    def counted(self: Any, texts: "list[TokenIds]") -> object:
        embedded.append(len(texts))
        return read(self, texts)

    with monkeypatch.context() as patch:
        patch.setattr(type(opened.embedding), "encode_ids", counted)
        assert sync(opened, [SEEDS]).unchanged == 11
    return embedded


def test_an_index_with_a_vector_of_each_token_is_opened_and_takes_a_third_of_the_disk(
    older: Path, seed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, expected = size(older), found(Index(seed_home))
    opened = Index(older)
    assert size(older) < before / 3
    assert found(opened) == expected
    assert all(expected)
    assert synced(opened, monkeypatch) == []
    assert all(finding.well for finding in examine(opened))
    ids = sorted(opened.catalog.passage_ids())
    kept, had = opened.vectors().get(ids), Index(seed_home).vectors().get(ids)
    assert all(np.array_equal(kept[id_], had[id_]) for id_ in ids)
    with closing(sqlite3.connect(older / "catalog.db")) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (7,)
        assert raw.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'pieces'").fetchone() == (0,)


def test_an_index_from_before_vectors_of_tokens_were_kept_is_opened_as_it_is(
    home_of_seeds: Path, seed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(home_of_seeds / "catalog.db")) as raw, raw:
        raw.execute("PRAGMA user_version = 1")
    opened = Index(home_of_seeds)
    assert found(opened) == found(Index(seed_home))
    assert all(finding.well for finding in examine(opened))
    assert synced(opened, monkeypatch) == []


def test_an_index_is_opened_on_a_full_disk_and_gives_its_own_back_later(
    older: Path, seed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, expected = size(older), found(Index(seed_home))
    with monkeypatch.context() as patch:
        patch.setattr(index.store.sqlite.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0))  # type: ignore[attr-defined]
        opened = Index(older)
        assert found(opened) == expected
        assert size(older) > before / 2
        opened.catalog._engine.dispose()
    assert found(Index(older)) == expected
    assert size(older) < before / 3


@pytest.mark.alone
def test_an_index_that_another_process_writes_to_is_opened_at_once_and_gives_its_disk_back_later(
    older: Path, seed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, expected = size(older), found(Index(seed_home))
    with monkeypatch.context() as patch:
        # Whoever writes now came after the table was dropped.
        patch.setattr("index.store.migrations.shrink", lambda _: False)
        Index(older)
    with closing(sqlite3.connect(older / "catalog.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.perf_counter()
        opened = Index(older)
        assert time.perf_counter() - began < 5
        assert found(opened) == expected
        assert size(older) > before / 2
        other.execute("ROLLBACK")
    assert found(Index(older)) == expected
    assert size(older) < before / 3


def test_an_index_that_another_process_reads_gives_its_disk_back_when_that_one_is_done(older: Path) -> None:
    before = size(older)
    with closing(sqlite3.connect(older / "catalog.db", isolation_level=None)) as other:
        other.execute("BEGIN")
        articles = other.execute("SELECT count(*) FROM articles").fetchone()
        opened = Index(older)
        assert opened.lexical(["Louvre"], 5)
        assert other.execute("SELECT count(*) FROM articles").fetchone() == articles
        other.execute("ROLLBACK")
    opened.catalog._engine.dispose()
    assert size(older) < before / 3
