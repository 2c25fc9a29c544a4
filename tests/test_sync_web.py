"""Indexing from the web as a user meets it: pages and feeds, once and again, with a server that misbehaves."""

import json
import re
import shlex
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index import Index, sync, sync_addresses
from index.errors import IndexBusy
from index.store.writer import differences
from index.web.fetch import Fetcher
from tests.web_pages import WORDS, counts, full_feed, links_of, page
from tests.web_server import LIMITS, MakeFetcher, ScriptedSite, endless

ROOT = Path(__file__).parent.parent


def test_a_page_becomes_an_article_known_by_its_address(index: Index, fetcher: Fetcher, site: ScriptedSite) -> None:
    link = (
        f'<link rel="canonical" href="{site.address}/heat?id=1&amp;utm_source=x"><meta name="author" content="A. B.">'
    )
    summary = sync_addresses(index, [site.says("/x", page("Heat record", WORDS["heat"], link))], fetcher=fetcher)
    assert counts(summary) == (1, 0, 0, 0)
    (article,) = index.catalog.articles()
    assert (article.url, article.path, article.title) == (f"{site.address}/heat?id=1", None, "Heat record")
    assert article.publisher
    assert article.publisher.startswith("wire.example")
    assert WORDS["heat"] in article.text
    assert index.lexical(["hottest"], 5)


