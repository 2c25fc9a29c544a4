"""What a page puts around and into its article is left out, and the article stays whole, tables and lists included."""

import gzip
from pathlib import Path

import pytest
from lxml.html import fromstring

from benchmarks.extraction import EXTRACTORS, SAMPLES, product, run, worse
from benchmarks.extraction_suites import Suite, marked, matched, read_suite
from index.load.boilerplate import prune
from index.load.html_story import Story
from index.load.loader import load_page

PARAGRAPHS = [
    "The harbour authority will raise the sea wall by 1.4 metres before the winter of 2027, it said on Tuesday.",
    "Water stood 40 centimetres above the quay in the storm of last January, the highest mark since 1911.",
    "Divers will look at the foundations first, since two sections of the old wall stand on timber piles.",
    "Ships can use all berths while the wall is raised, but the fish market moves for eighteen months.",
    "A second stage, with gates across the river mouth, was left out, for it would have doubled the price.",
]


def text_of(*blocks: str) -> str:
    html = f"<html><body><article><h1>The wall</h1>{''.join(blocks)}</article></body></html>"
    return load_page("https://coast.example/wall", html.encode(), "text/html").text


def pruned(body: str) -> str:
    root = fromstring(f"<html><body>{body}</body></html>")
    prune(root)
    return str(root.text_content())


def p(*paragraphs: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


@pytest.mark.parametrize(
    "box",
    [
        '<div class="newsletter-signup"><p>{}</p></div>',
        '<div class="c-NewsletterBox"><p>{}</p></div>',
        '<div class="share-bar"><p>{}</p></div>',
        '<ul class="social-links"><li>{}</li></ul>',
        '<section id="related"><p>{}</p></section>',
        '<section aria-label="Related stories"><p>{}</p></section>',
        '<div role="toolbar"><p>{}</p></div>',
        '<div role="dialog" class="cookie-consent"><p>{}</p></div>',
        '<div data-component="promo"><p>{}</p></div>',
        '<div class="disclaimer"><p>{}</p></div>',
        '<div id="comments"><p>{}</p></div>',
        '<p class="reading-time">{}</p>',
        "<aside><p>Read also: {}</p></aside>",
        '<p>Lesen Sie auch: <a href="/x">{}</a></p>',
    ],
)
def test_a_box_named_for_what_it_is_is_left_out(box: str) -> None:
    words = "Whoever wants to know more than this will find it there, every morning at six, free of charge."
    text = text_of(p(*PARAGRAPHS[:2]), box.format(words), p(*PARAGRAPHS[2:]))
    assert text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "name",
    [
        "share-price",
        "social-issues",
        "newsletter-enabled",
        "promo-free",
        "has-comments",
        "no-ads",
        "paywall",
        "premium-content",
        "advertising-market",
        "cookie-recipe",
    ],
)
def test_a_part_of_the_article_stays_whatever_its_name_reminds_of(name: str) -> None:
    body = "".join((p(*PARAGRAPHS[:2]), f'<div class="{name}">{p(PARAGRAPHS[2])}</div>', p(*PARAGRAPHS[3:])))
    assert pruned(body) == "".join(PARAGRAPHS)


def test_the_article_stays_though_the_part_that_holds_it_is_named_like_furniture() -> None:
    for name in ("related promo newsletter", "comments", "sharing"):
        assert pruned(f'<div class="{name}">{p(*PARAGRAPHS)}</div>') == "".join(PARAGRAPHS)


def test_a_link_within_a_sentence_stays() -> None:
    linked = PARAGRAPHS[1].replace("the storm", '<a class="related-link" href="/s">the storm</a>')
    assert text_of(p(PARAGRAPHS[0], linked, *PARAGRAPHS[2:])) == "\n\n".join(PARAGRAPHS)


