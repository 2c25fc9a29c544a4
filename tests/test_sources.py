"""The sources pane in a real browser: from quote to quote, what a mark stands for, and the way to the original."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.web.page import view_models as views
from index import Index
from tests.browsing import Visits, ask
from tests.conftest import BRIDGE, MakeIndex, put_article, write_article
from tests.serving import running

SHIFT = "Who drove the policy shift?"


@pytest.fixture
def page(visit: Visits, assistant: Assistant) -> Iterator[Page]:
    with running(assistant) as address:
        page = visit(address)
        ask(page, SHIFT)
        yield page
        page.context.close()


def test_the_reader_goes_from_quote_to_quote(page: Page) -> None:
    page.locator(".mark").first.click()
    pane = page.locator("#sources-pane")
    expect(pane.locator(".steps")).to_contain_text("1 of 2")
    expect(pane.get_by_role("button", name="Previous quote")).to_have_count(0)
    pane.get_by_role("button", name="Next quote").click()
    expect(pane.locator(".steps")).to_contain_text("2 of 2")
    expect(pane.locator("mark.pressed")).to_have_attribute("data-numbers", "2")
    expect(pane.locator("mark.pressed")).to_be_in_viewport()
    expect(page.locator(".mark[aria-current]")).to_have_text("2")
    expect(pane.get_by_role("button", name="Next quote")).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    pane.get_by_role("button", name="Previous quote").focus()
    page.keyboard.press("Enter")
    expect(pane.locator("mark.pressed")).to_have_attribute("data-numbers", "1")


def test_a_mark_that_is_pointed_at_shows_its_quote_and_escape_takes_it_away(page: Page) -> None:
    peek, mark = page.get_by_role("tooltip"), page.locator(".mark").first
    quote = page.locator(".quoted q").first.inner_text().strip("“”")
    mark.hover()
    expect(peek).to_have_text(quote)
    peek.hover()
    page.wait_for_timeout(400)
    expect(peek).to_be_visible()
    page.keyboard.press("Escape")
    expect(peek).to_be_hidden()
    page.mouse.move(5, 5)
    page.locator("#question textarea").focus()
    page.keyboard.press("Shift+Tab")
    while not mark.evaluate("mark => mark === document.activeElement"):
        page.keyboard.press("Shift+Tab")
    expect(peek).to_have_text(quote)
    expect(mark).to_have_attribute("aria-describedby", "peek")
    page.keyboard.press("Enter")
    expect(page.locator("mark.pressed").first).to_be_visible()
    expect(peek).to_be_hidden()


def test_confidence_is_a_bar_that_says_what_it_means(page: Page) -> None:
    shown = page.locator(".confidence")
    share = shown.inner_text().split()[1]
    filled, whole = (page.locator(one).bounding_box() for one in (".gauge > span", ".gauge"))
    assert filled
    assert whole
    assert filled["width"] / whole["width"] == pytest.approx(float(share.rstrip("%")) / 100, abs=0.05)
    shown.hover()
    expect(page.get_by_role("tooltip")).to_contain_text("How often a best sentence scored like this one did answer")


def test_the_original_opens_at_the_quote(
    visit: Visits, tmp_path_factory: pytest.TempPathFactory, make_index: MakeIndex
) -> None:
    folder = tmp_path_factory.mktemp("linked")
    write_article(folder / "bridge.md", "A bridge opens in Lisbon", BRIDGE, url="https://news.example/bridge?a=1")
    with running(Assistant(Settings(home=make_index(folder)))) as address:
        page = visit(address)
        ask(page, "How long is the footbridge?")
        page.locator(".mark").first.click()
        link = page.get_by_role("link", name="Read the original at this place")
        # The quote has two sentences: the second says how long, the one before it what.
        ends = "The%20footbridge%20over%20the%20Tagus,It%20is%20412%20metres%20long."
        expect(link).to_have_attribute("href", f"https://news.example/bridge?a=1#:~:text={ends}")
        page.context.close()


def test_the_subtitle_and_the_section_stand_under_the_headline(visit: Visits, tmp_path: Path) -> None:
    told = {"subtitle": "It cost <b>38 million</b>.", "section": "City", "image": "https://news.example/lead.jpg"}
    with Index(tmp_path) as index:
        put_article(index, title="A bridge opens in Lisbon", text=BRIDGE, publisher="River Desk", **told)
    with running(Assistant(Settings(home=tmp_path))) as address:
        page = visit(address)
        asked_for: list[str] = []
        page.on("request", lambda request: asked_for.append(request.url))
        ask(page, "How long is the footbridge?")
        page.locator(".mark").first.click()
        header = page.locator("#sources-pane .reader header")
        expect(header.locator(".standfirst")).to_have_text("It cost <b>38 million</b>.")
        expect(header.locator(".byline")).to_contain_text("City")
        assert not [url for url in asked_for if not url.startswith(address)]
        page.context.close()


def test_who_else_has_the_words_of_a_quote_stands_beside_its_article(visit: Visits, tmp_path: Path) -> None:
    with Index(tmp_path) as index:
        for name, publisher, day in (("a", "River Desk", 5), ("b", "<b>Paper</b>", 6)):
            text, published = f"{BRIDGE} It is painted {name * 3}.", date(2024, 3, day)
            put_article(index, title=f"A bridge opens {name}", text=text, publisher=publisher, published=published)
    with running(Assistant(Settings(home=tmp_path))) as address:
        page = visit(address)
        ask(page, "How long is the footbridge?")
        expect(page.locator("#sources-pane .card .also-in").first).to_have_text("Also in: <b>Paper</b>")
        page.locator(".mark").first.click()
        expect(page.locator("#sources-pane .reader .also-in")).to_have_text("Also in: <b>Paper</b>")
        page.context.close()


@pytest.mark.parametrize(
    ("url", "words", "page", "expected"),
    [
        ("https://a.example/", "Five & six, 7-8", None, "https://a.example/#:~:text=Five%20%26%20six%2C%207%2D8"),
        ("https://a.example/#top", "Five", 3, "https://a.example/#top:~:text=Five"),
        (
            "https://a.example/",
            "a b c d e f g h i j k l m",
            None,
            "https://a.example/#:~:text=a%20b%20c%20d%20e,i%20j%20k%20l%20m",
        ),
        (
            "https://a.example/",
            "One two.\n\nThree.",
            None,
            "https://a.example/#:~:text=One%20two.,Three.",
        ),
        ("https://a.example/b.pdf", "Five", 3, "https://a.example/b.pdf#page=3:~:text=Five"),
    ],
)
def test_a_link_to_a_place_names_its_words_and_its_page(url: str, words: str, page: int | None, expected: str) -> None:
    assert views.at_quote(url, words, page) == expected
