"""The library in a real browser: every article, found, added, renewed, removed, and brought back."""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.web.page import histogram as chart
from assistant.web.page import library, uploads
from assistant.web.page import library_jobs as runs
from assistant.web.page.filters import MAX_ARTICLES
from assistant.web.page.html import Markup
from assistant.web.page.library_jobs import Addresses
from assistant.web.page.library_state import LibraryState
from index import Article, Index, Summary, sync, sync_addresses
from index.embed.passages import Entry
from index.ingest.progress import Progress
from index.store.listing import ALL
from index.types import Passage
from tests.browsing import CONTRAST, PATIENCE, Visits, ask, focused, sideways
from tests.conftest import BRIDGE, RAIL, put_article, write_article
from tests.serving import running
from tests.web_pages import WORDS, links_of
from tests.web_pages import page as web_page
from tests.web_server import MakeFetcher, ScriptedSite

SAMPLES = Path(__file__).parent / "samples"
EVIL = "<script>window.pwned = 1</script><img src=x onerror=alert(1)> {{constructor}} ${alert(2)}"
# What can be pressed in the library and is smaller than 24 pixels either way; a box is pressed by its label.
SMALL = """() => {
  const pressed = "#library-view :is(button, select, input:not([type=checkbox]), label:has(input[type=checkbox]))";
  const size = (one) => one.getBoundingClientRect();
  return [...document.querySelectorAll(pressed)]
    .filter((one) => one.checkVisibility() && (size(one).width < 24 || size(one).height < 24))
    .map((one) => `${one.outerHTML} ${size(one).width} x ${size(one).height}`);
}"""


# ---- Views ----


def test_one_view_is_shown_and_the_address_says_which(visit: Visits, address: str) -> None:
    page = visit(address)
    library, chat = page.locator("#library-view"), page.locator("#panes")
    expect(library).to_be_hidden()
    page.get_by_role("link", name="Library").click()
    expect(library).to_be_visible()
    expect(chat).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?view=library$"))
    expect(page).to_have_title("Library – Article assistant")
    expect(page.locator(".nav [aria-current=page]")).to_have_text("Library")
    page.go_back()
    expect(chat).to_be_visible()
    expect(library).to_be_hidden()
    expect(page).not_to_have_url(re.compile("view="))
    page.go_forward()
    expect(library).to_be_visible()


