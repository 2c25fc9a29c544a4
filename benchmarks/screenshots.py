"""Write the screenshots of docs/images/: `python -m benchmarks.screenshots` opens the real page over seeds/."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.storage.conversations import Conversations
from benchmarks.page import serving
from index import sync
from tests.llm_server import Silence, scripted_llm

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
IMAGES = ROOT / "docs" / "images"
ANSWERED = "Who drove the policy shift?"
REFUSED = "Who won the 1998 football World Cup?"
# What an LLM may say: a sentence that the articles support, one that they do not, and one that has not ended.
WRITTEN = "Which jewels were stolen from the Louvre?"
WRITING = (
    "Seven people have been arrested, and none of the eight stolen jewels has been found.",
    0.3,
    " Nine of them were sold in Antwerp.",
    0.3,
    " The director of the Louvre told the Senate that it was a terrible",
)


def main() -> None:
    """Index seeds/ into a temporary home, serve the page and write its pictures."""
    with tempfile.TemporaryDirectory() as home:
        assistant = Assistant(Settings(home=Path(home)), starter=SEEDS)
        sync(assistant.index, [SEEDS])
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            kept = Conversations(assistant.index.home / "conversations.db")
            with serving(assistant, kept) as address:
                _write_all(browser, address)
            with scripted_llm() as llm:
                llm.says(*WRITING, Silence)
                writing = Assistant(Settings(home=Path(home), llm=llm.setting))
                with serving(writing, kept) as address:
                    _write_growing(browser, address)
            browser.close()


def _write_growing(browser: Browser, address: str) -> None:
    """Take the picture of an answer that an LLM is writing."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address)
    page.locator("#question textarea").fill(WRITTEN)
    page.keyboard.press("Enter")
    page.locator(".growing .draft", has_text="told the Senate").wait_for(timeout=60_000)
    page.screenshot(path=IMAGES / "writing.png")
    page.close()
    print(IMAGES / "writing.png")


def _write_all(browser: Browser, address: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, question, width in (
        ("chat", ANSWERED, 1280),
        ("refusal", REFUSED, 1280),
        ("narrow", ANSWERED, 390),
        ("dark", ANSWERED, 1280),
        ("empty", None, 1280),
        ("library", None, 1280),
    ):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if name == "dark" else "light")
        page.goto(f"{address}?view=library" if name == "library" else address)
        if question:
            _ask(page, question)
            page.locator(".suggested").wait_for(timeout=60_000)
        if name == "library":
            page.locator(".library-list tbody tr").first.wait_for(timeout=60_000)
        if question == ANSWERED:
            page.locator(".mark").first.click()
            page.locator("mark.pressed").first.wait_for()
        page.wait_for_timeout(1_000)  # For the scrolling to come to rest.
        page.screenshot(path=IMAGES / f"{name}.png")
        page.close()
        print(IMAGES / f"{name}.png")


def _ask(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(".answer").wait_for(timeout=60_000)


if __name__ == "__main__":
    main()