def test_the_rows_of_a_table_and_the_items_of_a_list_stand_on_lines() -> None:
    rows = "<tr><td>North | old</td><td>3.1 m</td></tr><tr><td></td><td>4 m</td></tr>"
    table = f"<table><tr><th>Quay</th><th>Height</th></tr>{rows}</table>"
    items = "<ul><li>Divers look at the foundations.</li><li>The fish market moves.</li></ul>"
    text = text_of(p(*PARAGRAPHS[:2]), table, p(PARAGRAPHS[2]), items, p(*PARAGRAPHS[3:]))
    assert "\n\nQuay | Height\nNorth | old | 3.1 m\n| 4 m\n\n" in text
    assert "\n\n- Divers look at the foundations.\n- The fish market moves.\n\n" in text


def test_wide_rows_of_a_table_are_not_joined_like_wrapped_lines() -> None:
    cells = [
        (f"The {name} quay by the old customs house", "three metres and ten") for name in ("north", "south", "third")
    ]
    rows = "".join(f"<tr><td>{one}</td><td>{other}</td></tr>" for one, other in cells)
    text = text_of(p(*PARAGRAPHS[:3]), f"<table>{rows}</table>", p(*PARAGRAPHS[3:]))
    assert "\n".join(" | ".join(row) for row in cells) in text


def test_a_table_that_lays_out_the_page_is_no_table_of_the_article() -> None:
    side = '<td><a href="/">Home</a> <a href="/n">News</a></td>'
    html = f"<html><body><table><tr>{side}<td><h1>The wall</h1>{p(*PARAGRAPHS)}</td>{side}</tr></table></body></html>"
    text = load_page("https://coast.example/wall", html.encode(), "text/html").text
    assert all(f"{paragraph}" in text.split("\n\n") for paragraph in PARAGRAPHS)
    assert "Home" not in text


# --- the scorer


@pytest.mark.parametrize(
    ("true", "read", "expected"),
    [
        ("a b c d e", "a b c d e", (1, 0, 0)),
        ("a b c d e", "", (0, 0, 1)),
        ("", "a b c d", (0, 1, 0)),
        ("a b", "a b", (1, 0, 0)),
        # Shingles abcd, bcde against abcd, bcdx: one in both, one on each side.
        ("a b c d e", "a b c d x", (1 / 3, 1 / 3, 1 / 3)),
        # One shingle that stands twice in one text and once in the other.
        ("a a a a a", "a a a a", (1 / 2, 0, 1 / 2)),
        ("One, two; THREE four.", "One two three four", (0, 1 / 2, 1 / 2)),
    ],
)
def test_texts_are_compared_by_shingles_of_four_words(true: str, read: str, expected: tuple[float, ...]) -> None:
    found = matched(true, read)
    assert (found.both, found.read, found.true) == pytest.approx(expected)


@pytest.mark.parametrize(
    "name",
    ["entry-content entry-content-read-more", "entry-content toc-container", "comments-on", "post-ad-free promo"],
)
def test_a_container_is_not_thrown_away_for_a_word_of_its_name(name: str) -> None:
    html = """<html><head><title>Rabbit catcher falls ill in Rosehill</title></head><body><article>
    <h1>Rabbit catcher falls ill in Rosehill</h1><div class="{}">{}</div></article>
    <div class="latest"><h2>Latest</h2>{}</div><ul>{}</ul></body></html>"""
    story = [
        "A rabbit catcher in Rosehill fell ill on Sunday after eating a wild hare, the county doctor said.",
        "Ada Quill, 55, is in hospital in Port Ember and twenty-eight people are being watched.",
    ]
    others = ["Two patients in Kelso were told to stay at home while the doctors look for the source of their fever."]
    teasers = "".join(
        f'<li><a href="/{n}">Teaser {n} about something else, with a long line</a></li>' for n in range(30)
    )
    html = html.format(name, p(*story), p(*others), teasers)
    text = load_page("https://coast.example/rabbit", html.encode(), "text/html").text
    assert text.startswith("\n\n".join(story))