def test_an_address_opens_its_view_and_an_unknown_one_the_chat(visit: Visits, address: str) -> None:
    page = visit.open(f"{address}/?view=library")
    expect(page.locator("#library-view")).to_be_visible()
    page.locator(".nav a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_be_visible()
    assert focused(page, "textContent") == "Chat"
    page.goto(f"{address}/?view=<b>nothing")
    expect(page.locator("#question textarea")).to_be_visible()


def test_what_is_chosen_in_the_history_is_shown_in_the_chat(visit: Visits, address: str) -> None:
    page = visit(address)
    ask(page, "Who drove the policy shift?")
    to_library(page)
    expect(page).to_have_url(re.compile("chat=.+view=library"))
    page.locator(".history .open").first.click()
    expect(page.locator(".answer")).to_be_visible()
    to_library(page)
    page.get_by_role("button", name="New chat").click()
    expect(page.locator("#question textarea")).to_be_focused()


@pytest.mark.parametrize("width", [390, 900, 2560])
def test_the_library_fits_every_screen(visit: Visits, address: str, width: int) -> None:
    page = visit(address, width, 844)
    assert sideways(page) == 0
    to_library(page)
    assert sideways(page) == 0


# ---- The list ----


@pytest.fixture
def index(folder: Path, tmp_path: Path, assistant: Assistant) -> Index:
    """An index of three articles, with the embedding model loaded already."""
    home = tmp_path / "home"
    write_article(
        folder / "bridge.md",
        "A bridge opens in Lisbon",
        BRIDGE,
        publisher="River Desk",
        published="2024-03-05",
        tags="Cities, steel",
    )
    write_article(
        folder / "rail.md", "Night trains return", RAIL, publisher="Rail Desk", published="2025-01-20", tags="Cities"
    )
    index = Index(home)
    index._embedding = assistant.index.embedding
    sync(index, [folder])
    return index


@pytest.fixture
def served(index: Index) -> Iterator[str]:
    with serving(index) as address:
        yield address


def serving(index: Index, addresses: Addresses | None = None) -> AbstractContextManager[str]:
    asked = Assistant(Settings(home=index.home))
    asked.index = index
    return running(asked, addresses=addresses)


@pytest.fixture
def library_page(served: str, visit: Visits) -> Page:
    return opened(visit, served)


def opened(visit: Visits, address: str, width: int = 1280, height: int = 900, **options: Any) -> Page:
    page = visit.open(f"{address}/?view=library", width, height, **options)
    page.locator(".library-top h2").wait_for()
    return page


@contextmanager
def library_of(index: Index, visit: Visits, addresses: Addresses | None = None) -> Iterator[Page]:
    """Serve an index for one page, which is closed before the server is."""
    with serving(index, addresses) as address:
        page = opened(visit, address)
        yield page
        page.context.close()


def titles(page: Page) -> Locator:
    return page.locator(".library-list tbody .title")


def filter_of(page: Page, name: str) -> Locator:
    return page.locator(f".filters [name={name}]")


def test_every_article_is_listed_with_what_is_known_of_it(library_page: Page, folder: Path) -> None:
    page = library_page
    expect(titles(page)).to_have_text(
        ["Night trains return", "A bridge opens in Lisbon", "Olive harvest falls by a third"]
    )
    bridge = page.get_by_role("row", name=re.compile("A bridge opens"))
    for part in ("River Desk", "5 March 2024", "Cities", "steel", "bridge.md"):
        expect(bridge).to_contain_text(part)
    expect(bridge.locator(".origin bdi")).to_have_attribute("title", str(folder / "bridge.md"))
    expect(bridge.locator(".passages")).to_contain_text(re.compile(r"^\d+"))


def test_a_column_is_sorted_by_its_heading_and_says_so(library_page: Page) -> None:
    page = library_page
    date_heading, title_heading = page.locator("th.published"), page.locator("th.title").first
    expect(date_heading).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="Title").click()
    expect(title_heading).to_have_attribute("aria-sort", "ascending")
    expect(date_heading).not_to_have_attribute("aria-sort", re.compile("."))
    expect(titles(page).first).to_have_text("A bridge opens in Lisbon")
    page.get_by_role("button", name="Title").press("Enter")
    expect(title_heading).to_have_attribute("aria-sort", "descending")
    expect(titles(page).first).to_have_text("Olive harvest falls by a third")
    assert focused(page, "dataset.key") == "sort-title"


def test_the_list_is_searched_and_narrowed_down(library_page: Page) -> None:
    page = library_page
    page.get_by_label("Search", exact=True).press_sequentially("weathering")
    expect(titles(page)).to_have_text(["A bridge opens in Lisbon"])
    expect(page.locator(".picks")).to_contain_text("1 of 3 articles")
    expect(page.get_by_label("Search", exact=True)).to_be_focused()
    page.get_by_label("Search", exact=True).fill("no such word")
    expect(page.locator(".library-list .hint")).to_contain_text("No article is like that")
    page.get_by_role("button", name="Show all").click()
    expect(titles(page)).to_have_count(3)
    expect(page.get_by_label("Search", exact=True)).to_have_value("")
    filter_of(page, "publisher").select_option("Rail Desk")
    expect(titles(page)).to_have_text(["Night trains return"])
    filter_of(page, "publisher").select_option("")
    filter_of(page, "tag").select_option("Cities")
    expect(titles(page)).to_have_count(2)
    filter_of(page, "since").fill("2024-12-31")
    expect(titles(page)).to_have_text(["Night trains return"])
    filter_of(page, "since").fill("")
    filter_of(page, "until").fill("2024-12-31")
    expect(titles(page)).to_have_text(["A bridge opens in Lisbon"])


