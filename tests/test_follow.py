"""Following files, folders and addresses: one command brings all of them up to date, and can be run from cron."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from index import Index, sync
from index.embed.tokens import Tokens
from index.store.lock import held
from index.web.fetch import Fetcher
from tests.conftest import write_article
from tests.web_pages import WORDS, full_feed, page
from tests.web_server import MakeFetcher, ScriptedSite


@pytest.fixture(autouse=True)
def fetcher(make_fetcher: MakeFetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands reach the tests' server."""

    def fresh() -> Fetcher:
        return make_fetcher()

    monkeypatch.setattr("index.web.fetch.Fetcher", fresh)


def feed_of(site: ScriptedSite, kind: str, versions: dict[int, int]) -> str:
    """Serve a feed that lists pages by number, each in a version; "rss" says nothing of when they changed."""
    for number, version in versions.items():
        site.says(f"/{number}", page(f"Report {number}", f"Version {version} of report {number} counts the geese."))
    where = {number: f"{site.address}/{number}" for number in versions}
    when = {number: f"2025-11-{version:02}T08:00:00Z" for number, version in versions.items()}
    if kind == "rss":
        items = "".join(f"<item><title>T</title><link>{one}</link></item>" for one in where.values())
        return site.says("/feed", f'<rss version="2.0"><channel>{items}</channel></rss>', "application/rss+xml")
    if kind == "atom":
        items = "".join(
            f'<entry><link href="{where[number]}"/><updated>{when[number]}</updated></entry>' for number in versions
        )
        return site.says("/feed", f'<feed xmlns="http://www.w3.org/2005/Atom">{items}</feed>', "application/atom+xml")
    if kind == "json":
        listed = [{"url": where[number], "date_modified": when[number]} for number in versions]
        feed = {"version": "https://jsonfeed.org/version/1.1", "items": listed}
        return site.says("/feed", json.dumps(feed), "application/feed+json")
    items = "".join(f"<url><loc>{where[number]}</loc><lastmod>{when[number]}</lastmod></url>" for number in versions)
    return site.says("/feed", f"<urlset>{items}</urlset>", "text/xml")


@pytest.mark.parametrize("kind", ["rss", "atom", "json", "sitemap"])
def test_of_a_feed_that_is_followed_only_what_changed_is_fetched_and_embedded(
    run: Any, index: Index, site: ScriptedSite, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("follow", feed_of(site, kind, dict.fromkeys(range(50), 1))).code == 0
    feed_of(site, kind, {number: 2 if number < 5 else 1 for number in range(47)})
    site.forget()
    embedded: list[Tokens] = []
    read = type(index.embedding).encode_ids

    def counted(self: object, texts: list[Tokens]) -> object:
        embedded.extend(texts)
        return read(self, texts)  # type: ignore[arg-type]

    monkeypatch.setattr(type(index.embedding), "encode_ids", counted)
    data = run("sync", "--json").data
    assert (data["changed"], data["gone"], data["unchanged"]) == (5, 3, 42)
    assert (data["added"], data["removed"], data["failed"]) == (0, 0, [])
    assert sorted(site.fetched()) == ["/0", "/1", "/2", "/3", "/4", "/feed"]
    assert len(site.fetched(304)) == (42 if kind == "rss" else 0)
    assert len(embedded) == 5
    assert index.catalog.count()[0] == 50
    site.forget()
    again = run("sync", "--json").data
    assert (again["changed"], again["gone"], again["unchanged"]) == (0, 0, 47)
    assert site.fetched() == []


def test_what_a_feed_says_of_a_change_is_believed_for_a_week(
    run: Any, index: Index, site: ScriptedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("follow", feed_of(site, "sitemap", {1: 1}))
    site.says("/1", page("Report 1", "It changed, and the sitemap does not tell."))
    site.forget()
    assert run("sync", "--json").data["unchanged"] == 1
    monkeypatch.setattr("index.ingest.web_queue._MAX_TRUST", timedelta(0))
    assert run("sync", "--json").data["changed"] == 1


def test_a_day_alone_does_not_tell_that_nothing_changed_later_that_day(
    run: Any, index: Index, site: ScriptedSite
) -> None:
    one = site.says("/1", page("Report 1", "Version 1 counts the geese."))
    feed = site.says(
        "/map", f"<urlset><url><loc>{one}</loc><lastmod>{date.today()}</lastmod></url></urlset>", "text/xml"
    )
    run("follow", feed)
    site.says("/1", page("Report 1", "Version 2 counts the geese again."))
    assert run("sync", "--json").data["changed"] == 1


def test_a_feed_that_carries_its_articles_is_fetched_once(run: Any, index: Index, site: ScriptedSite) -> None:
    assert run("follow", full_feed(site, ["heat", "flood", "strike"])).code == 0
    assert site.fetched() == ["/full"]
    full_feed(site, ["heat", "flood"])
    site.forget()
    data = run("sync", "--json").data
    assert (data["unchanged"], data["gone"]) == (2, 1)
    assert site.fetched() == ["/full"]
    assert run("following", "--json").data[0]["kind"] == "feed"


def test_an_index_of_sitemaps_is_followed_also_when_it_has_not_changed(run: Any, site: ScriptedSite) -> None:
    one = feed_of(site, "sitemap", {1: 1, 2: 1})
    top = site.says("/top", f"<sitemapindex><sitemap><loc>{one}</loc></sitemap></sitemapindex>", "text/xml")
    run("follow", top)
    feed_of(site, "sitemap", {1: 1, 2: 2})
    site.forget()
    data = run("sync", "--json").data
    assert (data["changed"], data["unchanged"], data["failed"]) == (1, 1, [])
    assert site.fetched(304) == ["/top"]
    assert [one["kind"] for one in run("following", "--json").data] == ["sitemaps"]


def test_follow_takes_in_at_once_and_sync_what_is_new(run: Any, folder: Path, index: Index) -> None:
    ran = run("follow", folder)
    assert ran.code == 0
    assert ran.out.splitlines()[0] == f"Following {folder}"
    assert ran.out.splitlines()[1].startswith("1 followed: 3 added, 0 changed, 0 unchanged, 0 removed, 0 failed")
    write_article(folder / "light.md", "Lighthouse keepers retire", "The last keepers retired.")
    (folder / "rail.md").unlink()
    ran = run("sync")
    assert ran.code == 0
    (line,) = ran.out.splitlines()
    assert line.startswith("1 followed: 1 added, 0 changed, 2 unchanged, 0 removed, 0 failed, 1 vanished, 0 gone")
    assert index.catalog.count()[0] == 4
    assert run("sync", "--quiet").out == ""
    assert "1 removed" in run("sync", "--prune").out
    assert index.catalog.count()[0] == 3


def test_following_tells_what_is_known_of_each(run: Any, folder: Path, site: ScriptedSite) -> None:
    assert "Nothing is followed yet" in run("following").out
    heat = site.says("/heat", page("Heat", WORDS["heat"]))
    run("follow", folder, folder / "rail.md")
    run("follow", heat, "--later")
    listed = {one["source"]: one for one in run("following", "--json").data}
    assert [one["kind"] for one in listed.values()] == ["folder", "file", "address"]
    assert listed[str(folder)]["articles"] == 3
    assert listed[str(folder)]["synced"] >= listed[str(folder)]["since"]
    assert (listed[heat]["synced"], listed[heat]["articles"]) == (None, None)
    run("sync")
    shown = run("following").out
    assert "page" in shown
    assert "never" not in shown
    assert run("following", "--json").data[2]["outcome"]["added"] == 1


def test_what_is_followed_twice_is_followed_once(run: Any, folder: Path, site: ScriptedSite) -> None:
    heat = site.says("/heat", page("Heat", WORDS["heat"]))
    run("follow", folder, heat)
    assert f"Following {heat} already" in run("follow", f"{heat}#top", f"{folder}/").out
    assert len(run("following", "--json").data) == 2


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("/nowhere", "/nowhere does not exist"),
        ("ftp://wire.example/x", "only http:// and https:// are fetched"),
        ("http://127.0.0.2/x", "is not on the public internet"),
        ("http://wire.example:{port}/gone", "is not there; check the address"),
    ],
)
@pytest.mark.parametrize("options", [[], ["--later"]])
def test_what_cannot_be_followed_is_one_sentence_and_exit_code_2(
    run: Any, site: ScriptedSite, source: str, says: str, options: list[str]
) -> None:
    ran = run("follow", source.format(port=site.port), *options)
    assert ran.code == 2
    assert says in ran.err
    assert len(ran.err.splitlines()) == 1
    assert run("following", "--json").data == []


