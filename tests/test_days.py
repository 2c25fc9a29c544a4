"""The day of an article is one that something says is its day; where nothing does there is none."""

from datetime import date
from pathlib import Path

import pytest

from index import Index, sync
from index.load.dates import day_in, day_in_address
from index.load.loader import load, load_page
from index.web.feeds import read_feed
from tests.web_pages import TEXT, script

AT = "https://wire.example/heat"
DAY = date(2024, 6, 3)


def published(around: str = "", head: str = "", address: str = AT, lang: str = "en") -> date | None:
    html = (
        f'<html lang="{lang}"><head><title>Heat record</title>{head}</head><body><nav><time datetime="2001-01-01">old'
        f'</time></nav><article><h1>Heat record</h1>{around}{TEXT}</article><aside><time datetime="2002-02-02">other'
        "</time></aside><footer>© 2009 Wire</footer></body></html>"
    )
    return load_page(address, html.encode(), "text/html").published


@pytest.mark.parametrize(
    "text",
    [
        "<p>The second boat was built in 1998 at the yard of Ember and needs a new engine before it sails again.</p>",
        "<p>The bridge opened on 3 June 2024.</p>",
        '<figure><img src="/2024/06/03/lead.jpg"><figcaption>Taken on 3 June 2024</figcaption></figure>',
        "<p>© 2009</p>",
        '<p class="updated">Updated 3 June 2024</p>',
        '<p class="event-date">3 June 2024</p>',
        '<div itemprop="dateModified"><time datetime="2024-06-03">3 June 2024</time></div>',
        '<p class="date">04/03/2025</p>',
        '<p class="meta">From 3 June 2024 to 5 June 2024</p>',
    ],
)
def test_a_day_that_a_text_tells_of_is_not_the_day_of_publication(text: str) -> None:
    assert published(text) is None


@pytest.mark.parametrize(
    ("around", "lang"),
    [
        ('<time datetime="2024-06-03T23:30:00-05:00">Monday</time>', "en"),
        ('<span itemprop="datePublished">3 June 2024</span>', "en"),
        ('<p class="byline">By Ada Quill | June 3, 2024 9:00 am</p>', "en"),
        ("<p>By Ada Quill, 3 June 2024</p>", "en"),
        ("<div>June 3, 2024</div>", "en"),
        ('<div class="entry-meta">Von Ada Quill am 3. Juni 2024</div>', "de"),
        ('<span class="postDate">3 de junio de 2024</span>', "es"),
        ('<span class="date">2024年6月3日</span>', "zh"),
        ('<span class="dateline">3 июня 2024</span>', "ru"),
    ],
)
def test_the_byline_says_the_day_in_the_words_of_the_page(around: str, lang: str) -> None:
    assert published(around, lang=lang) == DAY


def test_an_address_says_the_day_and_the_page_goes_before_it() -> None:
    assert published(address="https://wire.example/2024/06/03/heat") == DAY
    assert published(address="https://wire.example/2024/06/heat") is None
    linked = script({"@type": "NewsArticle", "datePublished": "2024-06-03T23:30:00-05:00"})
    assert published(head=linked, address="https://wire.example/2024/06/07/heat") == DAY
    assert published(head='<meta name="pubdate" content="2024-06-03T23:30:00Z">') == DAY


def test_a_file_without_a_day_has_none() -> None:
    html = f"<html><head><title>Second boat</title></head><body><article><h1>Second boat</h1>{TEXT}"
    assert (
        load(Path("/a/x.html"), f"{html}<p>It was built in 1998.</p></article></body></html>".encode()).published
        is None
    )