def test_the_picture_of_the_collection_counts_and_narrows(library_page: Page) -> None:
    page = library_page
    bar = page.get_by_role("button", name="March 2024: 1 article", exact=True)
    bar.focus()
    page.keyboard.press("Enter")
    expect(titles(page)).to_have_text(["A bridge opens in Lisbon"])
    expect(bar).to_have_attribute("aria-pressed", "true")
    expect(bar).to_be_focused()
    expect(filter_of(page, "since")).to_have_value("2024-03-01")
    expect(filter_of(page, "until")).to_have_value("2024-03-31")
    page.keyboard.press("Enter")
    expect(titles(page)).to_have_count(3)
    page.get_by_role("button", name="Rail Desk: 1 article").click()
    expect(titles(page)).to_have_text(["Night trains return"])
    page.get_by_role("button", name="Rail Desk: 1 article").click()
    page.get_by_role("button", name="No date: 1 article").click()
    expect(titles(page)).to_have_text(["Olive harvest falls by a third"])


def entries(number: int) -> Iterator[Entry]:
    for place in range(number):
        id_ = f"{place:012}"
        article = Article(
            id=id_, title=f"Report {place:04}", text="One.", content_hash=id_, publisher=f"Desk {place % 12}"
        )
        yield Entry(article, [Passage(f"{id_}.0", id_, 0, 4)], id_)


def test_a_long_list_comes_in_pages_and_picks_stay_when_they_are_turned(visit: Visits, tmp_path: Path) -> None:
    index = Index(tmp_path / "home")
    index.catalog.write(entries(120))
    with library_of(index, visit) as page:
        expect(titles(page)).to_have_count(50)
        page.get_by_label("Pick Report 0003").check()
        expect(page.locator(".picks")).to_contain_text("1 picked")
        page.get_by_role("button", name="Next").click()
        expect(titles(page).first).to_have_text("Report 0050")
        assert focused(page, "dataset.key") == "next"
        page.get_by_label("Pick all on this page").check()
        expect(page.locator(".picks")).to_contain_text("51 picked")
        page.get_by_role("button", name="Next").click()
        expect(titles(page)).to_have_count(20)
        expect(page.get_by_role("button", name="Next")).to_be_disabled()
        expect(page.get_by_label("Pick all on this page")).not_to_be_checked()
        page.get_by_role("button", name="Previous").click()
        expect(page.get_by_label("Pick all on this page")).to_be_checked()
        page.get_by_role("button", name="Previous").click()
        expect(page.get_by_label("Pick Report 0003")).to_be_checked()
        page.get_by_role("button", name="Pick all 120").click()
        expect(page.locator(".picks")).to_contain_text("120 picked")
        expect(page.get_by_label("Pick Report 0007")).to_be_checked()
        page.get_by_role("button", name="Pick none").click()
        expect(page.locator(".picks")).not_to_contain_text("picked")
        expect(page.get_by_label("Pick Report 0003")).not_to_be_checked()


# ---- Adding, reading again, removing ----


def file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/plain", "buffer": text.encode()}


def add(page: Page, *given: FilePayload) -> None:
    page.locator("input[type=file]").set_input_files(list(given))


def test_files_are_added_and_what_cannot_be_is_named_until_it_is_dismissed(library_page: Page, index: Index) -> None:
    page = library_page
    add(
        page,
        file("ferry.md", "# A ferry is named\n\nThe new ferry is called Saga."),
        file("song.mp3", "no article"),
        file("empty.txt", "  "),
    )
    expect(page.locator(".outcome")).to_contain_text("1 added", timeout=PATIENCE)
    expect(titles(page).filter(has_text="A ferry is named")).to_have_count(1)
    expect(page.locator(".masthead .count")).to_have_text("4 articles")
    problems = page.locator(".problems li")
    expect(problems).to_have_count(2)
    expect(problems.filter(has_text="song.mp3")).to_contain_text("no loader for .mp3")
    expect(problems.filter(has_text="empty.txt")).to_contain_text("is empty")
    kept = index.home / uploads.FOLDER
    assert [one.name for one in kept.iterdir()] == ["ferry.md"]
    page.get_by_role("button", name="Title").click()
    expect(problems).to_have_count(2)
    page.get_by_role("button", name="Dismiss").click()
    expect(problems).to_have_count(0)

    add(page, file("ferry.md", "# Another ferry\n\nIt is called Freya."))
    expect(titles(page).filter(has_text="Another ferry")).to_have_count(1, timeout=PATIENCE)
    assert sorted(one.name for one in kept.iterdir()) == ["ferry-2.md", "ferry.md"]


