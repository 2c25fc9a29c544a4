"""Those who sign in."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from assistant.assistant import Assistant
from assistant.settings import Settings
from tests.browsing import PATIENCE

PASSWORD = "correct horse"


def at(assistant: Assistant, home: Path, **settings: Any) -> Assistant:
    """The assistant over seeds/, with people and conversations elsewhere."""
    other = Assistant(Settings(home=home, **settings))
    other.index = assistant.index
    return other


def enter(page: Page, name: str) -> Page:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".person .name").wait_for(timeout=PATIENCE)  # The page has come to its end.
    return page
