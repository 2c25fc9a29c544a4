"""Articles in German, French, Spanish and Chinese, asked in a real browser in their language and across languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assistant.assistant import Assistant
from assistant.settings import Settings
from benchmarks.sets import LANGUAGES
from index import Index, sync
from index.embed.packaged import MULTILINGUAL_MODEL
from tests.browsing import Visits, ask
from tests.serving import running


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("languages")
    with Index(home) as index:
        sync(index, [LANGUAGES / language for language in ("de", "fr", "es", "zh")])
        assert index.embedding.name == MULTILINGUAL_MODEL
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with running(Assistant(Settings(home=home))) as address:
        yield address


@pytest.mark.parametrize(
    ("question", "language", "quoted"),
    [
        ("Wann wurden die letzten Kernkraftwerke abgeschaltet?", "de", "am 15. April 2023 abgeschaltet"),
        ("How many grams did Chang'e 6 bring back from the far side of the moon?", "zh", "1935.3克"),
    ],
)
def test_an_answer_is_a_quote_in_its_articles_language_and_opens_there(
    visit: Visits, address: str, question: str, language: str, quoted: str
) -> None:
    page = visit(address)
    ask(page, question)
    answer = page.locator(".answer")
    expect(answer).to_contain_text(quoted)
    page.locator(".mark").first.click()
    mark = page.locator("mark.pressed")
    expect(mark).to_be_visible()
    assert mark.evaluate("node => node.closest('[lang]').lang") == language


def test_the_library_says_in_which_languages_the_articles_are(visit: Visits, address: str) -> None:
    page = visit(address, locale="de-DE")
    page.get_by_role("link", name="Bibliothek").click()
    told = page.locator(".library-top .note").first
    for name in ("Deutsch 5", "Französisch 5", "Spanisch 5", "Chinesisch 5"):
        expect(told).to_contain_text(name)