def test_every_kind_of_file_is_taken_and_of_a_broken_line_the_rest(library_page: Page, index: Index) -> None:
    page = library_page
    names = ("louvre.docx", "louvre.eml", "louvre.epub", "louvre.pdf")
    sent: list[FilePayload] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": (SAMPLES / name).read_bytes()}
        for name in names
    ]
    lines = (SAMPLES / "louvre.jsonl").read_text(encoding="utf-8") + "no json\n"
    add(page, *sent, file("lines.jsonl", lines))
    # All tell of the Louvre, some in the same words: those are one article with several places.
    expect(page.locator(".outcome")).to_contain_text("7 added", timeout=PATIENCE)
    expect(page.locator(".problems li").filter(has_text="lines.jsonl, line 5 is not JSON")).to_have_count(1)
    expect(page.locator(".problems li").filter(has_text="indexed already")).to_have_count(1)
    kept = index.home / uploads.FOLDER
    assert sorted(one.name for one in kept.iterdir()) == sorted([*names, "lines.jsonl"])
    page.get_by_role("button", name="Read all again").click()
    expect(page.locator(".outcome")).to_contain_text("14 unchanged", timeout=PATIENCE)


def test_files_are_dropped_anywhere_on_the_library(library_page: Page) -> None:
    page = library_page
    dropped = page.evaluate_handle(
        """() => { const data = new DataTransfer();
        data.items.add(new File(["# Dropped news\\n\\nIt fell from above."], "drop.md", { type: "text/plain" }));
        return data; }"""
    )
    page.locator("#library-list").dispatch_event("drop", {"dataTransfer": dropped})
    expect(titles(page).filter(has_text="Dropped news")).to_have_count(1, timeout=PATIENCE)


def test_who_adds_while_another_writes_is_told_to_wait(library_page: Page, index: Index) -> None:
    page = library_page
    with index.writing():
        add(page, file("late.md", "# Too late\n\nIt came second."))
        expect(page.locator(".problems")).to_contain_text(
            re.compile("is writing to .*; wait for it to end"), timeout=PATIENCE
        )
    assert list((index.home / uploads.FOLDER).iterdir()) == []
    expect(titles(page)).to_have_count(3)


def test_how_far_a_run_is_can_be_seen(visit: Visits, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(_index: Index, sent: Sequence[uploads.Upload], progress: Any) -> Any:
        progress(1, 3, "second <b>file</b>.md")
        waiting.wait(20)
        return sync(_index, [])

    waiting = threading.Event()
    monkeypatch.setattr(runs, "add", slow)
    with library_of(index, visit) as page:
        add(page, file("a.md", "a"))
        expect(page.locator(".run")).to_contain_text("Adding: 1 of 3", timeout=PATIENCE)
        expect(page.locator(".run")).to_contain_text("second <b>file</b>.md")
        expect(page.get_by_role("progressbar", name=re.compile("Adding"))).to_have_attribute("max", "3")
        waiting.set()
        expect(page.locator(".run")).to_have_count(0, timeout=PATIENCE)


def test_removed_articles_are_put_back_without_their_files(library_page: Page, index: Index, folder: Path) -> None:
    page = library_page
    before = {article.id: article for article in index.catalog.articles()}
    page.get_by_label("Pick A bridge opens in Lisbon").check()
    page.get_by_label("Pick Night trains return").check()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".outcome")).to_contain_text("Removed 2 articles.", timeout=PATIENCE)
    expect(titles(page)).to_have_text(["Olive harvest falls by a third"])
    assert index.catalog.count()[0] == 1
    (folder / "bridge.md").unlink()
    page.get_by_role("button", name="Undo").click()
    expect(titles(page)).to_have_count(3, timeout=PATIENCE)
    expect(page.locator(".outcome")).to_contain_text("Put back 2 articles.")
    assert {article.id: article for article in index.catalog.articles()} == before
    assert index.vectors().count() == index.catalog.count()[1]
    assert index.lexical(["footbridge"], 5)