def test_of_two_readings_of_a_page_the_one_of_its_own_story_is_taken() -> None:
    own = Story(
        ["Rabbit catcher falls ill", "A rabbit catcher in Rosehill fell ill on Sunday after eating a wild hare."]
    )
    assert own.told_by("A rabbit catcher in Rosehill fell ill on Sunday after eating a hare, the doctor said.")
    assert not own.told_by("Trams in Kelso stand still until Thursday because of a burst water main.")
    assert own.share("The rabbit catcher fell ill.") > own.share("Two patients in Kelso are ill.")
    assert not Story([None, "", "Ferry"]).told_by("The ferry runs twice a day.")


def test_each_page_counts_alike_and_f1_is_of_the_means() -> None:
    pages = [matched("a b c d", "a b c d"), matched("a b c d e", "a b c d x"), matched("a b c d", "")]
    # Nothing was read of the last page: it has no precision, and a recall of 0.
    precision, recall = (1 + 1 / 2) / 2, (1 + 1 / 2 + 0) / 3
    suite = Suite("any", ())
    found = suite.score(pages, 0)
    assert (found.precision, found.recall) == pytest.approx((precision, recall))
    assert found.f1 == pytest.approx(2 * precision * recall / (precision + recall))
    assert 0 < suite.score(pages, 200).f1_off < 1
    assert suite.score(pages, 200) == suite.score(pages, 200)


def test_marks_are_counted_over_all_pages() -> None:
    pages = [marked(["a  b", "c"], ["x"], "a b\nx"), marked(["d"], ["y"], "d e")]
    found = Suite("any", (), counted=True).score(pages, 0)
    assert (found.precision, found.recall) == pytest.approx((2 / 3, 2 / 3))


def test_a_page_that_is_worse_than_with_trafilatura_alone_is_named() -> None:
    whole, half, none = matched("a b c d e", "a b c d e"), matched("a b c d e", "a b c d"), matched("a b c d e", "")
    assert worse({"one": whole, "two": half}, {"one": none, "two": half}) == {"one": (1.0, 0.0)}


def test_each_suite_is_known_by_its_layout(tmp_path: Path) -> None:
    page = "<html><body><p>One two three four.</p></body></html>"
    articles, sentences, readable = tmp_path / "a", tmp_path / "b", tmp_path / "c"
    (articles / "html").mkdir(parents=True)
    (articles / "html" / "x.html.gz").write_bytes(gzip.compress(page.encode()))
    (articles / "ground-truth.json").write_text('{"x": {"articleBody": "One two three four."}}')
    (sentences / "tests" / "eval").mkdir(parents=True)
    (sentences / "tests" / "eval" / "x.html").write_text(page)
    (sentences / "tests" / "evaldata.json").write_text(
        '{"hard::x": {"file": "x.html", "with": ["two"], "without": ["z"]}}'
    )
    (readable / "test" / "test-pages" / "x").mkdir(parents=True)
    for name in ("source", "expected"):
        (readable / "test" / "test-pages" / "x" / f"{name}.html").write_text(page)
    for folder, counted in ((articles, False), (sentences, True), (readable, False)):
        suite = read_suite(folder)
        assert suite.counted == counted
        assert [found.f1 for found in run(suite, lambda *_: "One two three four.").values()] == [1.0]


def test_packed_pages_are_read_and_one_without_an_article_counts_as_read_empty(tmp_path: Path) -> None:
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"<html><body></body></html>"))
    (tmp_path / "ground-truth.json").write_text('{"a": {"articleBody": "a b c d"}}')
    assert run(read_suite(tmp_path), product)["a"].recall == 0


def test_the_product_reads_more_of_the_article_and_less_of_the_page_than_trafilatura_alone() -> None:
    suite = read_suite(SAMPLES)
    pages = {name: run(suite, extract) for name, extract in EXTRACTORS.items()}
    alone, ours = (suite.score(list(found.values()), 0) for found in pages.values())
    assert len(suite.pages) >= 12
    assert (ours.precision, ours.recall) >= (alone.precision, alone.recall)
    assert ours.recall >= alone.recall
    assert ours.f1 > 0.97
    for name, found in pages["the product"].items():
        assert found.recall >= pages["trafilatura alone"][name].recall, name
