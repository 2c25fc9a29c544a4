"""Conversations in the page, in a real browser: kept, found again, asked anew, and taken away."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.storage.conversations import Conversations
from assistant.types import Exchange
from assistant.web.page.session import LEFT, UNANSWERED
from assistant.write.generate import STOPPED
from index import Index
from tests.browsing import PATIENCE, Visits, ask
from tests.conftest import MakeIndex
from tests.llm_server import Silence, scripted_llm
from tests.sayings import JEWELS, SHIFT
from tests.serving import running, serving

# What the browser says of a stream that a reload or a stopped server cut off.
CUT_OFF = "AbortError|errored out|ERR_|Failed to fetch|[Cc]onnection|NetworkError|BodyStreamBuffer|EventSource"


@pytest.fixture
def address(assistant: Assistant, kept: Conversations) -> Iterator[str]:
    with running(assistant, kept) as address:
        yield address


def titles(page: Page) -> list[str]:
    return page.locator(".history .title").all_inner_texts()


def test_a_conversation_has_an_address_and_is_there_after_a_reload(visit: Visits, address: str) -> None:
    page = visit(address)
    ask(page, SHIFT)
    expect(page).to_have_url(re.compile(r"\?chat=[\w-]{20,}$"))
    before = page.locator(".answer .claims").inner_text()
    page.reload()
    expect(page.locator(".answer .claims")).to_have_text(before, timeout=PATIENCE)
    page.locator(".answer .mark").first.click()
    expect(page.locator("#sources mark.pressed").first).to_be_visible()
    ask(page, "And what did he say?")
    expect(page.locator(".answer, .refusal").last.locator(".searched")).to_contain_text(SHIFT)


def test_what_was_said_stays_though_its_articles_go(
    visit: Visits, folder: Path, make_index: MakeIndex, kept: Conversations
) -> None:
    home = make_index(folder)
    with running(Assistant(Settings(home=home)), kept) as address:
        page = visit(address)
        ask(page, "How long is the footbridge?")
        index = Index(home)
        index.remove([article.id for article in index.catalog.articles()])
        page.reload()
        page.locator(".answer .mark").first.click(timeout=PATIENCE)
        expect(page.locator("#sources mark.pressed").first).to_contain_text("412 metres")


def test_conversations_are_listed_opened_searched_renamed_deleted_and_brought_back(visit: Visits, address: str) -> None:
    page = visit(address)
    ask(page, SHIFT)
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".answer")).to_have_count(0)
    ask(page, JEWELS)
    assert titles(page) == [JEWELS, SHIFT]

    page.get_by_role("button", name=SHIFT, exact=True).click()
    expect(page.locator(".answer .claims")).to_contain_text("Rubio")
    expect(page.locator(".history [aria-current]")).to_have_text(SHIFT)

    page.get_by_label("Search conversations").fill("jewels")
    expect(page.locator(".history .title")).to_have_text([JEWELS])
    page.get_by_label("Search conversations").fill("")
    expect(page.locator(".history .title")).to_have_count(2)

    page.get_by_role("button", name=f"Rename {SHIFT}").click()
    page.get_by_label(f"New title of {SHIFT}").fill("Rubio <b>and</b> the summit")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Rubio <b>and</b> the summit", exact=True)).to_be_visible()

    page.get_by_role("button", name="Delete Rubio <b>and</b> the summit").click()
    expect(page.locator(".history .title")).to_have_text([JEWELS])
    expect(page.locator(".answer")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".history .title")).to_have_count(2)


def test_a_question_is_edited_and_what_followed_goes(visit: Visits, address: str) -> None:
    page = visit(address)
    ask(page, SHIFT)
    ask(page, JEWELS)
    page.get_by_role("button", name="Edit this question").first.click()
    expect(page.locator("#question textarea")).to_have_value(SHIFT)
    expect(page.locator("#notice")).to_contain_text("replaces it and what followed")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#notice .notice")).to_have_count(0)
    page.get_by_role("button", name="Edit this question").first.click()
    expect(page.locator("#question textarea")).to_have_value(SHIFT)
    page.locator("#question textarea").fill("Who won the 1998 football World Cup?")
    page.keyboard.press("Enter")
    expect(page.locator(".refusal")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".question")).to_have_count(1)
    page.reload()
    expect(page.locator(".question")).to_have_count(1, timeout=PATIENCE)


def test_an_edit_that_gets_no_answer_replaces_nothing(visit: Visits, address: str, kept: Conversations) -> None:
    page = visit(address)
    ask(page, SHIFT)
    ask(page, JEWELS)
    for bad, told in (("  ", "is empty"), ("x" * 3_000, "characters")):
        page.get_by_role("button", name="Edit this question").first.click()
        expect(page.locator("#notice")).to_contain_text("replaces it")
        page.locator("#question textarea").fill(bad)
        page.keyboard.press("Enter")
        # The first one's message may still be there.
        expect(page.locator(".toast-body", has_text=told).first).to_be_visible(timeout=PATIENCE)
        expect(page.locator(".answer")).to_have_count(2)
    (heading,) = kept.headings()
    assert [exchange.question for exchange in kept.exchanges(heading.id)] == [SHIFT, JEWELS]


def test_an_answer_is_asked_for_again_and_copied_with_its_sources(visit: Visits, address: str) -> None:
    page = visit(address, permissions=["clipboard-read", "clipboard-write"])
    ask(page, JEWELS)
    page.locator(".answer").evaluate("answer => (answer.dataset.before = '')")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".answer:not([data-before])")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator(".question")).to_have_count(1)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "seven people have been arrested" in copied
    assert re.search(r"^\[1\] “.+” — Seven arrests", copied, re.MULTILINE)


def test_a_reload_in_the_middle_of_an_answer_keeps_what_there_is(
    visit: Visits, assistant: Assistant, seed_home: Path, kept: Conversations
) -> None:
    visit.expected = CUT_OFF
    with scripted_llm() as llm:
        llm.says("Seven people have been arrested. The director", Silence)
        writing = Assistant(Settings(home=seed_home, llm=llm.setting))
        writing.index = assistant.index
        with running(writing, kept) as address:
            page = visit(address)
            page.locator("#question textarea").fill(JEWELS)
            page.keyboard.press("Enter")
            expect(page.locator(".growing .claim")).to_have_count(1, timeout=PATIENCE)
            page.reload()
            said = page.locator(".answer .remark, .error").first
            expect(said).to_contain_text(
                re.compile("|".join(map(re.escape, (LEFT, UNANSWERED, STOPPED)))), timeout=PATIENCE
            )
            assert llm.left.wait(20)
            page.reload()
            expect(page.locator(".answer .claim").first).to_contain_text("Seven people", timeout=PATIENCE)
            expect(page.locator(".answer .remark").first).to_contain_text("Stopped before the end")


def test_a_server_that_was_restarted_goes_on_with_the_conversation_that_the_page_shows(
    visit: Visits, assistant: Assistant, kept: Conversations
) -> None:
    visit.expected = CUT_OFF
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running(assistant, kept, port) as address:
        page = visit(address)
        ask(page, SHIFT)
        # A page that waits for something when its server goes loads itself anew, in the middle of the next question.
        page.locator(".suggested button").first.wait_for()
        page.wait_for_timeout(1_000)
    with running(assistant, kept, port):
        ask(page, JEWELS)
        expect(page.locator(".question")).to_contain_text([SHIFT, JEWELS])
        (heading,) = kept.headings()
        assert [exchange.question for exchange in kept.exchanges(heading.id)] == [SHIFT, JEWELS]


def test_a_second_tab_adds_to_the_same_conversation_and_nothing_is_lost(
    visit: Visits, address: str, kept: Conversations
) -> None:
    first = visit(address)
    ask(first, SHIFT)
    second = visit(first.url)
    expect(second.locator(".answer")).to_have_count(1, timeout=PATIENCE)
    ask(second, JEWELS)
    ask(first, "What did the Fed decide in October?")
    (heading,) = kept.headings()
    assert len(kept.exchanges(heading.id)) == 3


def test_an_address_that_names_nothing_is_a_new_chat(visit: Visits, address: str, kept: Conversations) -> None:
    page = visit(f"{address}/?chat=nothing")
    expect(page.locator(".notice")).to_contain_text("no conversation of yours", timeout=PATIENCE)
    expect(page.locator(".example").first).to_be_visible()
    expect(page).not_to_have_url(re.compile("chat="))


def test_the_list_is_shown_fifty_at_a_time(visit: Visits, address: str, kept: Conversations) -> None:
    for number in range(60):
        kept.keep(kept.begin(f"Question {number}?").id, Exchange(f"Question {number}?", error="No."))
    page = visit(address)
    expect(page.locator(".history .title")).to_have_count(50)
    page.get_by_role("button", name="Show more").click()
    expect(page.locator(".history .title")).to_have_count(60)
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)


def test_narrow_the_history_opens_when_asked_for_and_closes_when_one_was_chosen(visit: Visits, address: str) -> None:
    page = visit(address, 390, 780)
    ask(page, JEWELS)
    opened = page.locator(".history .open").first
    expect(opened).not_to_be_in_viewport()
    page.locator("#history-pane .toggle-button").click()
    expect(opened).to_be_in_viewport()
    opened.click()
    expect(opened).not_to_be_in_viewport()
    expect(page.locator(".answer")).to_be_visible()


def test_a_conversation_is_exported_as_markdown_with_footnotes_and_as_json(
    visit: Visits, assistant: Assistant, home_of_seeds: Path
) -> None:
    served = Assistant(Settings(home=home_of_seeds))
    served.index = assistant.index  # which has the embedding model loaded
    with serving(served) as address:
        page = visit(address)
        ask(page, JEWELS)
        markdown = httpx.get(f"{address}/{page.get_by_role('link', name='Markdown').get_attribute('href')}")
        data = httpx.get(f"{address}/{page.get_by_role('link', name='JSON').get_attribute('href')}").json()
        nothing = httpx.get(f"{address}/export/nothing.md")
    assert "attachment" in markdown.headers["content-disposition"]
    assert f"## {JEWELS}" in markdown.text
    assert re.search(r"jewels has been found\.\[\^1\]", markdown.text)
    assert re.search(r"^\[\^1\]: “.+” — Seven arrests", markdown.text, re.MULTILINE)
    answer = data["exchanges"][0]["answer"]
    assert answer["citations"][0]["quote"] in markdown.text.replace("\\", "")
    assert nothing.status_code == 404