def test_articles_are_read_again_from_their_files(library_page: Page, folder: Path) -> None:
    page = library_page
    write_article(folder / "bridge.md", "The bridge was renamed", BRIDGE, published="2024-03-05")
    write_article(folder / "rail.md", "Not looked at", RAIL)
    page.get_by_label("Pick A bridge opens in Lisbon").check()
    page.get_by_role("button", name="Read again").click()
    expect(page.locator(".outcome")).to_contain_text("0 added, 1 changed, 0 unchanged", timeout=PATIENCE)
    expect(titles(page).filter(has_text="The bridge was renamed")).to_have_count(1)
    expect(titles(page).filter(has_text="Night trains return")).to_have_count(1)
    (folder / "harvest.txt").unlink()
    page.get_by_role("button", name="Read all again").click()
    expect(titles(page).filter(has_text="Not looked at")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(".problems")).to_contain_text("the file is gone")
    expect(titles(page)).to_have_count(3)


def test_what_was_not_taken_in_stays_listed_and_a_removal_can_still_be_undone_after_the_next_run(
    library_page: Page,
) -> None:
    page = library_page
    add(page, file("song.mp3", "no article"))
    expect(page.locator(".problems li")).to_have_count(1, timeout=PATIENCE)
    page.get_by_label("Pick Night trains return").check()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".outcome")).to_contain_text("Removed 1 article.", timeout=PATIENCE)
    add(page, file("film.mp4", "no article either"))
    expect(page.locator(".problems li")).to_have_count(2, timeout=PATIENCE)
    page.get_by_role("button", name="Undo").click()
    expect(titles(page)).to_have_count(3, timeout=PATIENCE)
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".problems, .outcome")).to_have_count(0)


def test_pages_and_feeds_are_added_by_address_and_what_cannot_be_is_named(
    visit: Visits, index: Index, site: ScriptedSite, make_fetcher: MakeFetcher
) -> None:
    page_of_flood = site.says("/flood", web_page("On the flood", WORDS["flood"]))
    feed = links_of(
        site, "rss", [site.says(f"/{name}", web_page(f"On the {name}", WORDS[name])) for name in ("heat", "strike")]
    )
    fetcher = make_fetcher()

    def take_in(addresses: Sequence[str], progress: Progress) -> Summary:
        return sync_addresses(index, addresses, progress=progress, fetcher=fetcher)

    with library_of(index, visit, take_in) as page:
        page.get_by_label("Addresses of pages or feeds, one a line").fill(
            f"{page_of_flood}\n\n{feed} file:///etc/passwd"
        )
        page.get_by_role("button", name="Add addresses").click()
        expect(titles(page)).to_have_count(6, timeout=PATIENCE)
        expect(page.locator(".outcome")).to_contain_text("3 added")
        expect(page.locator(".problems li")).to_contain_text("file:///etc/passwd")
        site.says("/flood", web_page("On the flood", WORDS["flood"].replace("four", "five")))
        page.get_by_label("Pick On the flood").check()
        page.get_by_role("button", name="Read again").click()
        expect(page.locator(".outcome")).to_contain_text("1 changed", timeout=PATIENCE)


def test_the_picked_articles_alone_are_asked_from_the_chat(visit: Visits, index: Index) -> None:
    with library_of(index, visit) as page:
        page.get_by_label("Pick Night trains return").check()
        page.get_by_role("button", name="Ask about these").click()
        expect(page.locator("#question textarea")).to_be_visible()
        expect(page).not_to_have_url(re.compile("view="))
        expect(page.locator(".chip")).to_contain_text("Night trains return")
        ask(page, "How long is the footbridge?")
        expect(page.locator(".refusal")).to_be_visible()
        expect(page.locator("#conversation .searched")).to_have_text("Asked only of 1 chosen article")
        page.locator(".chip button").click()
        expect(page.locator(".chip")).to_have_count(0)
        ask(page, "How long is the footbridge?")
        expect(page.locator(".answer").last).to_contain_text("412 metres")


