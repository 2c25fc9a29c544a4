"""What a page says of its article, in all the ways pages say it, and what pages say that cannot be used."""

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.load.loader import load, load_page
from tests.web_pages import TEXT, script

ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Heat record",
    "alternativeHeadline": "Nights warm faster than days &amp; it shows",
    "datePublished": "2024-07-23T23:30:00-05:00",
    "inLanguage": "en-GB",
    "author": [{"@type": "Person", "name": "Anna Quill"}, {"@type": "Person", "name": "By Bo Reed"}],
    "publisher": {"@type": "Organization", "name": "Wire Media"},
    "articleSection": ["Climate", "World"],
    "image": [{"@type": "ImageObject", "url": "/lead.jpg"}, "https://wire.example/other.jpg"],
}


def page(head: str = "", around: str = "", lang: str = "") -> Any:
    head = f"<title>Heat record</title>{head}"
    html = f"<html{lang}><head>{head}</head><body><article><h1>Heat record</h1>{around}{TEXT}</article></body></html>"
    return load_page("https://wire.example/heat", html.encode(), "text/html")


def in_graph() -> dict[str, object]:
    people: list[dict[str, object]] = [{"@type": "Person", "@id": "#a", "name": "Anna Quill"}]
    people += [{"@type": "Person", "@id": "#b", "name": "Bo Reed"}]
    press = {"@type": "Organization", "@id": "#p", "name": "Wire Media"}
    article = {**ARTICLE, "author": [{"@id": "#a"}, {"@id": "#b"}], "publisher": {"@id": "#p"}}
    return {"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, *people, press, article]}


@pytest.mark.parametrize(
    "linked",
    [
        ARTICLE,
        [{"@type": "BreadcrumbList"}, ARTICLE],
        in_graph(),
        {"@type": "WebPage", "mainEntity": {**ARTICLE, "@type": ["Thing", "ReportageNewsArticle"]}},
        "<!--\n" + json.dumps(ARTICLE).replace("Anna Quill", "Anna\nQuill") + ";\n-->",
    ],
    ids=["alone", "in a list", "in @graph", "as the main entity", "wrapped"],
)
def test_json_ld_tells_what_an_article_is(linked: object) -> None:
    article = page(script(linked))
    assert article.subtitle == "Nights warm faster than days & it shows"
    assert article.author == "Anna Quill, Bo Reed"
    assert (article.publisher, article.section, article.language) == ("Wire Media", "Climate", "en")
    assert article.published == date(2024, 7, 23)
    assert article.image == "https://wire.example/lead.jpg"


def test_the_article_of_this_page_is_told_from_others_that_it_leads_to() -> None:
    other = {"@type": "NewsArticle", "url": "https://wire.example/other", "articleSection": "Sport"}
    own = {
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@id": "https://wire.example/heat"},
        "articleSection": "Climate",
    }
    assert page(script([other, own])).section == "Climate"


@pytest.mark.parametrize(
    "own",
    [
        {"url": "https://www.wire.example/heat/", "headline": "Worded otherwise"},
        {"@id": "https://wire.example/heat#article", "headline": "Worded otherwise"},
        {"headline": "Heat Record"},
        {"headline": "Heat record – The Wire", "url": "https://amp.wire.example/1"},
        {"name": "Heat record"},
    ],
)
def test_another_story_gives_nothing_wherever_it_stands(own: dict[str, str]) -> None:
    other = {**ARTICLE, "headline": "Bakery burns down", "url": "https://wire.example/bakery", "author": "Wilma Wrong"}
    mine = {"@type": "NewsArticle", "author": {"name": "Anna Quill"}, "datePublished": "2025-03-04", **own}
    for both in ([other, mine], [mine, other]):
        article = page(script(both))
        assert (article.author, article.published, article.section) == ("Anna Quill", date(2025, 3, 4), None)
    article = page(script(other))
    assert (article.author, article.published, article.subtitle) == (None, None, None)


@pytest.mark.parametrize(
    "line",
    [
        "By Anna Quill, 4 March 2025 09:00",
        "Anna Quill on March 4, 2025",
        "Published Tue 4 March 2025 9:00 am EST by Anna Quill",
        "Anna Quill · 2025-03-04T09:00",
    ],
)
def test_a_time_stamp_is_no_part_of_a_name(line: str) -> None:
    assert page(around=f'<p class="byline">{line}</p>').author == "Anna Quill"
    assert page(f'<meta name="author" content="{line}">').author == "Anna Quill"


def test_a_byline_made_to_be_read_in_many_ways_is_read_in_one() -> None:
    began = time.process_time()
    name = f"A{'!' * 60}B"
    assert page(f'<meta name="author" content="{name}, 4 March 2025">').author == name
    assert time.process_time() - began < 2


def test_meta_elements_tell_it_where_there_is_no_json_ld() -> None:
    said = {
        "og:site_name": "The Wire",
        "og:description": "Nights warm faster.",
        "og:locale": "de_AT",
        "og:image": "https://wire.example/a.jpg?w=1",
        "article:section": "Climate",
        "article:published_time": "2024-07-23T08:00:00Z",
        "author": "Anna Quill",
    }
    article = page("".join(f'<meta property="{name}" content="{value}">' for name, value in said.items()))
    assert (article.subtitle, article.publisher, article.author) == ("Nights warm faster.", "The Wire", "Anna Quill")
    # Its text is English, whatever the template declares.
    assert (article.language, article.section) == ("en", "Climate")
    assert (article.published, article.image) == (date(2024, 7, 23), "https://wire.example/a.jpg?w=1")


def test_what_a_reader_sees_tells_it_too() -> None:
    around = (
        '<p class="article__standfirst">Nights warm faster.</p><span class="byline">By <a rel="author">Anna Quill</a>'
        '</span><time itemprop="datePublished" datetime="2024-07-23T08:00">Tuesday</time>'
    )
    article = page(around=around, lang=' lang="en"')
    assert (article.subtitle, article.author, article.language) == ("Nights warm faster.", "Anna Quill", "en")
    assert article.published == date(2024, 7, 23)


def test_the_standfirst_of_another_article_below_is_not_taken() -> None:
    long = "<p>" + "The report goes on for a long while, and says what everybody knows. " * 3 + "</p>"
    teaser = '<div class="card"><p class="standfirst">Something else.</p><span class="byline">By Someone</span></div>'
    article = page(around=f"<aside>{teaser}</aside>{long}<div>{teaser}</div>")
    assert article.subtitle is None


@pytest.mark.parametrize(
    "description",
    ["Heat record", "Monday was the hottest day in the records", "Something new that was cut of…", "x" * 5_000, " "],
)
def test_a_description_that_says_nothing_new_or_was_cut_is_no_subtitle(description: str) -> None:
    assert page(f'<meta name="description" content="{description}">').subtitle is None


@pytest.mark.parametrize(
    "image",
    [
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        "ftp://a.example/x",
        "//user@a.example/x",
        "http://[",
        "a b",
        7,
    ],
)
def test_an_image_that_is_no_web_address_is_left_out(image: object) -> None:
    article = page(script({**ARTICLE, "image": image}))
    assert article.image in (None, "https://wire.example/a%20b")
    assert article.section == "Climate"


@pytest.mark.alone
@pytest.mark.parametrize(
    "hostile",
    [
        "{" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        "[" * 400 + "]" * 400,
        '{"@type": "NewsArticle", "datePublished": ' + "9" * 5_000 + "}",
        {"@type": "NewsArticle", "author": {"name": {"name": [1]}}, "publisher": 4, "inLanguage": {}, "image": [[]]},
        {"@type": "NewsArticle", "datePublished": "9999-99-99", "articleSection": [None], "description": ["x", 1]},
        {"@type": {"@type": "NewsArticle"}, "@id": [1], "author": "x"},
        {"@graph": [{"@type": "NewsArticle", "author": {"@id": "#a"}, "@id": "#a"}]},
        {"@type": "NewsArticle", "author": [{"name": "n" * 400}] * 1_000, "image": "x" * 30_000},
        "null",
        "\ud800",
        "",
    ],
    ids=range(12),
)
def test_json_ld_that_is_broken_or_hostile_leaves_the_article_and_takes_no_time(hostile: object) -> None:
    shown = hostile if isinstance(hostile, str) else json.dumps(hostile)
    began = time.perf_counter()
    article = page(script(shown.encode("utf-8", "replace").decode()) * 3)
    assert article.title == "Heat record"
    assert len(article.text) > 200
    assert article.published is None or article.published.year < 2100
    assert time.perf_counter() - began < 10


def test_markup_in_metadata_becomes_plain_text() -> None:
    said = {
        **ARTICLE,
        "description": "",
        "alternativeHeadline": "&lt;b&gt;Nights&lt;/b&gt; warm <script>x()</scr" + "ipt>",
    }
    assert page(script(json.dumps(said).replace("</", "<\\/"))).subtitle == "Nights warm"


@pytest.mark.parametrize(
    "line",
    [
        "Ada Quill 2 hours ago 5 min read",
        "By Ada Quill, vor 3 Stunden",
        "Ada Quill 04/03/2025 - 11:20",
        "By Ada Quill 3d",
    ],
)
def test_a_name_ends_where_a_number_begins(line: str) -> None:
    page = f"<html><body><article><h1>Ferry</h1><p class='byline'>{line}</p>{TEXT}</article></body></html>"
    assert load(Path("/a/x.html"), page.encode()).author == "Ada Quill"


@pytest.mark.parametrize(
    "author",
    [
        {"0": {"name": "Ada Quill"}},
        {"name": {"@value": "Ada Quill", "@language": "en"}},
        [{"a": {"name": "Ada Quill"}}],
    ],
)
def test_authors_may_be_objects_of_any_shape(author: object) -> None:
    linked = json.dumps({"@type": "NewsArticle", "headline": "Ferry", "author": author})
    head = f"<title>Ferry</title><script type='application/ld+json'>{linked}</script>"
    page = f"<html><head>{head}</head><body><article><h1>Ferry</h1>{TEXT}</article></body></html>"
    assert load(Path("/a/x.html"), page.encode()).author == "Ada Quill"


@pytest.mark.parametrize("title", ["Tom &amp; Ann", "Tom &amp;amp; Ann", "<b>Tom</b> &amp; Ann", "Tom &#38; Ann"])
def test_fields_that_were_written_for_a_page_are_plain_in_every_kind(title: str) -> None:
    text = f'---\ntitle: "{title}"\nauthor: "{title}"\n---\n\nThe mill at Rosehill was built in 1871.'
    article = load(Path("/a/x.md"), text.encode())
    assert (article.title, article.author) == ("Tom & Ann", "Tom & Ann")


def test_front_matter_may_be_an_object_in_json() -> None:
    fields = {"title": "Mill", "date": "2025-03-04", "author": {"first": "Ada", "last": "Quill"}}
    text = f"{json.dumps(fields, indent=1)}\n\nIt was built in 1871."
    article = load(Path("/a/x.md"), text.encode())
    assert (article.title, article.author, article.published) == ("Mill", "Ada Quill", date(2025, 3, 4))
    assert article.text == "It was built in 1871."