def test_the_day_a_feed_gives_stands_where_the_page_says_none() -> None:
    html = f"<html><body><article><h1>Heat</h1>{TEXT}<p>Built in 1998. © 2009</p></article></body></html>"
    assert load_page(AT, html.encode(), "text/html", published=DAY).published == DAY


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2016/6/29 15:07:41", date(2016, 6, 29)),
        ("Tue, 04 Mar 2025 23:30:00 -0500", date(2025, 3, 4)),
        ("Wed, 05 Mar 2025 00:30:00 +0900", date(2025, 3, 5)),
        ("2025-03-04T23:30:00-05:00", date(2025, 3, 4)),
        ("Tue, 4 Mar 25 09:00:00 GMT", date(2025, 3, 4)),
        ("20250304", date(2025, 3, 4)),
        ("04/03/2025", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_feed_gives_the_day_as_it_was_where_it_was_written(said: str, day: date | None) -> None:
    item = f"<item><title>T</title><link>https://wire.example/a</link><pubDate>{said}</pubDate></item>"
    feed = read_feed(AT, f'<rss version="2.0"><channel>{item}</channel></rss>'.encode())
    assert feed
    assert feed.entries[0].published == day


def test_what_could_be_two_days_is_none() -> None:
    assert (day_in("6/29/2016"), day_in("29/6/2016"), day_in("4/4/2025")) == (
        date(2016, 6, 29),
        date(2016, 6, 29),
        date(2025, 4, 4),
    )
    for said in ("4/3/2025", "2024-06-03 or 2024-06-04", "1999-13-45", "version 12.1.2", "1 May 3024", "06/2024", None):
        assert day_in(said) is None
    assert day_in_address("https://wire.example/2024/06/03/2024-06-04-x") is None
    assert day_in_address("https://wire.example/x?from=/2024/06/03/") is None


def test_sept_is_september_and_mai_is_may_where_german_is_spoken() -> None:
    assert (day_in("Sept. 4, 2025"), day_in("4. Mai 2025", "de"), day_in("4. Mai 2025", "nonsense")) == (
        date(2025, 9, 4),
        date(2025, 5, 4),
        None,
    )


@pytest.mark.parametrize(
    ("around", "day"),
    [
        ("<p>The ferry starts on <time datetime='2026-05-01'>1 May</time>.</p>", None),
        ("<p class='byline'>Updated June 9, 2024</p>", None),
        ("<p>Updated <time datetime='2024-06-09'>9 June</time></p>", None),
        ("<p class='byline'>By Ada Quill | Published June 3, 2024 | Updated June 9, 2024</p>", DAY),
        ("<p class='meta'>Updated June 9, 2024 | Published June 3, 2024</p>", DAY),
        ("<p class='meta'>Posted on <time>3 June 2024</time></p>", DAY),
    ],
)
def test_a_day_of_a_change_or_of_what_is_told_is_not_that_of_publication(around: str, day: date | None) -> None:
    assert published(around) == day


def test_a_word_document_that_a_program_made_has_not_the_day_of_its_template(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("The mill at Rosehill was built in 1871.")
    document.save(str(tmp_path / "a.docx"))
    assert load(tmp_path / "a.docx", (tmp_path / "a.docx").read_bytes()).published is None


@pytest.mark.parametrize(
    ("head", "around", "dated_by"),
    [
        ('<meta property="article:published_time" content="2024-06-03">', "", "meta"),
        ("", '<time datetime="2024-06-03">Monday</time>', "time"),
        ("", "<p class='byline'>By Ada Quill, 3 June 2024</p>", "byline"),
        ("", "", None),
    ],
)
def test_a_day_is_kept_with_where_it_was_read(head: str, around: str, dated_by: str | None) -> None:
    told = "<p>The board of Rosehill met and decided that the ferry will run twice a day from May on.</p>" * 2
    page = f"<html><head>{head}</head><body><article><h1>Ferry</h1>{around}{told}</article></body></html>"
    assert load(Path("/a/x.html"), page.encode()).dated_by == dated_by
    listed = load_page("https://wire.example/ferry", page.encode(), "text/html", published=DAY)
    assert (listed.published, listed.dated_by) == (DAY, dated_by or "feed")


def test_where_a_day_was_read_is_in_the_index(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: Mill\ndate: 2024-06-03\n---\n\nThe mill was built in 1871.")
    index = Index(tmp_path / "home")
    sync(index, [tmp_path / "a.md"])
    assert [(one.published, one.dated_by) for one in index.catalog.articles()] == [(DAY, "front matter")]