def test_one_wrong_path_among_others_and_nothing_is_followed(run: Any, folder: Path) -> None:
    assert run("follow", folder, "/nowhere").code == 2
    assert run("follow", folder, folder.parent / "photo.jpg").code == 2
    assert run("following", "--json").data == []


def test_what_is_unfollowed_stays_in_the_index_and_is_synced_no_more(run: Any, folder: Path, index: Index) -> None:
    run("follow", folder)
    assert run("unfollow", "/elsewhere").code == 2
    assert "its articles stay" in run("unfollow", folder).out
    assert index.catalog.count()[0] == 3
    ran = run("sync")
    assert (ran.code, ran.out) == (2, "")
    assert "nothing is followed yet" in ran.err


def test_a_folder_that_is_gone_is_a_failure_and_keeps_its_articles(
    run: Any, folder: Path, tmp_path: Path, index: Index
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write_article(other / "light.md", "Lighthouse keepers retire", "The last keepers retired.")
    run("follow", folder, other)
    shutil.rmtree(folder)
    write_article(other / "ferry.md", "A ferry", "The ferry is called Freya.")
    ran = run("sync", "--prune", "--json")
    assert ran.code == 1
    assert "does not exist" in ran.data["failed"][0]["reason"]
    assert (ran.data["added"], ran.data["removed"]) == (1, 0)
    assert index.catalog.count()[0] == 5
    assert "does not exist" in " ".join(run("following").out.split())  # The table breaks lines.


def test_something_that_fails_is_exit_code_1_and_still_one_line(run: Any, folder: Path) -> None:
    run("follow", folder)
    (folder / "empty.md").touch()
    ran = run("sync", "--quiet")
    assert ran.code == 1
    assert len(ran.out.splitlines()) == 1
    assert "1 failed" in ran.out


@pytest.mark.parametrize("lock", ["write", "sync"])
def test_a_second_run_says_who_writes_and_ends_with_code_3(run: Any, folder: Path, index: Index, lock: str) -> None:
    run("follow", folder, "--later")
    with held(index.home, lock):
        ran = run("sync")
    assert ran.code == 3
    assert ran.out == ""
    assert "is writing to" in ran.err
    assert run("sync").code == 0


def test_an_index_made_before_anything_could_be_followed_is_brought_up_to_date(
    run: Any, folder: Path, index: Index
) -> None:
    sync(index, [folder])
    with closing(sqlite3.connect(index.home / "catalog.db")) as raw, raw:
        raw.execute("DROP TABLE followed")
        for column in ("kind", "stamp", "asked"):
            raw.execute(f"ALTER TABLE addresses DROP COLUMN {column}")
        raw.execute("PRAGMA user_version = 3")
    assert run("follow", folder).code == 0
    assert run("sync", "--json").data["unchanged"] == 3
