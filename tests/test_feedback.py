"""What people think of answers: pressed in the page, kept, listed, and turned into questions to measure with."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from assistant.assistant import Assistant
from assistant.evaluate.questions import read_questions
from assistant.render.markdown import as_json
from assistant.storage.conversations import Conversations
from assistant.types import Exchange, Feedback
from tests.browsing import PATIENCE, Visits, ask, sideways
from tests.sayings import JEWELS, SHIFT
from tests.serving import running

CUP = "Who won the 1998 football World Cup?"


@pytest.fixture
def address(assistant: Assistant, kept: Conversations) -> Iterator[str]:
    """A page whose conversations a test reads."""
    with running(assistant, kept) as address:
        yield address


def opened(visit: Visits, address: str, *size: int) -> Page:
    """Open the page and wait until it has come to its end."""
    page = visit(address, *size)
    page.locator(".history").wait_for(state="attached")
    return page


def thumb(page: Page, name: str, place: int = 0) -> Locator:
    return page.locator(".rating").nth(place).get_by_role("button", name=name)


def said(kept: Conversations, assistant: Assistant, question: str, feedback: Feedback | None, owner: str = "") -> int:
    """Keep an answer with its rating; gives where."""
    kept_as = kept.keep(kept.begin(question, owner).id, Exchange(question, assistant.answer(question)), owner)
    assert kept_as.id
    assert kept.rate(kept_as.id, feedback, owner)
    return kept_as.id


def test_an_answer_is_rated_with_a_word_changed_and_taken_back(
    visit: Visits, address: str, kept: Conversations
) -> None:
    page = opened(visit, address)
    ask(page, SHIFT)
    good, bad = thumb(page, "Good answer"), thumb(page, "Bad answer")
    word = page.get_by_label("A word on it (optional)")
    expect(word).to_be_hidden()
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true")
    word.fill("That is <b>it</b>")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Saved")).to_be_visible()
    page.reload()
    expect(good).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    expect(word).to_have_value("That is <b>it</b>")

    ask(page, JEWELS)
    expect(good.first).to_have_attribute("aria-pressed", "true")
    expect(thumb(page, "Good answer", 1)).to_have_attribute("aria-pressed", "false")
    bad.first.click()
    expect(bad.first).to_have_attribute("aria-pressed", "true")
    expect(good.first).to_have_attribute("aria-pressed", "false")
    (rated,) = kept.rated()
    assert rated.exchange.feedback == Feedback("down", "That is <b>it</b>")
    bad.first.click()
    expect(bad.first).to_have_attribute("aria-pressed", "false")
    expect(word.first).to_be_hidden()
    assert kept.rated() == []


def test_a_refusal_is_rated_with_the_keyboard_on_a_narrow_screen(
    visit: Visits, address: str, kept: Conversations
) -> None:
    page = opened(visit, address, 390, 780)
    ask(page, CUP)
    good = thumb(page, "Good answer")
    box = good.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 24
    good.focus()
    page.keyboard.press("Enter")
    expect(good).to_have_attribute("aria-pressed", "true")
    expect(good).to_be_focused()
    assert sideways(page) == 0
    (rated,) = kept.rated()
    assert rated.exchange.answer
    assert rated.exchange.answer.refused


def test_a_rating_goes_with_the_answer_that_is_asked_anew(visit: Visits, address: str, kept: Conversations) -> None:
    page = opened(visit, address)
    ask(page, SHIFT)
    thumb(page, "Bad answer").click()
    expect(thumb(page, "Bad answer")).to_have_attribute("aria-pressed", "true")
    before = page.locator(".rating").get_attribute("data-exchange") or ""
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".rating")).not_to_have_attribute("data-exchange", before, timeout=PATIENCE)
    expect(thumb(page, "Bad answer")).to_have_attribute("aria-pressed", "false")
    assert kept.rated() == []


def test_an_id_that_the_browser_made_up_rates_nothing(
    visit: Visits, address: str, kept: Conversations, assistant: Assistant
) -> None:
    other = said(kept, assistant, JEWELS, Feedback("up", "mine"), "ada")
    page = opened(visit, address)
    ask(page, SHIFT)
    for forged in (str(other), "999", "-1", "x", "1e400"):
        page.locator(".rating").evaluate("(rating, id) => (rating.dataset.exchange = id)", forged)
        thumb(page, "Bad answer").click()
        expect(page.locator("#feedback")).to_contain_text("no longer kept")
    (rated,) = kept.rated()
    assert (rated.owner, rated.exchange.feedback) == ("ada", Feedback("up", "mine"))


def test_ratings_are_exported_and_deleted_with_the_conversation(kept: Conversations, assistant: Assistant) -> None:
    id_ = said(kept, assistant, JEWELS, Feedback("up", "yes"))
    (heading,) = kept.headings()
    exported = as_json(heading, kept.exchanges(heading.id))["exchanges"][0]
    assert exported["feedback"] == {"verdict": "up", "word": "yes"}
    assert not kept.rate(id_, Feedback("down"), "somebody else")
    kept.delete(heading.id)
    assert kept.rated() == []
    kept.restore(heading.id)
    assert len(kept.rated()) == 1
    kept.forget("")
    assert not kept.rate(id_, Feedback("down"))


def test_the_command_lists_ratings_and_exports_questions_that_eval_reads(
    run: Any, assistant: Assistant, home_of_seeds: Path, tmp_path: Path
) -> None:
    kept = Conversations(home_of_seeds / "conversations.db")
    assert "No answer has been rated yet" in run("feedback", "--home", home_of_seeds).out
    said(kept, assistant, SHIFT, Feedback("up", "right"), "ada")
    said(kept, assistant, CUP, Feedback("up"))
    said(kept, assistant, JEWELS, Feedback("up"))
    said(kept, assistant, JEWELS.lower(), Feedback("down", "seven were arrested, but which jewels?"))
    listed = run("feedback", "--home", home_of_seeds).out
    assert listed.startswith("3 up, 1 down\n")
    assert re.search(r"ada +up +Who drove the policy shift\? +right", listed)
    data = run("feedback", "--json", "--home", home_of_seeds).data
    assert (data["up"], data["down"]) == (3, 1)
    assert data["feedback"][0]["word"] == "seven were arrested, but which jewels?"
    assert {row["question"]: row["refused"] for row in data["feedback"]}[CUP] is True

    file = tmp_path / "questions.jsonl"
    ran = run("feedback", "--export", file, "--home", home_of_seeds)
    assert (ran.code, ran.out) == (0, "")
    assert "Wrote 2 of 4 ratings" in ran.err
    assert run("feedback", "--export", "-", "--home", home_of_seeds).out == file.read_text(encoding="utf-8")
    rubio, cup = read_questions(file)
    assert (rubio.text, rubio.answerable, cup.text, cup.answerable) == (SHIFT, True, CUP, False)
    assert "Rubio" in rubio.sentences[0]
    assert json.loads(file.read_text(encoding="utf-8").splitlines()[0])["note"] == "right"
    figures = run("eval", file, "--json", "--home", home_of_seeds).data["figures"]
    assert figures["sentence@1"]["value"] == figures["refusal recall"]["value"] == 1.0
    lost = run("feedback", "--export", tmp_path / "nowhere" / "q.jsonl", "--home", home_of_seeds)
    assert lost.code == 2
    assert "give --export another file" in lost.err
