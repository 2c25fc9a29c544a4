"""What is read from a feed, whoever wrote it."""

import gzip
import time
from contextlib import suppress
from datetime import date

import pytest

from index.errors import FetchError
from index.load.html import canonical_link, plain_text
from index.load.loader import load_page
from index.web.feeds import MAX_ENTRIES, read_feed
from tests.web_pages import ATOM, FROM, JSON, RSS


def read(text: str | bytes) -> list[tuple[str, str, date | None, bool]]:
    feed = read_feed(FROM, text.encode() if isinstance(text, str) else text)
    assert feed
    return [(entry.address, entry.title, entry.published, entry.page is not None) for entry in feed.entries]


def test_rss_gives_its_entries_and_the_articles_it_carries() -> None:
    assert read(RSS) == [
        ("https://wire.example/flood", "Rain & flood", date(2024, 3, 5), True),
        ("https://wire.example/drought", "Drought", None, False),
    ]


def test_atom_gives_its_entries_and_a_summary_is_no_article() -> None:
    assert read(ATOM) == [
        ("https://wire.example/unrest", "Unrest", date(2024, 3, 5), True),
        ("https://wire.example/calm", "Calm", None, False),
    ]


def test_json_feed_gives_its_entries_and_counts_those_without_an_address() -> None:
    assert read(JSON) == [
        ("https://wire.example/one", "One", None, True),
        ("https://wire.example/two", "", date(2024, 3, 5), False),
    ]
    feed = read_feed(FROM, JSON.encode())
    assert feed
    assert feed.unusable == 1


def test_an_article_that_is_cut_short_is_to_be_fetched() -> None:
    for end in ("[…]", "... ", "Continue reading →", "Read more"):
        assert not read(RSS.replace("</p>]]>", f" {end}</p>]]>"))[0][3]


def sitemap(addresses: list[str]) -> str:
    places = "".join(f"<url><loc> {address} </loc></url>" for address in addresses)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'


def test_a_sitemap_gives_its_addresses_packed_or_not_and_no_more_than_the_limit() -> None:
    two = sitemap(["https://wire.example/a", "https://wire.example/b", "https://wire.example/a"])
    assert [entry[0] for entry in read(two)] == ["https://wire.example/a", "https://wire.example/b"]
    assert read(gzip.compress(two.encode())) == read(two)
    feed = read_feed(FROM, sitemap([f"https://wire.example/{n}" for n in range(MAX_ENTRIES + 7)]).encode())
    assert feed
    assert (len(feed.entries), feed.left_out) == (MAX_ENTRIES, 7)


def test_an_index_of_sitemaps_is_told_from_a_sitemap() -> None:
    text = "<sitemapindex><sitemap><loc>https://wire.example/1.xml</loc></sitemap></sitemapindex>"
    feed = read_feed(FROM, text.encode())
    assert feed
    assert feed.kind == "sitemaps"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "http://u:p@e.org/"])
def test_a_link_that_is_no_web_address_is_passed_over(link: str) -> None:
    assert [entry[0] for entry in read(RSS.replace("/flood", link))] == ["https://wire.example/drought"]


def test_what_a_hostile_feed_says_is_plain_text() -> None:
    hostile = RSS.replace("Rain &amp;amp; flood", "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img onerror=x&gt;Rain")
    assert read(hostile)[0][1] == "Rain"
    feed = read_feed(FROM, RSS.replace("<p>The river", "<script>alert(1)</script><p>The river").encode())
    assert feed
    assert feed.entries[0].page
    assert "alert" not in load_page(f"{FROM}/1", feed.entries[0].page, "text/html").text


@pytest.mark.parametrize("root", ["rss", "urlset", "sitemapindex"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_declares_entities_is_refused_unread(root: str, encoding: str) -> None:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    text = (
        f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "ha">{laughs}]><{root}><url><loc>&l9;</loc></url></{root}>'
    )
    with pytest.raises(FetchError, match="declares entities"):
        read_feed(FROM, text.encode(encoding))


def test_a_packed_sitemap_that_unpacks_without_end_is_refused() -> None:
    with pytest.raises(FetchError, match="unpacks to more than 50 MB"):
        read_feed(FROM, gzip.compress(b"<urlset>" + b" " * 60_000_000))


@pytest.mark.parametrize(
    "text", ["<rss x:y=''><x:z/></rss>", '{"version": "https://jsonfeed.org/version/1", "items": 3}']
)
def test_a_damaged_feed_is_named(text: str) -> None:
    with pytest.raises(FetchError, match=f"{FROM} is a damaged"):
        read_feed(FROM, text.encode())


@pytest.mark.parametrize("text", ["<html><body>x</body></html>", "Plain words.", "", '{"a": 1}', "[1]", "<svg/>", "\0"])
def test_what_is_no_feed_is_none(text: str) -> None:
    assert read_feed(FROM, text.encode()) is None


@pytest.mark.alone
def test_a_beginning_made_to_be_read_in_many_ways_costs_no_time() -> None:
    began = time.perf_counter()
    for part in ("<? ?>", "<!-- -->", " ", "<!DOCTYPE a>", "<!DOCTYPE a ["):
        read_feed(FROM, part.encode() * 20_000)
    assert time.perf_counter() - began < 5


@pytest.mark.alone
@pytest.mark.parametrize("part", ["<", "<!--", "</", "<a b='", "<![CDATA[", "&", "<b>"])
def test_markup_made_to_be_slow_to_read_is_not(part: str) -> None:
    began = time.perf_counter()
    many = part * (100_000 // len(part))
    plain_text(many)
    canonical_link(f"<html><head>{many}")
    with suppress(FetchError):
        read_feed(FROM, f"<rss><channel><item><title>{many}".encode())
    assert time.perf_counter() - began < 5


def test_a_feed_that_is_not_well_formed_is_read_as_far_as_it_goes() -> None:
    assert [entry[0] for entry in read(RSS.replace("A teaser only.", "A&nbsp;teaser & <br> more &what;"))] == [
        "https://wire.example/flood",
        "https://wire.example/drought",
    ]


def test_an_ampersand_that_is_not_escaped_belongs_to_the_address() -> None:
    item = "<title>Tom & Ann</title><link>https://n.example/story?a=1&b=2</link><pubDate>2016/6/29 15:07:41</pubDate>"
    marked = "<title>A</title><link><![CDATA[https://n.example/x?a=1&copy=2&amp=3]]></link>"
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><item>{item}</item><item>{marked}</item></channel></rss>'
    assert read(text) == [
        ("https://n.example/story?a=1&b=2", "Tom & Ann", date(2016, 6, 29), False),
        ("https://n.example/x?a=1&copy=2&amp=3", "A", None, False),
    ]


def test_a_number_that_is_no_character_costs_that_alone() -> None:
    text = "<urlset><url><loc>https://n.example/a</loc><lastmod>&#xD800;&#x110000;</lastmod></url></urlset>"
    assert [address for address, *_ in read(text)] == ["https://n.example/a"]
