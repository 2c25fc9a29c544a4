import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index.store.sqlite import open_sqlite


def test_a_new_file_can_be_opened_by_many_at_once(tmp_path: Path) -> None:
    many = 12
    with ThreadPoolExecutor(many) as threads:
        for turn in range(60):
            at_once = threading.Barrier(many)

            def mode(at_once: threading.Barrier = at_once, file: Path = tmp_path / f"{turn}.db") -> str:
                engine = open_sqlite(file)
                at_once.wait()
                with engine.connect() as connection:
                    return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())

            assert [each.result() for each in [threads.submit(mode) for _ in range(many)]] == ["wal"] * many