def test_a_second_run_only_asks_whether_anything_changed(
    index: Index, fetcher: Fetcher, site: ScriptedSite, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert counts(sync_addresses(index, three, fetcher=fetcher)) == (3, 0, 0, 0)
    revision = index.catalog.revision()
    site.forget()
    monkeypatch.setattr(type(index.embedding), "encode_ids", None)
    assert counts(sync_addresses(index, three, fetcher=fetcher)) == (0, 0, 3, 0)
    assert site.fetched() == []
    assert len(site.fetched(304)) == 3
    assert index.catalog.revision() == revision


@pytest.mark.parametrize("kind", ["rss", "atom", "json", "sitemap", "sitemapindex"])
def test_a_feed_is_followed_and_one_changed_entry_is_one_change(
    index: Index, fetcher: Fetcher, site: ScriptedSite, three: list[str], kind: str
) -> None:
    feed = links_of(site, kind, three)
    assert counts(sync_addresses(index, [feed], fetcher=fetcher)) == (3, 0, 0, 0)
    again = sync_addresses(index, [feed], fetcher=fetcher)
    assert (counts(again), again.passages) == ((0, 0, 3, 0), 0)
    site.says("/flood", page("On the flood", "The river fell again."))
    changed = sync_addresses(index, [feed], fetcher=fetcher)
    assert (counts(changed), changed.passages) == ((0, 1, 2, 0), 1)
    assert not index.lexical(["Brandel"], 5)
    assert differences(index) == ([], [])


def test_a_feed_that_carries_its_articles_is_all_that_is_fetched(
    index: Index, fetcher: Fetcher, site: ScriptedSite
) -> None:
    feed = full_feed(site, ["heat", "flood"])
    assert counts(sync_addresses(index, [feed], fetcher=fetcher)) == (2, 0, 0, 0)
    assert site.fetched() == ["/full"]
    assert {(one.url, one.publisher) for one in index.catalog.articles()} == {
        (f"{site.address}/heat", "The Wire"),
        (f"{site.address}/flood", "The Wire"),
    }
    assert counts(sync_addresses(index, [feed], fetcher=fetcher)) == (0, 0, 2, 0)
    full_feed(site, ["strike", "heat", "flood"])
    assert counts(sync_addresses(index, [feed], fetcher=fetcher)) == (1, 0, 2, 0)
    gone = next(one for one in index.catalog.articles() if one.title == "heat")
    index.remove([gone.id])
    assert counts(sync_addresses(index, [feed], fetcher=fetcher)) == (1, 0, 2, 0)


def test_a_page_that_a_feed_carries_too_does_not_change_to_and_fro(
    index: Index, fetcher: Fetcher, site: ScriptedSite, three: list[str]
) -> None:
    feed = full_feed(site, ["heat"])
    sync_addresses(index, [feed], fetcher=fetcher)
    assert counts(sync_addresses(index, [three[0]], fetcher=fetcher)) == (0, 1, 0, 0)
    for addresses in ([feed], [three[0]], [feed, three[0]], [three[0], feed]):
        summary = sync_addresses(index, addresses, fetcher=fetcher)
        assert (summary.added, summary.changed, summary.passages) == (0, 0, 0)
    assert index.catalog.count()[0] == 1


def test_two_spellings_of_one_page_are_one_article(
    index: Index, fetcher: Fetcher, site: ScriptedSite, three: list[str]
) -> None:
    heat = three[0]
    spellings = [heat, f"{heat}#top", f"{heat}?utm_source=mail", heat.replace("wire", "www.wire"), f"{heat}/"]
    assert counts(sync_addresses(index, spellings, fetcher=fetcher)) == (1, 0, 0, 0)
    assert site.fetched() == ["/heat"]
    other = site.says("/print/heat", page("On the heat", WORDS["heat"], f'<link rel="canonical" href="{heat}">'))
    for _ in range(2):
        summary = sync_addresses(index, [heat, other], fetcher=fetcher)
        assert counts(summary) == (0, 0, 1, 0)
        assert [problem.source for problem in summary.skipped] == [other]
    assert index.catalog.count()[0] == 1


def test_one_bad_address_never_stops_the_others(
    index: Index, fetcher: Fetcher, site: ScriptedSite, three: list[str]
) -> None:
    site.says("/endless", endless)
    bad = ["ftp://wire.example/x", "http://10.0.0.1/", f"{site.address}/gone", f"{site.address}/endless"]
    empty = site.says("/empty", "")
    shell = site.says(
        "/shell", '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>'
    )
    data = site.says("/data", '{"a": 1}', "application/json")
    summary = sync_addresses(index, [*bad, empty, shell, data, *three], fetcher=fetcher)
    assert counts(summary) == (3, 0, 0, 7)
    said = {problem.source: problem.reason for problem in summary.failed}
    assert all(reason.startswith(source) and "\n" not in reason for source, reason in said.items())
    assert said[shell].endswith(f"or its feed: {site.address}/rss")
    assert "neither a feed nor a page" in said[data]


def test_a_page_that_turns_bad_stays_as_it_was_and_one_removed_comes_back(
    index: Index, fetcher: Fetcher, site: ScriptedSite, three: list[str]
) -> None:
    sync_addresses(index, three, fetcher=fetcher)
    site.fails("/flood", 404, times=1)
    assert counts(sync_addresses(index, three, fetcher=fetcher)) == (0, 0, 2, 1)
    assert index.lexical(["Brandel"], 5)
    gone = next(one for one in index.catalog.articles() if "flood" in one.title)
    index.remove([gone.id])
    assert counts(sync_addresses(index, three, fetcher=fetcher)) == (1, 0, 2, 0)


def test_what_was_read_in_an_older_way_is_read_again(
    index: Index, fetcher: Fetcher, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_addresses(index, three, fetcher=fetcher)
    monkeypatch.setattr("index.ingest.web.READING", "next")
    monkeypatch.setattr("index.types.PIPELINE", "next")
    assert counts(sync_addresses(index, three, fetcher=fetcher)) == (0, 3, 0, 0)


def test_a_folder_run_never_prunes_what_came_from_the_web(
    index: Index, fetcher: Fetcher, three: list[str], folder: Path
) -> None:
    sync_addresses(index, three, fetcher=fetcher)
    sync(index, [folder])
    (folder / "rail.md").unlink()
    assert sync(index, [folder], prune=True).removed == 1
    assert index.catalog.count()[0] == 5


def test_stopping_writes_what_is_in_hand_and_the_next_run_goes_on(
    index: Index, fetcher: Fetcher, site: ScriptedSite, three: list[str]
) -> None:
    def stop(done: int, total: int, name: str) -> None:
        assert total >= done
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync_addresses(index, three, progress=stop, fetcher=fetcher)
    assert index.catalog.count()[0] == 2
    assert index.unfinished() == three
    site.forget()
    assert counts(sync_addresses(index, three, fetcher=fetcher)) == (1, 0, 2, 0)
    assert site.fetched() == ["/strike"]
    assert index.unfinished() == []


def test_an_entity_bomb_is_one_sentence(index: Index, fetcher: Fetcher, site: ScriptedSite) -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
    (problem,) = sync_addresses(index, [site.says("/feed", bomb, "text/xml")], fetcher=fetcher).failed
    assert "declares entities" in problem.reason


@pytest.mark.parametrize(
    ("kind", "head", "encoding"),
    [
        ("text/html; charset=windows-1252", "", "cp1252"),
        ("text/html", '<meta charset="windows-1252">', "cp1252"),
        ("text/html; charset=iso-8859-1", "", "cp1252"),
        ("text/html; charset=utf-8", "", "cp1252"),
        ("text/html; charset=no-such-thing", "", "utf-8"),
        ("text/html; charset=utf-16", "", "utf-16"),
        ("text/html", "", "cp1252"),
    ],
)
def test_a_page_is_read_in_the_encoding_it_has_whatever_is_said(
    index: Index, fetcher: Fetcher, site: ScriptedSite, kind: str, head: str, encoding: str
) -> None:
    text = "Die Bürger von Köln hörten schöne Grüße, während es in der Straße regnete und „Später“ gerufen wurde."
    body = page("Grüße", text, head).replace('<meta charset="utf-8">', "").encode(encoding)
    assert counts(sync_addresses(index, [site.says("/a", body, kind)], fetcher=fetcher)) == (1, 0, 0, 0)
    assert "schöne Grüße" in next(index.catalog.articles()).text


def test_broken_bytes_in_a_page_do_not_keep_it_out(index: Index, fetcher: Fetcher, site: ScriptedSite) -> None:
    body = page("Heat", WORDS["heat"]).encode().replace(b"hottest", b"hot\xff\xfe\x81test")
    assert counts(sync_addresses(index, [site.says("/a", body)], fetcher=fetcher)) == (1, 0, 0, 0)
    assert "climate service" in next(index.catalog.articles()).text


def test_plain_text_and_markdown_are_read_as_such(index: Index, fetcher: Fetcher, site: ScriptedSite) -> None:
    site.says("/a.md", "# A title\n\nSome *bold* words.", "text/plain")
    site.says("/harvest-report.txt", "The olives were few.", "text/plain")
    addresses = [f"{site.address}/a.md", f"{site.address}/harvest-report.txt"]
    assert counts(sync_addresses(index, addresses, fetcher=fetcher)) == (2, 0, 0, 0)
    found = {article.title: article.text for article in index.catalog.articles()}
    assert found == {"A title": "Some bold words.", "harvest report": "The olives were few."}


def test_the_commands_of_the_docs_run(
    run: Any, tmp_path: Path, site: ScriptedSite, three: list[str], monkeypatch: pytest.MonkeyPatch, fetcher: Fetcher
) -> None:
    monkeypatch.setattr("index.web.fetch.Fetcher", lambda: fetcher)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "articles").mkdir()
    (tmp_path / "urls.txt").write_text(three[1], encoding="utf-8")
    export = {"headline_1": "Olives", "story": {"body": "A poor year for olives."}}
    (tmp_path / "export.jsonl").write_text(json.dumps(export), encoding="utf-8")
    full_feed(site, ["strike"])
    site.says("/report.pdf", (ROOT / "tests" / "samples" / "louvre.pdf").read_bytes(), "application/pdf")
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "indexing.md").read_text(encoding="utf-8"), re.DOTALL)
    commands = [line.partition("  #")[0] for block in blocks for line in block.splitlines()]
    assert len(commands) > 3
    for command in commands:
        assistant, *arguments = shlex.split(command.replace("https://wire.example", site.address))
        assert assistant == "assistant"
        assert run(*arguments).code == 0, command
    assert run("articles", "--json").data


