"""What stands beside the box, in a real browser: filters as chips, and questions to go on with."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.web.page import filters as asking
from index.types import EVERYTHING, Filter
from tests.browsing import PATIENCE, Visits, ask
from tests.conftest import MakeIndex
from tests.serving import running

LENGTH = "How long is the footbridge?"


@pytest.fixture
def address(folder: Path, make_index: MakeIndex) -> Iterator[str]:
    with running(Assistant(Settings(home=make_index(folder)))) as address:
        yield address


def open_filters(page: Page) -> None:
    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_label("Publishers")).to_be_visible()


def choose(page: Page, publisher: str) -> None:
    page.get_by_label("Publishers").click()
    page.get_by_role("option", name=publisher).click()
    page.keyboard.press("Escape")
    expect(page.locator(".chip", has_text=publisher)).to_be_visible()


def test_a_publisher_is_chosen_shown_as_a_chip_and_sent_with_the_question(visit: Visits, address: str) -> None:
    page = visit(address)
    open_filters(page)
    choose(page, "Rail Desk")
    ask(page, LENGTH)
    expect(page.locator(".refusal")).to_be_visible()
    expect(page.locator("#conversation .searched")).to_have_text("Asked only of Rail Desk")
    page.get_by_role("button", name="Do not filter by Rail Desk").click()
    expect(page.locator(".chip")).to_have_count(0)
    ask(page, LENGTH)
    expect(page.locator(".answer").last).to_contain_text("412 metres")


def test_dates_are_filters_too_and_a_day_that_is_none_is_passed_over(visit: Visits, address: str) -> None:
    page = visit(address)
    open_filters(page)
    field = page.locator("#filter-since input").first
    field.fill("2024-06-01")
    field.press("Enter")
    expect(page.locator(".chip")).to_have_text("from 1 June 2024 ×")
    ask(page, LENGTH)
    expect(page.locator(".refusal")).to_be_visible()
    expect(page.locator("#conversation .searched")).to_have_text("Asked only of from 1 June 2024")


def test_asked_again_a_question_keeps_its_filter_after_a_reload(visit: Visits, address: str) -> None:
    page = visit(address)
    open_filters(page)
    choose(page, "Rail Desk")
    ask(page, LENGTH)
    page.reload()
    expect(page.locator("#conversation .searched")).to_have_text("Asked only of Rail Desk", timeout=PATIENCE)
    expect(page.locator(".chip")).to_have_count(0)
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".pending")).to_have_count(0)
    expect(page.locator(".refusal")).to_be_visible()
    expect(page.locator("#conversation .searched")).to_have_text("Asked only of Rail Desk")


def test_suggested_questions_are_offered_after_an_answer_and_answered_when_pressed(visit: Visits, address: str) -> None:
    page = visit(address)
    ask(page, LENGTH)
    offered = page.locator(".suggested button")
    expect(offered.first).to_be_visible(timeout=PATIENCE)
    question = offered.first.inner_text()
    offered.first.click()
    expect(page.locator(".question").last).to_contain_text(question)
    expect(page.locator(".answer")).to_have_count(2, timeout=PATIENCE)
    expect(page.locator(".refusal")).to_have_count(0)
    expect(page.locator("#question textarea")).to_be_focused()
    page.locator("#new-chat").click()
    expect(page.locator(".suggested")).to_have_count(0)


def test_the_filters_need_no_mouse(visit: Visits, address: str) -> None:
    page = visit(address)
    page.get_by_role("button", name="Filters").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Publishers").focus()
    # The list opens when the field is entered, which takes a busy machine a moment; typed before, nothing is chosen.
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.type("River")
    expect(page.locator("[role=option].active")).to_contain_text("River Desk")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_text("River Desk ×")
    page.keyboard.press("Escape")
    page.locator(".chip button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator("#question textarea")).to_be_focused()


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        (([], None, None, ""), EVERYTHING),
        ((None, "", " ", None), EVERYTHING),
        ((["A", 3], "2024-02-30", "2024-03-01", "b b a"), Filter(("A",), None, date(2024, 3, 1), ("b", "a"))),
        (("A", 5, {}, ["a"]), EVERYTHING),
    ],
)
def test_what_the_browser_sends_is_a_filter_or_nothing(given: tuple[object, ...], allowed: Filter) -> None:
    assert asking.read(*given) == allowed


@pytest.mark.parametrize("pressed", [None, {}, {"kind": "article", "number": 7}, {"kind": "publisher", "number": True}])
def test_a_chip_that_is_not_there_takes_nothing_away(pressed: object) -> None:
    allowed = Filter(("A",), date(2024, 3, 1), None, ("b",))
    assert asking.without(allowed, pressed) == [["A"], "2024-03-01", None, "b"]
