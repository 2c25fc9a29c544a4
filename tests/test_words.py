"""The page in other languages: every text has a translation that says no more than words, and the page shows it."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from playwright.sync_api import expect

from assistant.assistant import WROTE_NOTHING
from assistant.errors import UNEXPECTED
from assistant.render import i18n as words
from assistant.render import text as present
from assistant.types import REFUSAL, Answer, Exchange
from assistant.web.page import library, login
from assistant.web.page import session as conversation
from assistant.web.page import settings as settings_pane
from assistant.web.page.html import Markup
from assistant.web.page.views import VIEWS
from assistant.write import generate as write
from index.types import Filter
from tests.browsing import PATIENCE, Visits, ask
from tests.sayings import ANSWERABLE, UNANSWERABLE
from tests.values import answer_from, article_of

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "assistant" / "render" / "languages"
EXTRACT = (
    "pybabel extract -F pyproject.toml --omit-header --sort-output --no-location --no-wrap"
    " -o assistant/render/languages/messages.pot ."
)
UPDATE = "run `pybabel update` as docs/translating.md says, and translate what is new"
CODES = sorted(file.stem for file in FOLDER.glob("*.po"))
# Placeholders and tags: what a translation must have just as the text has it.
FIXED = re.compile(r"%\(\w+\)s|\{\w*\}|</?\w+>")


def catalog(file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened)


def texts_of(messages: Catalog) -> dict[Any, Message]:
    return {message.id: message for message in messages if message.id}


def as_pair(text: Any) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def fixed(text: str) -> list[str]:
    return sorted(FIXED.findall(text))


# ---- What is translated ----


def test_the_template_holds_every_text_of_the_page() -> None:
    with (ROOT / "pyproject.toml").open("rb") as opened:
        methods, options = _mapping(opened)
    found = {message for _, _, message, _, _ in extract_from_dir(ROOT, methods, options)}
    assert found == set(texts_of(catalog(FOLDER / "messages.pot"))), f"run: {EXTRACT}"


def _mapping(opened: Any) -> tuple[Any, Any]:
    import tomllib

    mappings = tomllib.loads(opened.read().decode())["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    return methods, {mapping["pattern"]: {"trimmed": mapping.get("trimmed", "false")} for mapping in mappings}


@pytest.mark.parametrize("code", CODES)
def test_every_text_has_a_translation_with_the_same_placeholders_and_tags(code: str) -> None:
    wanted, there = texts_of(catalog(FOLDER / "messages.pot")), texts_of(catalog(FOLDER / f"{code}.po"))
    assert set(there) == set(wanted), UPDATE
    for text, message in there.items():
        assert not message.fuzzy, text
        for said in as_pair(message.string):
            assert said, text
            assert fixed(said) == fixed(as_pair(text)[-1]), said
            # Translations are put into attributes and are not escaped.
            assert not set('"<>&') & set(FIXED.sub("", said)), said


def test_what_is_taken_over_from_other_modules_is_what_they_say() -> None:
    constants = [
        REFUSAL,
        present.DISPUTED,
        *present.DOUBTS.values(),
        write.STOPPED,
        write.CUT,
        WROTE_NOTHING,
        conversation.LEFT,
        conversation.UNANSWERED,
        UNEXPECTED,
        library.UNEXPECTED,
        login.WRONG,
        settings_pane.SAVED,
        settings_pane.TRYING,
        library.ADDING,
        library.READING,
        library.REMOVING,
        library.RESTORING,
        *(view.name for view in VIEWS),
    ]
    assert sorted(constants) == sorted(words.TAKEN_OVER)


# ---- Languages ----


def test_languages_are_those_of_the_files_by_their_own_names() -> None:
    names = {one.code: one.name for one in words.languages()}
    assert next(iter(names)) == "en"
    assert set(names) == {"en", *CODES}
    assert names.items() >= {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}.items()


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("DE-at", "de"),
        ("en-US,en;q=0.9,de;q=0.5", "en"),
        ("nl, fr;q=0.4, es;q=0.7", "es"),
        ("de;q=0, fr", "fr"),
        ("zh-Hant-TW", "en"),
        ("*", "en"),
        ("", "en"),
        (None, "en"),
        ("../../etc/passwd, de;q=high", "en"),
        ("x" * 100_000, "en"),
    ],
)
def test_the_browser_gets_the_language_that_suits_it_best(header: str | None, code: str) -> None:
    assert words.negotiated_language(header) == code


@pytest.mark.parametrize("code", ["tlh", "../de", ""])
def test_a_language_that_is_not_there_is_english(code: str) -> None:
    assert words.texts(code).gettext("Ask") == "Ask"


def test_one_and_many_are_told_apart_and_numbers_and_dates_are_written_as_people_do() -> None:
    assert "1 article<" in Markup().masthead(1)
    assert "1,234 articles<" in Markup().masthead(1234)
    assert "1 Artikel<" in Markup("de").masthead(1)
    assert "1.234 Artikel<" in Markup("de").masthead(1234)
    assert "1 artículo<" in Markup("es").masthead(1)
    assert "2 artículos<" in Markup("es").masthead(2)
    assert "0 article<" in Markup("fr").masthead(0)
    day = date(2025, 10, 24)
    assert words.long_date(day, "en") == present.readable(day)
    assert words.long_date(day, "de") == "24. Oktober 2025"
    assert words.month(day, "fr") == "octobre 2025"
    asked = replace(
        answer_from(article_of("Title", "One."), (0, 4)), allowed=Filter(("River <b>Desk",), day, None, ("a", "b"))
    )
    html = Markup("de").question(0, Exchange("q", answer=asked))
    assert "River &lt;b&gt;Desk, ab 24. Oktober 2025, 2 ausgewählte Artikel" in html


@pytest.mark.parametrize("code", CODES)
def test_what_an_article_or_question_holds_stays_text_in_every_language(code: str) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>%(number)s{number}%s'
    article = article_of(evil, f"{evil} ends.", publisher=evil, author=evil)
    grown = answer_from(article, (0, len(article.text)), question=evil, searched=f"{evil} indeed", text=evil)
    grown = replace(grown, written_by=evil, stopped=evil, allowed=Filter((evil,)))
    refusal = Answer(evil, f"{evil}!", evil, (), (), True, grown.hits)
    markup = Markup(code)
    pieces = [
        markup.question(0, Exchange(evil, answer=grown)),
        markup.reply(0, Exchange(evil, answer=grown)),
        markup.reply(0, Exchange(evil, answer=replace(grown, claims=()), growing=True)),
        markup.reply(0, Exchange(evil, answer=refusal)),
        markup.reply(0, Exchange(evil, error=evil)),
        markup.source_list(0, grown),
        markup.cited_article(0, grown, 1) or "",
        markup.chips(Filter((evil,), articles=("a",)), {"a": evil}),
        markup.notice(evil),
        markup.person(evil),
    ]
    for html in pieces:
        assert "alert(1)" in html
        assert "<script" not in html
        assert "<img" not in html


def test_what_an_answer_says_of_itself_is_translated() -> None:
    made = answer_from(article_of("Title", "One. Two."), (0, 4), (5, 9))
    claims = (replace(made.claims[0], status="unsupported"), replace(made.claims[1], denies=True))
    made = replace(made, claims=claims, written_by="scripted", stopped=write.STOPPED)
    html = Markup("de").reply(0, Exchange("q", answer=made))
    for text in ("nicht durch die Artikel belegt", "Bestritten:", "Geschrieben von scripted; jeder Satz ist geprüft"):
        assert text in html
    assert "Vor dem Ende angehalten: Sie haben sie angehalten." in html
    assert 'aria-label="Beleg 2: Title"' in html


# ---- In the browser ----


def test_a_german_browser_gets_a_german_page(visit: Visits, address: str) -> None:
    page = visit(address, locale="de-DE")
    expect(page.locator(".masthead .count")).to_have_text(re.compile(r"^\d+ Artikel$"), timeout=PATIENCE)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("button", name="Neuer Chat")).to_be_visible()
    expect(page.get_by_role("textbox", name="Frage")).to_have_attribute("placeholder", "Eine Frage stellen")
    expect(page.get_by_role("button", name="Fragen", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Filter")).to_be_visible()
    expect(page.locator(".welcome h2")).to_have_text("Fragen Sie Ihre Artikel")
    expect(page.get_by_role("group", name="Beispielfragen")).to_be_visible()
    expect(page.locator("#sources h2")).to_have_text("Quellen")
    ask(page, ANSWERABLE)
    expect(page.get_by_role("button", name=re.compile("^Quellen: "))).to_be_visible()
    expect(page.get_by_role("button", name="Fragen", exact=True)).to_be_visible()
    page.locator(".mark").first.click()
    expect(page.locator(".reader time")).to_have_text(re.compile(r"^\d+\. \w+ \d{4}$"))
    ask(page, UNANSWERABLE)
    expect(page.locator(".refusal .claims")).to_have_text("Nicht in diesen Artikeln.")
    page.get_by_role("link", name="Bibliothek").click()
    expect(page.locator("#library-title")).to_have_text("Bibliothek")
    expect(page.get_by_role("button", name="Schlagwörter")).to_be_visible()
    expect(page).to_have_title(re.compile("^Bibliothek – "))
