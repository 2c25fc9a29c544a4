"""The settings in a real browser: what each of them does, and that it is still so later."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.storage.preferences import KeptPreferences
from assistant.storage.users import People
from tests.browsing import CONTRAST, PATIENCE, Visits, ask, focused, sideways
from tests.llm_server import ScriptedLLM
from tests.people import PASSWORD, enter
from tests.serving import serving

QUESTION = "Which jewels were stolen from the Louvre?"
TRUE = "Seven people have been arrested, and none of the eight stolen jewels has been found."
WRONG = "Nine people have been arrested."
# What was painted while the page came to be: whether its body was dark at DOMContentLoaded, and ever turned.
WATCH = """
window.seen = [];
const note = () => window.seen.push(document.body.classList.contains("dark"));
document.addEventListener("DOMContentLoaded", () => {
  note();
  new MutationObserver(() => requestAnimationFrame(note)).observe(document.body, { attributeFilter: ["class"] });
});
"""


@pytest.fixture
def served(assistant: Assistant, home_of_seeds: Path) -> Assistant:
    return over(assistant, home_of_seeds)


def over(assistant: Assistant, home: Path, **settings: Any) -> Assistant:
    """An assistant over a copy of seeds/, with the embedding model loaded already."""
    made = Assistant(Settings(home=home, **settings))
    made.index._embedding = assistant.index.embedding
    return made


@pytest.fixture
def address(served: Assistant) -> Iterator[str]:
    with serving(served) as address:
        yield address


def opened(visit: Visits, address: str, **options: Any) -> Page:
    return settled(visit.open(f"{address}/?view=settings", **options))


def settled(page: Page) -> Page:
    page.locator("#settings-view.ready").wait_for(timeout=PATIENCE)
    return page


def again(page: Page) -> Page:
    page.reload()
    return settled(page)


def to_chat(page: Page) -> Page:
    page.get_by_role("link", name="Chat", exact=True).click()
    page.locator("#question textarea").wait_for()
    return page


def says(page: Page, words: str) -> None:
    expect(page.locator("#settings-said [role=status]")).to_have_text(words, timeout=PATIENCE)


def test_the_settings_have_a_place_of_their_own(visit: Visits, address: str) -> None:
    page = visit(address)
    expect(page.locator("#settings-view")).to_be_hidden()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    expect(page.locator("#panes")).to_be_hidden()
    expect(page).to_have_title("Settings – Article assistant")
    expect(page.get_by_label("Number of sources")).to_have_value("10")
    expect(page.get_by_label("Strict")).not_to_be_checked()
    expect(page.get_by_label("As the system")).to_be_checked()
    expect(page.get_by_label("Language")).to_have_value("As the browser")


def test_the_page_speaks_the_language_that_was_chosen_whatever_the_browser_asks_for(
    visit: Visits, address: str
) -> None:
    page = opened(visit, address, locale="fr-FR")
    expect(page.get_by_role("heading", name="Réglages")).to_be_visible()
    page.get_by_label("Langue").click()
    page.get_by_role("option", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Einstellungen")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_label("Sprache")).to_have_value("Deutsch")
    expect(page.get_by_text("Wie viele Textstellen")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#question .submit-button")).to_have_text("Fragen")
    page.get_by_label("Sprache").click()
    page.get_by_role("option", name="Wie der Browser").click()
    expect(page.get_by_role("heading", name="Réglages")).to_be_visible(timeout=PATIENCE)


def test_strict_leaves_out_what_nothing_supports_until_it_is_taken_back(
    visit: Visits, assistant: Assistant, home_of_seeds: Path, llm: ScriptedLLM
) -> None:
    llm.says(f"{TRUE} {WRONG}")
    with serving(over(assistant, home_of_seeds, llm=llm.setting)) as address:
        page = opened(visit, address)
        page.get_by_label("Strict").check()
        says(page, "Saved")
        again(page)
        expect(page.get_by_label("Strict")).to_be_checked()
        ask(to_chat(page), QUESTION)
        expect(page.locator(".answer .remark").last).to_contain_text("Written by scripted", timeout=PATIENCE)
        expect(page.locator(".answer .claim")).to_have_count(1)
        page.get_by_role("link", name="Settings").click()
        page.get_by_label("Strict").uncheck()
        says(page, "Saved")
        ask(to_chat(page), QUESTION)
        expect(page.locator(".answer").last.locator(".claim")).to_have_count(2, timeout=PATIENCE)
        page.context.close()


def test_a_server_that_is_strict_is_so_until_somebody_says_otherwise(
    visit: Visits, assistant: Assistant, home_of_seeds: Path
) -> None:
    with serving(over(assistant, home_of_seeds, strict=True, sources=30)) as address:
        page = opened(visit, address)
        expect(page.get_by_label("Strict")).to_be_checked()
        expect(page.get_by_label("Number of sources")).to_have_value("30")
        page.get_by_label("Number of sources").focus()
        page.get_by_label("Strict").uncheck()
        says(page, "Saved")
        again(page)
        expect(page.get_by_label("Strict")).not_to_be_checked()
        expect(page.get_by_label("Number of sources")).to_have_value("30")
        page.context.close()


def test_more_sources_are_looked_at_when_more_are_asked_for(visit: Visits, address: str, served: Assistant) -> None:
    page = opened(visit, address)
    for number in (5, 14):
        field = page.get_by_label("Number of sources")
        field.fill(str(number))
        says(page, "Saved")
        again(page)
        expect(field).to_have_value(str(number))
        ask(to_chat(page), QUESTION)
        answer = served.answer(QUESTION, sources=number)
        assert len(answer.hits) == number
        apart = page.locator(".answer").last.locator("[data-source='hit']")
        shown = page.locator("#sources [data-source='hit']")
        expect(shown.or_(apart).first).to_be_attached()
        counted = shown.count()
        page.get_by_role("link", name="Settings").click()
        settled(page)
        if number == 5:
            few = counted
    assert counted > few


@pytest.mark.parametrize("given", ["4", "21", "7.5", ""])
def test_a_number_that_will_not_do_is_refused_in_one_sentence(visit: Visits, address: str, given: str) -> None:
    page = opened(visit, address)
    field = page.get_by_label("Number of sources")
    field.fill("8")
    says(page, "Saved")
    field.fill(given)
    page.keyboard.press("Tab")
    says(page, "The number of sources goes from 5 to 20; give a whole number.")
    expect(field).to_have_value("8")
    expect(again(page).get_by_label("Number of sources")).to_have_value("8")


def test_another_tab_has_what_was_chosen_here(visit: Visits, address: str) -> None:
    one = opened(visit, address)
    other = one.context.new_page()
    other.goto(address)
    other.locator("#question textarea").wait_for()
    one.get_by_label("Strict").check()
    says(one, "Saved")
    other.get_by_role("link", name="Settings").click()
    expect(other.get_by_label("Strict")).to_be_checked()
    one.get_by_label("Dark").check()
    expect(other.locator("body.dark")).to_be_attached()


def test_what_was_chosen_is_there_after_a_restart(visit: Visits, served: Assistant) -> None:
    with serving(served) as address:
        page = opened(visit, address)
        page.get_by_label("Number of sources").fill("7")
        says(page, "Saved")
        page.context.close()
    with serving(served) as address:
        page = opened(visit, address)
        expect(page.get_by_label("Number of sources")).to_have_value("7")
        page.context.close()


def test_all_is_done_from_the_keyboard(visit: Visits, address: str, served: Assistant) -> None:
    page = opened(visit, address)
    page.get_by_label("Number of sources").focus()
    page.keyboard.press("ArrowUp")
    says(page, "Saved")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("Strict")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("body.dark")).to_be_attached()
    page.evaluate("window.stays = true")
    page.keyboard.press("Tab")
    assert focused(page, "closest('#settings-language') !== null")
    page.keyboard.press("Tab")
    assert focused(page, "closest('#settings-llm-setting') !== null")
    page.wait_for_timeout(500)
    assert page.evaluate("window.stays"), "a language that was only passed by was set, and the page loaded again"
    again(page)
    expect(page.get_by_label("Number of sources")).to_have_value("11")
    expect(page.get_by_label("Strict")).to_be_checked()
    expect(page.get_by_label("Dark")).to_be_checked()


# ---- The theme ----


@pytest.mark.parametrize(("chosen", "system"), [("Dark", "light"), ("Light", "dark")])
def test_a_theme_is_there_from_the_first_paint_on(visit: Visits, address: str, chosen: str, system: str) -> None:
    page = opened(visit, address, color_scheme=system)
    page.get_by_label(chosen).check()
    says(page, "Saved")
    paper = page.evaluate("getComputedStyle(document.querySelector('.gradio-container')).backgroundColor")
    page.add_init_script(WATCH)
    again(page)
    assert set(page.evaluate("window.seen")) == {chosen == "Dark"}
    assert page.evaluate("getComputedStyle(document.querySelector('.gradio-container')).backgroundColor") == paper
    page.get_by_label("As the system").check()
    expect(page.locator("body.dark")).to_have_count(int(system == "dark"))
    page.emulate_media(color_scheme="dark" if system == "light" else "light")
    expect(page.locator("body.dark")).to_have_count(int(system == "light"))


def test_a_browser_that_is_new_gets_the_theme_of_the_person(visit: Visits, address: str) -> None:
    opened(visit, address).get_by_label("Dark").check()
    expect(opened(visit, address).locator("body.dark")).to_be_attached()


# ---- The LLM ----


def test_an_llm_is_tried_used_and_kept_for_the_next_start(
    visit: Visits, assistant: Assistant, home_of_seeds: Path, llm: ScriptedLLM
) -> None:
    llm.says(TRUE)
    with serving(over(assistant, home_of_seeds)) as address:
        page = opened(visit, address)
        expect(page.locator("#settings-llm")).to_contain_text("No LLM is set")
        page.get_by_label("Change the LLM").fill(llm.setting)
        page.get_by_role("button", name="Try it").click()
        expect(page.locator("#settings-told")).to_contain_text("scripted wrote “Seven people", timeout=PATIENCE)
        expect(page.locator("#settings-llm")).to_contain_text("No LLM is set")
        page.get_by_label("Change the LLM").press("Enter")
        expect(page.locator("#settings-told")).to_contain_text("used from now on", timeout=PATIENCE)
        expect(page.locator("#settings-llm strong")).to_have_text("scripted")
        ask(to_chat(page), QUESTION)
        expect(page.locator(".answer .remark").last).to_contain_text("Written by scripted", timeout=PATIENCE)
        page.context.close()
    with serving(over(assistant, home_of_seeds)) as address:
        page = opened(visit, address)
        expect(page.locator("#settings-llm strong")).to_have_text("scripted")
        expect(page.get_by_label("Change the LLM")).to_have_value(llm.setting)
        page.context.close()


def test_an_llm_that_is_not_there_is_one_sentence_and_the_old_one_stays(
    visit: Visits, assistant: Assistant, home_of_seeds: Path, llm: ScriptedLLM
) -> None:
    llm.says(TRUE)
    with serving(over(assistant, home_of_seeds, llm=llm.setting)) as address:
        page = opened(visit, address)
        told = page.locator("#settings-told")
        for given, sentence in (
            ("http://127.0.0.1:9/v1#gone", "Nothing answers for the LLM gone at http://127.0.0.1:9/v1; start that"),
            ("<b>gpt</b>", "The LLM '<b>gpt</b>' is not understood; give none, openai:MODEL"),
        ):
            page.get_by_label("Change the LLM").fill(given)
            page.get_by_role("button", name="Use it").click()
            expect(told).to_contain_text(sentence, timeout=PATIENCE)
            expect(page.locator("#settings-llm strong")).to_have_text("scripted")
        ask(to_chat(page), QUESTION)
        expect(page.locator(".answer .remark").last).to_contain_text("Written by scripted", timeout=PATIENCE)
        page.context.close()


# ---- Several people ----


def test_two_people_have_their_own_and_neither_changes_the_llm(
    visit: Visits, assistant: Assistant, home_of_seeds: Path, llm: ScriptedLLM
) -> None:
    people = People(home_of_seeds / "users.db")
    for name in ("ada", "bob"):
        people.add(name, PASSWORD)
    with serving(over(assistant, home_of_seeds, llm=llm.setting), login=True) as address:
        pages = [enter(visit.open(f"{address}/?view=settings"), name) for name in ("ada", "bob")]
        ada, bob = (settled(page) for page in pages)
        ada.get_by_label("Strict").check()
        ada.get_by_label("Dark").check()
        says(ada, "Saved")
        again(bob)
        expect(bob.get_by_label("Strict")).not_to_be_checked()
        expect(bob.locator("body.dark")).to_have_count(0)
        expect(again(ada).get_by_label("Strict")).to_be_checked()
        expect(ada.locator("#settings-llm")).to_contain_text("scripted")
        expect(ada.locator("#settings-llm")).to_contain_text("only where the server is started")
        expect(ada.locator("#settings-llm").get_by_role("button")).to_have_count(0)
        expect(ada.get_by_label("Change the LLM")).to_have_count(0)
        for page in pages:
            page.context.close()
    kept = KeptPreferences(home_of_seeds / "conversations.db")
    assert (kept.read("ada").strict, kept.read("bob").strict, kept.read().strict) == (True, None, None)


# ---- The look ----


@pytest.mark.parametrize("width", [390, 900, 2560])
def test_the_settings_fit_every_screen(visit: Visits, address: str, width: int) -> None:
    page = opened(visit, address, width=width, height=844)
    assert sideways(page) == 0
    assert (
        page.evaluate(
            "(() => { const v = document.querySelector('#settings-view'); return v.scrollWidth - v.clientWidth; })()"
        )
        == 0
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_settings_can_be_read(visit: Visits, address: str, scheme: str) -> None:
    page = opened(visit, address, color_scheme=scheme)
    page.get_by_label("Number of sources").fill("2")
    page.keyboard.press("Tab")
    says(page, "The number of sources goes from 5 to 20; give a whole number.")
    ratio, text = page.evaluate(CONTRAST)
    assert ratio >= 4.5, text
