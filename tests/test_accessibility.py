"""Every state of the page under axe-core's WCAG rules, in a real browser, on two screens, in light and in dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.storage.conversations import Conversations
from assistant.storage.users import People
from assistant.types import Exchange
from tests.browsing import PATIENCE, Visits, ask
from tests.sayings import ANSWERABLE, UNANSWERABLE
from tests.serving import running, serving

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
SEVERE = ("serious", "critical")
# While something fades in, it has less contrast than it is going to have.
STILL = """() => document.getAnimations().every(
  (one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity
)"""
SCREENS = [pytest.param(width, scheme, id=f"{width}-{scheme}") for width in (1280, 390) for scheme in ("light", "dark")]


@pytest.fixture(scope="module")
def kept(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Conversations:
    """Two conversations, besides those that the tests begin."""
    kept = Conversations(tmp_path_factory.mktemp("accessible") / "conversations.db")
    for question in ("Which jewels were stolen from the Louvre?", ANSWERABLE):
        kept.keep(kept.begin(question).id, Exchange(question, assistant.answer(question)))
    return kept


@pytest.fixture(scope="module")
def address(assistant: Assistant, kept: Conversations) -> Iterator[str]:
    with running(assistant, kept) as address:
        yield address


def breaches(page: Page) -> list[str]:
    """What axe finds that keeps somebody out: rule, where, and what would help."""
    page.wait_for_function(STILL)
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    # axe is handed to the page by the debugger, past its content security policy, which stays as it is.
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}) at {' '.join(map(str, node['target']))}: {rule['help']}; {_why(node)}"
        for rule in found
        if rule["impact"] in SEVERE
        for node in rule["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    return " ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_the_chat_keeps_nobody_out(visit: Visits, address: str, width: int, scheme: str) -> None:
    page = visit(address, width, 844, color_scheme=scheme)
    found = {"empty": breaches(page)}
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Publishers").click()
    page.get_by_role("option").first.wait_for()
    found["filters, choosing"] = breaches(page)
    page.get_by_role("option").first.click()
    page.keyboard.press("Escape")
    page.locator(".chip").wait_for()
    found["filters and a chip"] = breaches(page)
    page.locator(".chip button").click()
    expect(page.locator(".chip")).to_have_count(0)
    page.get_by_role("button", name="Filters").click()

    ask(page, ANSWERABLE)
    page.locator(".suggested button").first.wait_for(timeout=PATIENCE)
    found["an answer"] = breaches(page)
    page.locator(".mark").first.click()
    page.locator("mark.pressed").first.wait_for()
    found["a source"] = breaches(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Good answer").click()
    page.get_by_label("A word on it (optional)").wait_for()
    ask(page, UNANSWERABLE)
    found["a refusal and a rated answer"] = breaches(page)

    if width == 390:
        page.locator("#history-pane .toggle-button").click()
    expect(page.locator(".history [aria-current]")).to_be_visible()
    found["the history"] = breaches(page)
    page.locator(".history li", has_text="Which jewels").hover()
    page.get_by_role("button", name="Rename Which jewels").click()
    found["renaming"] = breaches(page)
    page.keyboard.press("Escape")
    said = [f"{state}: {one}" for state, some in found.items() for one in some]
    assert not said, "\n".join(said)


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_the_library_keeps_nobody_out(visit: Visits, address: str, width: int, scheme: str) -> None:
    page = visit.open(f"{address}/?view=library", width, 844, color_scheme=scheme)
    page.locator(".library-list tbody tr").first.wait_for()
    found = {"filled": breaches(page)}
    page.locator("[data-pick]").first.check()
    page.get_by_role("button", name="Pick none").wait_for()
    found["a selection"] = breaches(page)
    page.get_by_label("Search", exact=True).fill("zzzz")
    page.get_by_text("No article is like that").wait_for()
    found["nothing found"] = breaches(page)
    said = [f"{state}: {one}" for state, some in found.items() for one in some]
    assert not said, "\n".join(said)


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_an_empty_page_and_library_keep_nobody_out(visit: Visits, tmp_path: Path, width: int, scheme: str) -> None:
    with running(Assistant(Settings(home=tmp_path / "nothing"))) as address:
        page = visit(address, width, 844, color_scheme=scheme)
        page.locator(".welcome code").wait_for()
        found = {"chat": breaches(page)}
        page.get_by_role("link", name="Library").click()
        page.get_by_text("There are no articles yet").wait_for()
        found["library"] = breaches(page)
        page.context.close()
    said = [f"{state}: {one}" for state, some in found.items() for one in some]
    assert not said, "\n".join(said)


@pytest.fixture(scope="module")
def guarded(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("guarded")
    People(home / "users.db").add("ada", "correct horse")
    other = Assistant(Settings(home=home))
    other.index = assistant.index
    with serving(other, login=True) as address:
        yield address


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_signing_in_keeps_nobody_out(visit: Visits, guarded: str, width: int, scheme: str) -> None:
    visit.expected = "401"
    page = visit.open(guarded, width, 844, color_scheme=scheme)
    found = {"signing in": breaches(page)}
    for field, text in (("Name", "ada"), ("Password", "wrong")):
        page.get_by_label(field).fill(text)
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    found["refused"] = breaches(page)
    page.get_by_label("Password").fill("correct horse")
    page.keyboard.press("Enter")
    page.locator(".masthead .name, #person .name").first.wait_for(state="attached", timeout=PATIENCE)
    found["signed in"] = breaches(page)
    said = [f"{state}: {one}" for state, some in found.items() for one in some]
    assert not said, "\n".join(said)
