"""When an article was seen, and the same text under several addresses: one article that knows them all."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.storage.snapshots import article_of, snapshots
from assistant.types import Answer
from index import Index, sync, sync_addresses
from index.errors import ArticleNotFound
from index.maintain.doctor import examine
from index.maintain.rebuild import rebuild
from index.store.listing import ListFilter
from index.types import Filter, Hit, Passage
from tests.conftest import BRIDGE, Ran, write_article
from tests.web_server import MakeFetcher, ScriptedSite


def age(home: Path) -> datetime:
    """Pretend that all articles came in a week ago."""
    then = (datetime.now(UTC) - timedelta(days=7)).replace(microsecond=0)
    with closing(sqlite3.connect(home / "catalog.db")) as connection, connection:
        connection.execute("UPDATE articles SET first_seen = ?", (then.isoformat(),))
    return then


def test_an_article_keeps_the_day_it_was_first_seen_and_tells_when_it_changed(folder: Path, tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    sync(index, [folder])
    assert all(article.first_seen and article.updated is None for article in index.catalog.articles())
    then = age(index.home)
    rail = folder / "rail.md"
    write_article(rail, "Night trains return", "The sleeper runs four nights a week now.")
    sync(index, [folder])
    seen = {article.title: (article.first_seen, article.updated) for article in index.catalog.articles()}
    assert {first for first, _ in seen.values()} == {then}
    assert [title for title, (_, updated) in seen.items() if updated] == ["Night trains return"]
    changed = seen["Night trains return"][1]
    assert changed
    assert timedelta() <= datetime.now(UTC) - changed < timedelta(minutes=5)
    rebuild(index)
    assert seen == {article.title: (article.first_seen, article.updated) for article in index.catalog.articles()}
    listed = {one.title: (one.first_seen, one.updated) for one in index.catalog.listing.page(ListFilter())}
    assert listed == seen


def test_when_an_article_was_seen_is_told_in_json_and_kept_with_answers(
    folder: Path, tmp_path: Path, run: object
) -> None:
    home = tmp_path / "home"
    sync(Index(home), [folder])
    then = age(home)
    ran: Ran = run("articles", "--json", "--home", home)  # type: ignore[operator]
    assert {(one["first_seen"], one["updated"]) for one in ran.data} == {(f"{then:%Y-%m-%dT%H:%M:%S}Z", None)}
    article = next(Index(home).catalog.articles())
    hit = Hit(Passage("p", article.id, 0, 5), article, 1.0, "both")
    answer = Answer("q", "q", "t", (), (), refused=True, hits=(hit,))
    (kept,) = snapshots(answer)
    assert article_of(json.loads(json.dumps(kept.fields))) == article


# --- the same text under several addresses

STORY = f"{BRIDGE}\n\nTrams stop at both ends from May, and a lift for bicycles is to follow once the money is there."
OTHER = STORY.replace("412 metres", "414 metres").replace("The city", "The state")


@pytest.fixture
def wires(tmp_path: Path) -> Path:
    """A folder with the same story in two files, of two publishers."""
    folder = tmp_path / "wires"
    folder.mkdir()
    write_article(folder / "a.md", "A bridge opens", STORY, publisher="Wire A", published="2024-03-05")
    write_article(folder / "b.md", "Lisbon has a new bridge", STORY, publisher="Paper B", published="2024-03-06")
    return folder


def held(index: Index) -> dict[str, list[str]]:
    """The files of all articles, by name, each with those of its copies; the index is whole."""
    assert all(finding.well for finding in examine(index) if finding.name != "disk")
    assert sorted(index.vectors().ids()) == sorted(index.catalog.passage_ids())
    listed = list(index.catalog.articles())
    copies = index.catalog.copies.of([article.id for article in listed])
    return {name(article.path): sorted(name(copy.path) for copy in copies.get(article.id, [])) for article in listed}


def name(path: str | None) -> str:
    return Path(path or "").name


def texts(index: Index) -> dict[str, str]:
    return {name(article.path): article.text for article in index.catalog.articles()}


def test_the_same_text_in_two_files_is_one_article_that_names_both(index: Index, wires: Path, run: object) -> None:
    summary = sync(index, [wires])
    assert (summary.added, summary.changed, len(summary.skipped)) == (1, 0, 1)
    assert "b.md" in summary.skipped[0].source
    assert held(index) == {"a.md": ["b.md"]}
    ran: Ran = run("articles", "--json", "--home", index.home)  # type: ignore[operator]
    (told,) = ran.data
    assert [(one["publisher"], name(one["path"])) for one in told["also_at"]] == [("Paper B", "b.md")]


def test_a_second_run_over_copies_embeds_and_writes_nothing(index: Index, wires: Path) -> None:
    sync(index, [wires])
    revision = index.catalog.revision()
    summary = sync(Index(index.home), [wires])
    assert (summary.added, summary.changed, summary.unchanged, summary.passages) == (0, 0, 2, 0)
    assert not summary.skipped
    assert index.catalog.revision() == revision


def test_articles_that_are_all_copies_were_found(
    index: Index, wires: Path, tmp_path: Path, run: Callable[..., Ran]
) -> None:
    sync(index, [wires])
    again = Path(shutil.copytree(wires, tmp_path / "again"))
    ran = run("index", again, "--home", index.home)
    assert "indexed already, from another address" in ran.out
    assert "No article was found" not in ran.out
    (tmp_path / "none").mkdir()
    assert "No article was found" in run("index", tmp_path / "none", "--home", index.home).out


def test_a_copy_is_found_by_its_own_publisher(index: Index, wires: Path) -> None:
    sync(index, [wires])
    assert index.catalog.publishers() == ["Paper B", "Wire A"]
    allowed = index.catalog.resolve(Filter(publishers=("paper b",)))
    assert index.lexical(["bridge"], 10, allowed)
    assert index.dense(index.embedding.encode(["How long is the bridge?"])[0], 10, allowed)


@pytest.mark.parametrize(("gone", "left"), [("a.md", "b.md"), ("b.md", "a.md")])
def test_when_one_file_goes_the_article_stays_with_the_other(index: Index, wires: Path, gone: str, left: str) -> None:
    sync(index, [wires])
    then = age(index.home)
    (wires / gone).unlink()
    assert sync(index, [wires]).vanished == 1
    assert held(index) == {"a.md": ["b.md"]}
    assert sync(index, [wires], prune=True).removed == 1
    assert held(index) == {left: []}
    (article,) = index.catalog.articles()
    assert (article.text.split(), article.first_seen) == (STORY.split(), then)
    assert article.publisher == {"a.md": "Wire A", "b.md": "Paper B"}[left]
    assert index.lexical(["bridge"], 10)
    assert sync(index, [wires]).unchanged == 1


def test_when_both_files_go_nothing_stays(index: Index, wires: Path) -> None:
    sync(index, [wires])
    for file in wires.iterdir():
        file.unlink()
    sync(index, [wires], prune=True)
    assert held(index) == {}
    assert not list(index.catalog.copies.paths())


@pytest.mark.parametrize("changed", ["a.md", "b.md"])
def test_a_change_in_one_file_splits_them_and_the_same_change_in_the_other_joins_them_again(
    index: Index, wires: Path, changed: str
) -> None:
    sync(index, [wires])
    other = "b.md" if changed == "a.md" else "a.md"
    write_article(wires / changed, "The bridge", OTHER, publisher="Wire A")
    sync(index, [wires])
    assert held(index) == {"a.md": [], "b.md": []}
    assert texts(index)[changed] != texts(index)[other]
    write_article(wires / other, "The bridge", OTHER, publisher="Paper B")
    sync(index, [wires])
    assert held(index) == {changed: [other]}
    assert sync(index, [wires]).unchanged == 2


def test_a_change_in_both_files_at_once_leaves_one_article(index: Index, wires: Path) -> None:
    sync(index, [wires])
    for file in wires.iterdir():
        write_article(file, file.stem, OTHER)
    sync(index, [wires])
    (held_now,) = held(index).items()
    assert sorted([held_now[0], *held_now[1]]) == ["a.md", "b.md"]
    assert set(texts(index).values()) == {next(iter(texts(index).values()))}
    assert "414 metres" in next(iter(texts(index).values()))


def test_a_copy_whose_title_alone_changes_stays_a_copy(index: Index, wires: Path) -> None:
    sync(index, [wires])
    passages = list(index.catalog.passage_ids())
    write_article(wires / "b.md", "Another headline", STORY, publisher="Paper B")
    sync(index, [wires])
    assert held(index) == {"a.md": ["b.md"]}
    (copies,) = index.catalog.copies.of([article.id for article in index.catalog.articles()]).values()
    assert copies[0].title == "Another headline"
    assert passages == list(index.catalog.passage_ids())


def test_three_copies_follow_the_one_that_takes_the_place_of_the_first(index: Index, wires: Path) -> None:
    write_article(wires / "c.md", "Third", STORY)
    sync(index, [wires])
    assert held(index) == {"a.md": ["b.md", "c.md"]}
    write_article(wires / "a.md", "The bridge", OTHER)
    sync(index, [wires])
    found = held(index)
    assert found.pop("a.md") == []
    assert sorted([*found, *next(iter(found.values()))]) == ["b.md", "c.md"]


def test_removing_an_article_removes_it_at_all_its_addresses(index: Index, wires: Path) -> None:
    sync(index, [wires])
    (article,) = index.catalog.articles()
    index.remove([article.id])
    assert held(index) == {}
    assert not list(index.catalog.paths())
    with pytest.raises(ArticleNotFound):
        index.article(article.id)
    assert sync(index, [wires]).added == 1


def test_a_run_that_is_killed_before_its_commit_ends_as_an_undisturbed_one(
    index: Index, wires: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(index, [wires])
    write_article(wires / "a.md", "The bridge", OTHER)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("index.store.catalog.put", killed)
        with pytest.raises(KeyboardInterrupt):
            sync(index, [wires])
    assert {name(article.path) for article in index.catalog.articles()} == {"a.md"}
    sync(Index(index.home), [wires])
    assert held(Index(index.home)) == {"a.md": [], "b.md": []}


def test_a_short_text_is_known_again_only_with_its_title_and_publisher(index: Index, tmp_path: Path) -> None:
    for number, publisher in enumerate(("Wire A", "Paper B", "Paper B")):
        write_article(tmp_path / f"{number}.md", "Members only", "This is for members.", publisher=publisher)
    sync(index, [tmp_path / f"{number}.md" for number in range(3)])
    assert held(index) == {"0.md": [], "1.md": ["2.md"]}


def test_a_page_at_two_addresses_is_one_article_and_splits_when_one_changes(
    index: Index, site: ScriptedSite, make_fetcher: MakeFetcher
) -> None:
    def page(text: str) -> str:
        shown = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
        return f"<html><head><title>The bridge</title></head><body><article>{shown}</article></body></html>"

    for path in ("/a", "/b"):
        site.says(path, page(STORY))
    addresses = [f"{site.address}/a", f"{site.address}/b"]
    sync_addresses(index, addresses, fetcher=make_fetcher())
    assert index.catalog.count()[0] == 1
    again = sync_addresses(index, addresses, fetcher=make_fetcher())
    assert (again.added, again.changed, again.passages, again.unchanged) == (0, 0, 0, 2)
    site.says("/b", page(OTHER))
    sync_addresses(index, addresses, fetcher=make_fetcher())
    assert index.catalog.count()[0] == 2
