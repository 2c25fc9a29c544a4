"""Lists of articles: in order, a page at a time, narrowed down, counted; and the tags that they are narrowed by."""

import json
import sqlite3
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.storage.snapshots import article_of
from index import Article, Index, sync
from index.embed.passages import Entry
from index.load.loader import load
from index.store.listing import ALL, ListFilter, Listing
from index.types import Passage
from tests.conftest import Ran, write_article

WORDS = {
    "bridge": ("A bridge opens in Lisbon", "The footbridge over the inlet opened after four years.", "River Desk"),
    "rail": ("Night trains return", "The sleeper to Prague runs three nights a week.", "Rail Desk"),
    "ocean": ("Über den Ozean", "Die Fähre fährt wieder.", "Ärztezeitung"),
    "plain": ("zebra crossing", "Nothing but stripes.", None),
}
DAYS = {"bridge": date(2024, 3, 5), "rail": date(2025, 1, 20), "ocean": date(2024, 3, 28), "plain": None}
TAGS = {"bridge": ("Cities", "100% steel"), "rail": ("cities",), "ocean": ("Cities",), "plain": ()}


def entry(name: str) -> Entry:
    title, text, publisher = WORDS[name]
    article = Article(
        id=name,
        title=title,
        text=text,
        content_hash=name,
        publisher=publisher,
        published=DAYS[name],
        tags=TAGS[name],
        path=f"/a/{name}.md",
    )
    half = len(text) // 2
    passages = [Passage(f"{name}.0", name, 0, half), Passage(f"{name}.1", name, half, len(text))]
    return Entry(article, passages if name == "rail" else [Passage(f"{name}.0", name, 0, len(text))], name)


@pytest.fixture
def listing(tmp_path: Path) -> Listing:
    catalog = Index(tmp_path / "home").catalog
    catalog.write(entry(name) for name in WORDS)
    return catalog.listing


def ids(listing: Listing, wanted: ListFilter = ALL, **order: object) -> list[str]:
    return [listed.id for listed in listing.page(wanted, **order)]  # type: ignore[arg-type]


def test_a_list_is_in_the_order_asked_for_and_what_has_none_comes_last(listing: Listing) -> None:
    assert ids(listing) == ["rail", "ocean", "bridge", "plain"]
    assert ids(listing, order="published", descending=False) == ["bridge", "ocean", "rail", "plain"]
    assert ids(listing, order="title", descending=False) == ["bridge", "rail", "plain", "ocean"]
    assert ids(listing, order="publisher", descending=True) == ["ocean", "bridge", "rail", "plain"]
    assert ids(listing, order="passages")[0] == "rail"
    assert ids(listing, order="origin", descending=False) == ["bridge", "ocean", "plain", "rail"]
    assert ids(listing, order="tags", descending=False)[-1] == "plain"


def test_a_list_comes_in_pages_that_together_are_all_of_it(listing: Listing) -> None:
    pages = [ids(listing, order="title", limit=1, offset=place) for place in range(5)]
    assert [len(page) for page in pages] == [1, 1, 1, 1, 0]
    assert {one for page in pages for one in page} == set(WORDS)
    assert listing.count() == 4


def test_a_row_says_what_there_is_of_an_article(listing: Listing) -> None:
    (rail,) = listing.page(ListFilter(publisher="Rail Desk"))
    assert (rail.title, rail.published, rail.tags, rail.passages) == (
        "Night trains return",
        date(2025, 1, 20),
        ("cities",),
        2,
    )


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("bridge", {"bridge"}),
        ("BRIDGE lisbon", {"bridge"}),
        ("bridge prague", set()),
        ("sleep", {"rail"}),
        ("trai", {"rail"}),
        ("fähre", {"ocean"}),
        ("ÜBER", {"ocean"}),
        ("ärzte", {"ocean"}),
        ("desk", {"bridge", "rail"}),
        ("cities", {"bridge", "rail", "ocean"}),
        ("100%", {"bridge"}),
        ("%", {"bridge"}),
        ('"', set()),
        ("nights OR stripes", set()),
        ("", set(WORDS)),
    ],
)
def test_each_word_of_a_search_is_in_title_publisher_tags_or_text(
    listing: Listing, search: str, found: set[str]
) -> None:
    assert set(ids(listing, ListFilter(search=search))) == found
    assert set(listing.ids(ListFilter(search=search))) == found
    assert listing.count(ListFilter(search=search)) == len(found)
    assert set(listing.ids(listing.search(ListFilter(search=search)))) == found


def test_a_search_that_is_done_leaves_the_other_choices_open(listing: Listing) -> None:
    found = listing.search(ListFilter(search="cities", publisher="Rail Desk"))
    assert listing.ids(found) == ["rail"]
    assert listing.count(replace(found, publisher=None)) == 3