# ---- What others do ----


def test_what_another_process_adds_is_shown_within_two_seconds_and_nothing_else_moves(
    served: str, visit: Visits, index: Index, tmp_path: Path, assistant: Assistant
) -> None:
    page = opened(visit, served, 900, 400)
    box = page.get_by_label("Pick Night trains return")
    box.check()
    box.focus()
    expect(page.locator(".picks")).to_contain_text("1 picked")
    page.locator("#library-view").evaluate("view => view.scrollTo(0, 300)")
    before = page.locator("#library-view").evaluate("view => view.scrollTop")
    other = Index(index.home)
    other._embedding = assistant.index.embedding
    new = write_article(tmp_path / "new.md", "Just in", "A new article came in.", published="2026-01-01")
    sync(other, [new])
    expect(titles(page).first).to_have_text("Just in", timeout=2_000)
    expect(page.locator(".masthead .count")).to_have_text("4 articles")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    expect(page.get_by_label("Pick Just in")).not_to_be_checked()
    assert page.locator("#library-view").evaluate("view => view.scrollTop") == before


def test_nothing_is_asked_for_while_the_chat_is_shown(served: str, visit: Visits) -> None:
    page = visit(served)
    page.wait_for_timeout(1_500)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    page.wait_for_timeout(2_500)
    assert asked == []


def test_an_empty_library_says_what_to_do(visit: Visits, tmp_path: Path, assistant: Assistant) -> None:
    index = Index(tmp_path / "nothing")
    index._embedding = assistant.index.embedding
    with library_of(index, visit) as page:
        expect(page.locator(".library-top")).to_contain_text("There are no articles yet")
        expect(page.locator(".library-find, .picks, table")).to_have_count(0)
        add(page, file("first.txt", "First of all\n\nIt begins with this."))
        expect(titles(page)).to_have_text(["First of all"], timeout=PATIENCE)


# ---- Articles are data, presses are anything ----


def test_hostile_names_are_shown_as_text(visit: Visits, index: Index, folder: Path) -> None:
    sync(index, [folder])
    put_article(index, title=EVIL, text="The text.", publisher=EVIL, tags=(EVIL,), published=date(2025, 5, 5))
    with library_of(index, visit) as page:
        expect(titles(page).first).to_have_text(EVIL)
        add(page, file(f"{EVIL}.exe".replace("/", ""), "x"))
        expect(page.locator(".problems")).to_contain_text("<img src=x onerror=alert(1)>", timeout=PATIENCE)
        assert page.evaluate("window.pwned") is None
        assert page.locator("#library-view script, #library-view img, #library-view [onerror]").count() == 0


def test_a_press_that_names_nothing_does_nothing(index: Index) -> None:
    shelf = LibraryState()
    listing = index.catalog.listing
    nothing: list[Any] = [
        None, [], 7, {}, {"action": None}, {"action": "sort", "by": "text"}, {"action": "turn", "page": "-1"},
        {"action": "turn", "page": "²"}, {"action": "pick", "id": ["x"]}, {"action": "pick", "id": "x"},
        {"action": "drop", "id": "x"}, {"action": "narrow", "since": "yesterday", "publisher": 3},
    ]  # fmt: skip
    for pressed in nothing:
        shelf.press(listing, pressed)
        assert shelf == LibraryState(), pressed
    shelf.press(listing, {"action": "turn", "page": "99999999"})
    assert len(shelf.rows(listing)) == 3
    assert shelf.page == 0


def test_more_articles_than_a_question_can_be_asked_of_are_not_asked_in_silence(index: Index) -> None:
    for picked, too_many in ((MAX_ARTICLES, False), (MAX_ARTICLES + 1, True)):
        shelf = LibraryState(picked=dict.fromkeys(str(number) for number in range(picked)))
        shown = library.bar(index, shelf, ALL, Markup())
        assert ('aria-disabled="true"' in shown) == too_many
        assert ("500 picked articles at most" in shown) == too_many


