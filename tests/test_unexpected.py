"""One article never ends a run: whatever is wrong with it is its own failure, and the others are taken in."""

import errno
import json
import logging
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from index import Index, Summary, sync, sync_addresses
from index.errors import IndexBusy
from index.load.loader import load
from index.load.parsed import Draft
from index.text.clean import clean
from tests.conftest import BRIDGE, HARVEST, write_article
from tests.samples.make import write_epub
from tests.web_pages import WORDS, links_of, page
from tests.web_server import MakeFetcher, ScriptedSite

SAID = "unexpected: ZeroDivisionError: the mill stands still; report it"


@pytest.fixture
def stumbling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cleaning raises what nobody foresaw, over one article alone."""

    def stumble(text: str) -> str:
        if "Andalusia" in text or "Holm" in text:
            raise ZeroDivisionError("the mill\nstands still")
        return clean(text)

    monkeypatch.setattr("index.load.parsed.clean", stumble)


def failed(summary: Summary) -> list[tuple[str, str]]:
    return [(Path(problem.source).name, problem.reason) for problem in summary.failed]


@pytest.mark.usefixtures("stumbling")
def test_a_file_that_nobody_foresaw_is_a_failure_and_the_others_are_taken_in_again_and_again(
    index: Index, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = sync(index, [folder])
    assert (first.added, len(first.failed)) == (2, 1)
    assert failed(first) == [("harvest.txt", f"{folder}/harvest.txt cannot be read, {SAID}, and save the article anew")]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info
    assert record.exc_info[0] is ZeroDivisionError
    write_article(folder / "later.md", "Later", "It came after the one that cannot be read.")
    second = sync(index, [folder])
    assert (second.added, second.unchanged, len(second.failed)) == (1, 2, 1)


@pytest.mark.usefixtures("stumbling")
def test_a_chapter_or_a_line_that_nobody_foresaw_is_a_failure_and_the_others_are_taken_in(
    index: Index, tmp_path: Path
) -> None:
    book = write_epub(tmp_path / "book.epub", {"Olives": f"<p>{HARVEST}</p>", "Bridge": f"<p>{BRIDGE}</p>"})
    export = tmp_path / "export.jsonl"
    lines = [{"title": "Olives", "text": HARVEST}, {"title": "Ferry", "text": "The ferry costs nine euros."}]
    export.write_text("\n".join(json.dumps(line) for line in lines))
    summary = sync(index, [book, export])
    assert summary.added == 2
    places = [f"{book}, chapter OPS/c0.xhtml", f"{export}, line 1"]
    assert [problem.reason for problem in summary.failed] == [
        f"{place} cannot be read, {SAID}, and save the article anew" for place in places
    ]
    assert sync(index, [book, export]).unchanged == 2


@pytest.mark.usefixtures("stumbling")
def test_a_page_that_nobody_foresaw_is_a_failure_by_itself_and_in_a_feed(
    index: Index, make_fetcher: MakeFetcher, site: ScriptedSite
) -> None:
    pages = [site.says(f"/{name}", page(f"On the {name}", text)) for name, text in WORDS.items()]
    for addresses in (pages, [links_of(site, "rss", pages)]):
        summary = sync_addresses(index, addresses, fetcher=make_fetcher())
        assert summary.added + summary.unchanged == 2
        assert failed(summary) == [("strike", f"{pages[2]} cannot be read, {SAID}, and save the article anew")]


def test_a_feed_that_nobody_foresaw_is_a_failure_and_pages_are_taken_in(
    index: Index, make_fetcher: MakeFetcher, site: ScriptedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("the mill\nstands still")

    monkeypatch.setattr("index.web.feeds.parse_mended", broken)
    other = site.says("/heat", page("On the heat", WORDS["heat"]))
    feed = links_of(site, "rss", [other])
    summary = sync_addresses(index, [feed, other], fetcher=make_fetcher())
    assert summary.added == 1
    assert failed(summary) == [(feed.rpartition("/")[2], f"{feed} cannot be read, {SAID}, and save the article anew")]


def test_a_word_that_no_database_keeps_is_told_all_the_same(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Draft:
        raise KeyError("\ud83d\x1b[2J" + "x" * 1000)

    monkeypatch.setitem(load.__globals__["_FROM_TEXT"], ".txt", broken)
    ((_, reason),) = failed(sync(index, [folder]))
    assert "unexpected: KeyError: '\\ud83d\\x1b[2Jxxx" in reason
    assert len(reason) < len(str(folder)) + 400


@pytest.mark.parametrize(
    "raised", [KeyboardInterrupt(), IndexBusy("busy"), OSError(errno.ENOSPC, "No space left on device")]
)
def test_what_is_no_fault_of_an_article_still_ends_the_run(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch, raised: BaseException
) -> None:
    def broken(*_: Any) -> Draft:
        raise raised

    monkeypatch.setitem(load.__globals__["_FROM_TEXT"], ".txt", broken)
    with pytest.raises(type(raised)):
        sync(index, [folder])


def test_an_empty_relation_on_a_link_is_none() -> None:
    html = page("Bridge opens", f'{WORDS["heat"]} The mayor walked with <a href="/b" rel="">a class</a>.')
    article = load(Path("/a/x.html"), html.encode())
    assert (article.title, article.author) == ("Bridge opens", None)
    assert article.text.startswith("Monday was the hottest day")
    assert "The mayor walked with a class." in article.text
    named = html.replace('rel=""', 'rel="nofollow" itemprop="author"')
    assert load(Path("/a/x.html"), named.encode()).author == "a class"


@pytest.mark.parametrize(
    "said",
    [
        "Tue, 04 Mar 2025 99999999999:00:00 +0000",
        "Tue, 99 Mar 2025 09:00:00 +0000",
        "Tue, 04 Mar 99999 09:00:00 +0000",
        "Tue, 04 Mar 2025 09:00:00 +9999999999",
        "yesterday",
    ],
)
def test_a_mail_whose_date_cannot_be_is_read_without_one(said: str) -> None:
    data = f"Date: {said}\nFrom: Desk <d@n.example>\nSubject: Ferry\n\nThe ferry of Rosehill runs twice a day."
    article = load(Path("/a/x.eml"), data.encode())
    assert (article.title, article.publisher, article.published) == ("Ferry", "Desk", None)
    assert article.text == "The ferry of Rosehill runs twice a day."


def test_a_mail_with_a_sender_that_cannot_be_read_keeps_its_words() -> None:
    mail = EmailMessage()
    mail["Subject"] = "Ferry"
    mail.set_content("The ferry of Rosehill runs twice a day.")
    for sender in (b"From: <", b'From: "', b"From: @@,;:<>", b"From: =?utf-8?b?////?= <a@b>", b"From: \xff\xfe\x00"):
        assert load(Path("/a/x.eml"), sender + b"\n" + bytes(mail)).text == "The ferry of Rosehill runs twice a day."
