"""Indexing as a user meets it: what a run does, what it leaves, and what happens when it is cut off."""

import gc
import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import sqlalchemy as sa

from index import Index, sync
from index.errors import ArticleNotFound, IndexBusy, IndexDamaged, LoadError, ModelMismatch
from index.load.loader import load
from index.maintain.doctor import examine, repair
from index.maintain.rebuild import rebuild
from index.store.writer import differences
from tests.conftest import SEEDS, MakeIndex, write_article

if TYPE_CHECKING:
    from index.embed.tokens import TokenIds

STATE = tuple[list[tuple[str, str, str]], dict[str, "np.ndarray[tuple[int], np.dtype[np.float32]]"]]


def state(home: Path) -> STATE:
    """All that an index holds: articles, and vectors by passage."""
    index = Index(home)
    articles = sorted((article.id, article.title, article.text) for article in index.catalog.articles())
    return articles, index.vectors().get(sorted(index.catalog.passage_ids()))


def interrupt_rebuild(index: Index) -> None:
    """Stop a rebuild of the seeds after its first batch was embedded."""

    def stop(done: int, _total: int, _name: str) -> None:
        if done == 10:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        # The seeds have fewer passages than a whole batch.
        patch.setattr("index.maintain.rebuild.BATCH_PASSAGES", 32)
        with pytest.raises(KeyboardInterrupt):
            rebuild(index, progress=stop)


