"""The library in a real browser: every article, found, added, renewed, removed, and brought back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from assistant.answer import Assistant
from tests.test_page import Visits, ask, browser, focused, pytestmark, running, sideways, visit

__all__ = ["browser", "pytestmark", "visit"]  # fixtures, and the warnings that are not ours


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with running(assistant) as address:
        yield address


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


def to_library(page: Page) -> None:
    page.get_by_role("link", name="Library").click()
    expect(page.locator("#library-view")).to_be_visible()