def test_filters_leave_only_what_they_name(listing: Listing) -> None:
    assert set(ids(listing, ListFilter(tag="Cities"))) == {"bridge", "ocean"}
    assert set(ids(listing, ListFilter(since=date(2024, 3, 28)))) == {"ocean", "rail"}
    assert set(ids(listing, ListFilter(until=date(2024, 3, 28)))) == {"ocean", "bridge"}
    assert ids(listing, ListFilter(undated=True)) == ["plain"]
    assert ids(listing, ListFilter(search="ferry", publisher="Rail Desk")) == []
    assert listing.existing(["rail", "nothing", "bridge"]) == ["rail", "bridge"]


def test_articles_are_counted_by_what_the_articles_have_in_common(listing: Listing) -> None:
    assert listing.publishers() == (("Rail Desk", 1), ("River Desk", 1), ("Ärztezeitung", 1))
    assert listing.tags() == (("Cities", 2), ("100% steel", 1), ("cities", 1))
    assert listing.months() == (((date(2024, 3, 1), 2), (date(2025, 1, 1), 1)), 1)
    assert listing.months(ListFilter(undated=True)) == ((), 1)
    assert listing.tags(ListFilter(search="ferry")) == ()


@pytest.mark.alone
def test_five_thousand_articles_are_listed_quickly(tmp_path: Path) -> None:
    catalog = Index(tmp_path / "home").catalog
    text = "The committee met again and talked about the harbour. " * 80
    catalog.write(
        Entry(
            Article(
                id=f"{number:05}",
                title=f"Meeting {number}",
                text=text,
                content_hash="x",
                publisher=f"Desk {number % 40}",
                published=date(2000 + number % 25, 1 + number % 12, 1),
                tags=(f"tag {number % 7}",),
            ),
            [Passage(f"{number:05}.0", f"{number:05}", 0, len(text))],
            "x",
        )
        for number in range(5_000)
    )
    began = time.perf_counter()
    for wanted in (ListFilter(), ListFilter(search="harb meeting"), ListFilter(tag="tag 3", since=date(2010, 1, 1))):
        catalog.listing.page(wanted, offset=50)
        catalog.listing.count(wanted)
        for counted in (catalog.listing.publishers, catalog.listing.tags, catalog.listing.months):
            counted(wanted)
    assert time.perf_counter() - began < 3


# ---- Tags ----


def test_tags_come_from_front_matter_in_any_shape_and_from_html() -> None:
    front = "tags: [Energy, Nord Stream]\nkeywords: energy, 2024; gas\ncategories: World\n"
    article = load(Path("/a/x.md"), f"---\ntitle: T\n{front}---\n\nThe text.\n".encode())
    assert article.tags == ("Energy", "Nord Stream", "2024", "gas", "World")
    untagged = load(Path("/a/x.md"), b"---\ntitle: T\ntags:\n---\n\nThe text.\n")
    assert untagged.tags == ()
    assert untagged.content_hash != article.content_hash
    body = "<p>Monday was the hottest day in the records of the climate service, which begin in 1940.</p>" * 4
    head = '<head><title>Heat</title><meta name="keywords" content="climate, heat"></head>'
    page = load(Path("/a/x.html"), f"<html>{head}<body><article>{body}</article></body></html>".encode())
    assert page.tags == ("climate", "heat")


def test_tags_are_kept_and_told(folder: Path, tmp_path: Path, run: object) -> None:
    file = folder / "bridge.md"
    file.write_text(file.read_text().replace("---\n", '---\ntags: ["Öl", "b"]\n', 1))
    index = Index(tmp_path / "home")
    sync(index, [folder])
    (bridge,) = index.catalog.listing.page(ListFilter(tag="Öl"))
    assert index.article(bridge.id).tags == ("Öl", "b")
    ran: Ran = run("articles", "--json", "--home", tmp_path / "home")  # type: ignore[operator]
    assert {one["title"]: one["tags"] for one in ran.data}["A bridge opens in Lisbon"] == ["Öl", "b"]


def test_an_article_kept_in_a_conversation_before_there_were_tags_is_still_read() -> None:
    fields = {"id": "x", "title": "T", "text": "One.", "content_hash": "h", "published": "2024-03-05"}
    assert article_of(fields).tags == ()
    assert article_of(json.loads(json.dumps({**fields, "tags": ("a", "b")}))).tags == ("a", "b")


def test_an_index_of_an_older_version_is_upgraded_and_learns_its_tags_without_embedding_what_has_none(
    folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    sync(Index(home), [folder])
    file = home / "catalog.db"
    with sqlite3.connect(file) as connection:
        connection.execute("DROP INDEX articles_listed")
        connection.execute("ALTER TABLE articles DROP COLUMN tags")
        connection.execute("ALTER TABLE articles DROP COLUMN pages")
        connection.execute("DROP TABLE files")
        connection.execute("UPDATE articles SET raw_hash = 'of an older version'")
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    write_article(folder / "rail.md", "Night trains return", "The sleeper runs.", tags="trains")
    index = Index(home)
    assert index.catalog.listing.count() == 3
    summary = sync(index, [folder])
    assert (summary.changed, summary.unchanged) == (1, 2)
    assert [listed.title for listed in index.catalog.listing.page(ListFilter(tag="trains"))] == ["Night trains return"]