def test_only_files_that_were_uploaded_are_taken(index: Index, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("A secret\n\nNobody may read this.")
    for path in (str(secret), f"/tmp/gradio/../../{secret}", "\0", None, 3):
        (sent,) = uploads.received([{"name": "a.txt", "path": path}])
        assert sent.file is None
    assert uploads.received([{"path": str(secret)}, None, "x"]) == []
    assert uploads.received("x") == []


# ---- Kept files, bins ----


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.md", "passwd.md"),
        ("C:\\files\\a.TXT", "a.txt"),
        ("a:b?*.md", "a-b--.md"),
        (".hidden.md", "hidden.md"),
        ("con.md", "article-con.md"),
        ("Zürich – heute.md", "Zürich – heute.md"),
        ("x" * 400 + ".md", "x" * 150 + ".md"),
        ("\ud800.md", "article.md"),
    ],
)
def test_a_kept_file_gets_a_name_that_leads_nowhere_else(tmp_path: Path, name: str, kept: str) -> None:
    path, new = uploads.keep(tmp_path, name, b"x")
    assert (path.parent, path.name, new) == (tmp_path / uploads.FOLDER, kept, True)


def test_the_same_file_is_kept_once_and_another_never_overwritten(tmp_path: Path) -> None:
    first, _ = uploads.keep(tmp_path, "a.md", b"one")
    assert uploads.keep(tmp_path, "a.md", b"one") == (first, False)
    second, new = uploads.keep(tmp_path, "a.md", b"two")
    assert (second.name, new, first.read_bytes()) == ("a-2.md", True, b"one")


def test_bins_are_as_wide_as_the_time_they_cover_asks_for() -> None:
    near = chart.bins([(date(2024, 3, 1), 12), (date(2024, 5, 1), 6)])
    assert [(one.label, one.number, one.share) for one in near] == [
        ("March 2024", 12, 1),
        ("April 2024", 0, 0),
        ("May 2024", 6, 0.5),
    ]
    assert (near[0].since, near[0].until) == (date(2024, 3, 1), date(2024, 3, 31))
    quarters = chart.bins([(date(2020, 2, 1), 1), (date(2024, 12, 1), 1)])
    assert quarters[0].label == "January to March 2020"
    years = chart.bins([(date(1999, 12, 1), 1), (date(2024, 1, 1), 2)])
    assert [one.label for one in years[:2]] == ["1999", "2000"]
    assert years[-1].until == date(2024, 12, 31)
    wide = chart.bins([(date(1, 1, 1), 1), (date(9999, 12, 1), 2)])
    assert sum(one.number for one in wide) == 3
    assert wide[-1].until == date.max
    assert chart.bins([]) == []


# ---- Every screen ----


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_of_the_library_stands_out(served: str, visit: Visits, scheme: str) -> None:
    page = opened(visit, served, color_scheme=scheme)
    titles(page).first.wait_for()
    page.get_by_label("Pick Night trains return").check()
    page.get_by_role("button", name="March 2024: 1 article", exact=True).click()
    add(page, file("song.mp3", "x"))
    page.locator(".problems").wait_for()
    page.wait_for_timeout(300)
    ratio, text = page.evaluate(CONTRAST)
    assert ratio >= 4.5, text


@pytest.mark.parametrize("width", [390, 900, 1280])
def test_what_can_be_pressed_is_large_enough_and_has_a_name(served: str, visit: Visits, width: int) -> None:
    page = opened(visit, served, width)
    page.get_by_label("Pick Night trains return").check()
    page.get_by_role("button", name="Remove").wait_for()
    assert sideways(page) == 0
    small = page.evaluate(SMALL)
    assert small == []
    for control in page.locator("#library-view :is(button, select, input)").all():
        assert control.evaluate("one => (one.ariaLabel || one.innerText || one.labels?.[0]?.innerText || '').trim()")


def to_library(page: Page) -> None:
    page.get_by_role("link", name="Library").click()
    expect(page.locator("#library-view")).to_be_visible()