def test_a_first_run_adds_and_a_second_one_writes_nothing(folder: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    first = sync(index, [folder])
    assert (first.added, first.changed, first.unchanged) == (3, 0, 0)
    before = {file: file.stat().st_mtime_ns for file in index.home.rglob("*.db*") if "-shm" not in file.name}
    revision = index.catalog.revision()
    second = sync(Index(tmp_path / "home"), [folder])
    assert (second.added, second.changed, second.unchanged, second.passages) == (0, 0, 3, 0)
    assert index.catalog.revision() == revision
    assert before == {file: file.stat().st_mtime_ns for file in before}


def test_a_changed_file_replaces_its_article_whole(folder: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    sync(index, [folder])
    write_article(folder / "bridge.md", "A bridge closes in Lisbon", "The footbridge closed after a storm.")
    summary = sync(index, [folder])
    assert (summary.added, summary.changed, summary.unchanged) == (0, 1, 2)
    assert not index.lexical(["Mendes"], 10)
    assert len(index.lexical(["storm"], 10)) == 1
    assert differences(index) == ([], [])


def test_an_article_given_twice_at_once_is_there_as_it_was_given_last(tmp_path: Path) -> None:
    index, file = Index(tmp_path / "home"), tmp_path / "bridge.txt"
    versions = [load(file, b"The bridge closed on Monday."), load(file, b"The bridge opened again on Friday.")]
    with index.writing() as writer:
        writer.write([writer.entry(article, str(number)) for number, article in enumerate(versions)])
    assert [article.text for article in index.catalog.articles()] == [versions[1].text]
    assert not index.lexical(["Monday"], 10)
    assert differences(index) == ([], [])
    assert index.catalog.check() == []


def test_a_file_touched_but_not_changed_is_unchanged(folder: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    sync(index, [folder])
    with (folder / "harvest.txt").open("a") as file:
        file.write("\n\n")
    assert sync(index, [folder]).unchanged == 3


def test_one_bad_file_never_stops_the_others(folder: Path, tmp_path: Path) -> None:
    (folder / "empty.md").touch()
    (folder / "picture.md").write_bytes(b"\x89PNG\0\0")
    (folder / "dangling.md").symlink_to(folder / "nowhere.md")
    (folder / "photo.jpg").write_bytes(b"x")
    summary = sync(Index(tmp_path / "home"), [folder])
    assert summary.added == 3
    assert len(summary.failed) == 3
    assert [Path(problem.source).name for problem in summary.skipped] == ["photo.jpg"]


def test_a_file_name_that_is_not_utf_8_is_named_and_passed_over(folder: Path, tmp_path: Path) -> None:
    with open(os.fsencode(folder) + b"/caf\xe9.md", "w") as file:
        file.write("An article about coffee.")
    summary = sync(Index(tmp_path / "home"), [folder])
    assert summary.added == 3
    assert "rename it" in summary.skipped[0].reason


def test_a_link_that_leads_back_to_itself_is_named_and_passed_over(folder: Path, tmp_path: Path) -> None:
    (folder / "loop.md").symlink_to(folder / "loop.md")
    summary = sync(Index(tmp_path / "home"), [folder])
    assert summary.added == 3
    assert "loop.md" in summary.failed[0].reason


def test_a_file_that_is_linked_or_given_twice_is_taken_in_once(folder: Path, tmp_path: Path) -> None:
    (folder / "also-rail.md").symlink_to(folder / "rail.md")
    seen: list[tuple[int, int, str]] = []
    summary = sync(Index(tmp_path / "home"), [folder, folder / "rail.md"], progress=lambda *told: seen.append(told))
    assert (summary.added, summary.unchanged, summary.skipped) == (3, 0, [])
    assert [name for _, _, name in seen] == ["rail.md", "bridge.md", "harvest.txt", ""]
    assert [done for done, _, _ in seen] == [0, 1, 2, 3]


def test_a_folder_that_cannot_be_read_stops_nothing_else(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "closed").mkdir()
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    summary = sync(Index(tmp_path / "home"), [folder])
    assert summary.added == 3
    assert "closed cannot be read" in summary.failed[0].reason


def test_an_article_whose_file_turns_bad_stays_as_it_was(folder: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    sync(index, [folder])
    (folder / "bridge.md").write_text("")
    summary = sync(index, [folder])
    assert len(summary.failed) == 1
    assert index.lexical(["Mendes"], 10)


def test_an_empty_folder_adds_nothing_and_a_missing_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    index = Index(tmp_path / "home")
    assert sync(index, [tmp_path / "empty"]).added == 0
    with pytest.raises(LoadError, match="missing does not exist"):
        sync(index, [tmp_path / "missing"])


def test_a_vanished_file_is_removed_only_when_told_to(folder: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    sync(index, [folder])
    (folder / "rail.md").unlink()
    kept = sync(index, [folder])
    assert (kept.vanished, kept.removed, index.catalog.count()[0]) == (1, 0, 3)
    pruned = sync(index, [folder], prune=True)
    assert (pruned.vanished, pruned.removed, index.catalog.count()[0]) == (1, 1, 2)


def test_a_removed_article_leaves_no_row_no_vector_and_no_word(folder: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    sync(index, [folder])
    gone = next(article for article in index.catalog.articles() if "bridge" in article.title)
    index.remove([gone.id])
    with sqlite3.connect(index.home / "catalog.db") as raw:
        assert raw.execute("SELECT count(*) FROM articles WHERE id = ?", [gone.id]).fetchone() == (0,)
        assert raw.execute("SELECT count(*) FROM passages WHERE article_id = ?", [gone.id]).fetchone() == (0,)
        assert raw.execute("SELECT count(*) FROM words WHERE words MATCH 'mendes'").fetchone() == (0,)
    assert not any(id_.startswith(gone.id) for id_ in index.vectors().ids())
    with pytest.raises(ArticleNotFound, match=gone.id):
        index.remove([gone.id])


def test_a_second_writer_is_refused_and_told_who_writes(folder: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    with index.writing(), pytest.raises(IndexBusy, match=str(os.getpid())):
        sync(Index(tmp_path / "home"), [folder])
    assert sync(Index(tmp_path / "home"), [folder]).added == 3


@pytest.mark.alone
def test_a_reader_sees_what_another_process_wrote_within_two_seconds(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    reader = Index(home)
    sync(reader, [folder])
    vector = reader.embedding.encode(["Lighthouse keepers retire"])[0]
    reader.dense(vector, 5)
    new = write_article(tmp_path / "light.md", "Lighthouse keepers retire", "The last lighthouse keepers retired.")
    subprocess.run([sys.executable, "-m", "assistant", "index", str(new), "--home", str(home)], check=True)
    written = time.monotonic()
    best = next(iter(reader.dense(vector, 5)))
    assert time.monotonic() - written < 2
    article = reader.catalog.passages([best])[best][1]
    assert article.title == "Lighthouse keepers retire"
    subprocess.run([sys.executable, "-m", "assistant", "remove", article.id, "--home", str(home)], check=True)
    assert best not in reader.dense(vector, 5)


def test_a_reader_that_opens_the_index_again_lets_go_of_what_it_had_open(home_of_seeds: Path) -> None:
    vectors = Index(home_of_seeds).vectors()
    gc.disable()  # The collector must not be the one who happens to tidy up.
    try:
        opened = []
        for _ in range(8):
            vectors.reopen()
            vectors.count()
            opened.append(len(list(Path("/proc/self/fd").iterdir())))
    finally:
        gc.enable()
    # Chroma closes in threads of its own, so one file more or less is open at a time; one kept each time would show.
    assert min(opened[4:]) <= max(opened[:4])


def test_another_embedding_model_is_refused_with_the_way_out(home_of_seeds: Path) -> None:
    index = Index(home_of_seeds)
    index.catalog.remember({"fingerprint": "0123456789abcdef", "model": "another-model"})
    with pytest.raises(ModelMismatch, match=r"another-model.*assistant index --rebuild"):
        sync(index, [SEEDS])
    with pytest.raises(ModelMismatch):
        index.dense(index.embedding.encode(["x"])[0], 1)
    assert rebuild(index).changed == 11
    index.check_model()
    assert differences(index) == ([], [])
    assert [folder.name for folder in home_of_seeds.glob("vectors-*")] == ["vectors-2"]


def test_a_rebuild_that_was_cut_off_goes_on_and_the_old_vectors_answer_until_then(home_of_seeds: Path) -> None:
    index = Index(home_of_seeds)
    interrupt_rebuild(index)
    vector = index.embedding.encode(["sanctions"])[0]
    assert index.dense(vector, 5)
    embedded: list[int] = []
    read = type(index.embedding).encode_ids

    def counted(self: object, texts: "list[TokenIds]") -> object:
        embedded.append(len(texts))
        return read(self, texts)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(index.embedding), "encode_ids", counted)
        passages = rebuild(index).passages
    assert 0 < sum(embedded) < passages
    assert differences(index) == ([], [])


def test_a_resumed_rebuild_leaves_nothing_of_what_was_removed_in_the_meantime(home_of_seeds: Path) -> None:
    index = Index(home_of_seeds)
    interrupt_rebuild(index)
    assert [finding.name for finding in examine(index) if not finding.well] == ["runs"]
    index.remove([next(index.catalog.articles()).id])
    rebuild(index)
    assert all(finding.well for finding in examine(index))


def test_a_resumed_rebuild_makes_again_what_was_removed_and_came_back(home_of_seeds: Path) -> None:
    index = Index(home_of_seeds)
    interrupt_rebuild(index)
    article = next(article for article in index.catalog.articles() if article.path)
    index.remove([article.id])
    sync(index, [Path(article.path or "")])
    rebuild(index)
    assert sorted(index.vectors().ids()) == sorted(index.catalog.passage_ids())
    assert all(finding.well for finding in examine(index))


def test_a_folder_of_the_user_in_the_home_is_left_alone(home_of_seeds: Path) -> None:
    (home_of_seeds / "vectors-backup").mkdir()
    rebuild(Index(home_of_seeds))
    assert (home_of_seeds / "vectors-backup").is_dir()


def test_what_an_interrupted_run_left_undone_stays_noted_until_it_is_done(folder: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    with suppress(KeyboardInterrupt), index.writing([SEEDS]) as writer:
        writer.write([])
        raise KeyboardInterrupt
    sync(index, [folder])
    assert index.unfinished() == [str(SEEDS)]
    assert any("seeds" in finding.seen for finding in examine(index) if not finding.well)
    sync(index, [SEEDS, folder])
    assert index.unfinished() == []


def test_many_threads_may_open_one_index_at_once(seed_home: Path) -> None:
    vector = Index(seed_home).embedding.encode(["sanctions"])[0]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: list(Index(seed_home).vectors().nearest(vector, 3)), range(24)))
    assert found == [found[0]] * 24


def test_several_first_starts_at_once_make_one_catalog(tmp_path: Path) -> None:
    home = str(tmp_path / "new")
    code = f"from pathlib import Path; from index import Index; print(Index(Path({home!r})).catalog.count())"
    starts = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(6)]
    assert [start.communicate(timeout=60)[0] for start in starts] == ["(0, 0)\n"] * 6


def test_orphans_and_missing_vectors_are_found_and_mended(home_of_seeds: Path) -> None:
    index = Index(home_of_seeds)
    lost = next(iter(index.catalog.passage_ids()))
    index.vectors().delete([lost])
    article = next(index.catalog.articles())
    index.vectors().add(["orphan"], np.ones((1, 384), np.float32), [article])
    assert [finding.name for finding in examine(index) if not finding.well] == ["vectors"]
    assert repair(index) == ["vectors without a passage deleted: 1, missing ones made again: 1"]
    assert all(finding.well for finding in examine(index))


def test_damaged_vectors_are_made_again_from_the_catalog(home_of_seeds: Path) -> None:
    before = state(home_of_seeds)
    for file in (home_of_seeds / "vectors-1").glob("chroma.sqlite3*"):
        file.write_bytes(b"not a database" * 100)
    index = Index(home_of_seeds)
    with pytest.raises(IndexDamaged, match="assistant doctor --fix"):
        index.dense(np.ones(384, np.float32), 1)
    assert "all vectors made again" in repair(index)[0]
    after = state(home_of_seeds)
    assert after[0] == before[0]
    assert all(np.allclose(after[1][id_], vector, atol=1e-3) for id_, vector in before[1].items())


def test_a_damaged_catalog_is_named_and_left_alone(home_of_seeds: Path) -> None:
    file = home_of_seeds / "catalog.db"
    for log in home_of_seeds.glob("catalog.db-*"):
        log.unlink()
    file.write_bytes(b"garbage" * 1000)
    with pytest.raises(IndexDamaged, match=r"catalog\.db is damaged"):
        Index(home_of_seeds)
    assert file.read_bytes() == b"garbage" * 1000


def test_a_killed_write_leaves_each_article_wholly_old_or_wholly_new(folder: Path, tmp_path: Path) -> None:
    """Cut a write off after its vectors and before its commit: the new article does not exist yet."""
    index = Index(tmp_path / "home")
    sync(index, [folder])
    write_article(folder / "bridge.md", "New title", "A wholly new text about walruses.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index.catalog, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            sync(index, [folder])
    reader = Index(tmp_path / "home")
    assert reader.lexical(["Mendes"], 5)
    assert not reader.lexical(["walruses"], 5)
    found = reader.catalog.passages(list(reader.dense(reader.embedding.encode(["walruses"])[0], 50)))
    assert not any("walruses" in article.text for _, article in found.values())
    assert differences(reader)[0]
    assert sync(reader, [folder]).changed == 1
    assert differences(reader) == ([], [])


def _index_in_child(folder: str, home: str, ready: "multiprocessing.synchronize.Event") -> None:
    index = Index(Path(home))
    index.embedding.tokenise(["load the model"])
    ready.set()
    sync(index, [Path(folder)])


@pytest.mark.slow
def test_a_run_killed_ten_times_ends_in_the_state_of_an_undisturbed_one(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    random_ = random.Random(7)
    sentences = [line for file in sorted(SEEDS.glob("*-*.md")) for line in file.read_text().split("\n\n")[1:]]
    for number in range(200):
        text = "\n\n".join(random_.sample(sentences, 2))
        write_article(articles / f"{number:03}.md", f"Article {number}", text)
    undisturbed = Index(tmp_path / "undisturbed")
    undisturbed.embedding.tokenise(["load the model"])
    began = time.perf_counter()
    sync(undisturbed, [articles])
    whole = time.perf_counter() - began
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sentence_transformers", "chromadb", "index", "sqlalchemy"])
    home, kills, longest = tmp_path / "killed", 0, 0.4
    while kills < 10 and longest > 0.001:
        ready = context.Event()
        child = context.Process(target=_index_in_child, args=(str(articles), str(home), ready))
        child.start()
        assert ready.wait(120)
        # A share of what the machine takes for all: a fast one would be done before it is killed.
        time.sleep(random_.uniform(0, longest) * whole)
        if child.is_alive() and child.pid:
            os.kill(child.pid, signal.SIGKILL)
            kills += 1
        else:
            longest /= 2
        child.join()
    assert kills == 10
    interrupted = Index(home)
    sync(interrupted, [articles])
    assert differences(interrupted) == ([], [])
    assert all(finding.well for finding in examine(interrupted))
    texts, vectors = state(home)
    expected_texts, expected_vectors = state(tmp_path / "undisturbed")
    assert texts == expected_texts
    # Two files may be given the same text: they are one article then.
    assert len(texts) == len({text for _, _, text in texts}) > 190
    assert len(list(interrupted.catalog.paths())) == 200
    assert vectors.keys() == expected_vectors.keys()
    # Which passages are read with half the bits depends on how many a run has read before, and a kill begins anew.
    assert min(float(vectors[id_] @ vector) for id_, vector in expected_vectors.items()) > 0.9999


def test_a_passage_is_read_with_the_version_of_the_article_it_is_of(make_index: MakeIndex, folder: Path) -> None:
    write_article(folder / "ferry.md", "A ferry runs aground", "All 212 people were taken to the shore in boats.")
    index = Index(make_index(folder))
    (id_,) = index.lexical(["ferry"], 5)
    again = Index(index.home)
    replaced: list[bool] = []

    def replace_between() -> None:
        """Index another version, as another process may, once the passages are read and before their articles are."""
        if not replaced:
            replaced.append(True)
            write_article(folder / "ferry.md", "A ferry runs aground", "Storm.")
            sync(again, [folder])

    def after(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            replace_between()

    sa.event.listen(index.catalog._engine, "after_cursor_execute", after)
    passage, article = index.catalog.passages([id_])[id_]
    assert replaced
    assert article.content_hash.startswith(id_.split(".")[-2])
    assert "212 people" in article.text[passage.start : passage.end]