def test_the_command_takes_files_and_addresses_together(
    run: Any,
    folder: Path,
    tmp_path: Path,
    site: ScriptedSite,
    three: list[str],
    fetcher: Fetcher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("index.web.fetch.Fetcher", lambda: fetcher)
    listed = tmp_path / "urls.txt"
    listed.write_text(f"# pages\n\n{three[1]}\n{folder / 'rail.md'}\n", encoding="utf-8")
    ran = run("index", three[0], folder / "bridge.md", "--from", listed, "--json")
    assert (ran.code, ran.data["added"], ran.data["failed"]) == (0, 4, [])
    assert "On the flood" in run("articles").out
    ran = run("index", "http://127.0.0.2/x")
    assert ran.code == 2
    assert "is not on the public internet" in ran.out
    assert run("index", "--from", tmp_path / "none.txt").code == 2


def test_files_can_be_indexed_while_an_address_drips(
    index: Index, make_fetcher: MakeFetcher, site: ScriptedSite, three: list[str], folder: Path
) -> None:
    dripping, indexed = threading.Event(), threading.Event()

    def drip_until_indexed() -> Iterator[bytes]:
        dripping.set()
        yield page("On the strike", WORDS["strike"]).encode()
        while not indexed.wait(0.05):
            yield b" "

    site.says("/drip", drip_until_indexed)
    slow = make_fetcher(replace(LIMITS, seconds=60, silence=60))
    with ThreadPoolExecutor(1) as pool:
        web = pool.submit(sync_addresses, index, [three[0], f"{site.address}/drip", three[1]], fetcher=slow)
        assert dripping.wait(60)
        assert sync(Index(index.home), [folder]).added == 3
        indexed.set()
        assert counts(web.result(60)) == (3, 0, 0, 0)
    assert index.catalog.count()[0] == 6
    assert index.unfinished() == []
    assert differences(index) == ([], [])


def test_who_comes_while_a_batch_is_written_waits_for_it_and_a_batch_for_who_was_first(
    index: Index, three: list[str], fetcher: Fetcher, folder: Path
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with index.writing(intermittent=True):
            waiting = pool.submit(sync, Index(index.home), [folder])
            time.sleep(0.3)
            assert not waiting.done()
        assert waiting.result(60).added == 3
        stuck = threading.Event()

        def begin_late(done: int, _total: int, _name: str) -> None:
            if done == 0:
                stuck.set()
                other.wait(60)

        other = threading.Event()
        late = pool.submit(sync_addresses, index, three, progress=begin_late, fetcher=fetcher)
        assert stuck.wait(60)
        with Index(index.home).writing():
            other.set()
            time.sleep(0.5)
            assert not late.done()
        assert late.result(60).added == 3


def test_a_run_over_addresses_that_is_killed_leaves_the_index_whole(
    index: Index, three: list[str], fetcher: Fetcher
) -> None:
    def killed(self: object, *_: object) -> None:
        raise SystemExit  # Nothing after it is written, as when the process is gone.

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index.catalog, "write", killed.__get__(index.catalog))
        with pytest.raises(SystemExit):
            sync_addresses(index, three, fetcher=fetcher)
    assert index.catalog.get("dirty")
    assert index.unfinished() == three
    assert counts(sync_addresses(index, three, fetcher=fetcher)) == (3, 0, 0, 0)
    assert differences(index) == ([], [])
    assert (index.unfinished(), index.catalog.get("dirty")) == ([], None)


def test_who_cannot_write_is_told_before_anything_is_fetched(
    index: Index, three: list[str], fetcher: Fetcher, site: ScriptedSite
) -> None:
    with index.writing(), pytest.raises(IndexBusy, match="is writing to"):
        sync_addresses(Index(index.home), three, fetcher=fetcher)
    assert site.asked == []
