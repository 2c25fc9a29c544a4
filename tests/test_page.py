"""The page in a real browser, over real indexes: what a person presses, reads and must never have done to them."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from assistant.assistant import Assistant
from assistant.errors import PortTaken
from assistant.render import text as present
from assistant.settings import Settings
from assistant.storage.conversations import Conversations
from assistant.types import REFUSAL, Answer, Claim, Exchange
from assistant.web.page import view_models as views
from assistant.web.page.html import Markup
from assistant.web.page.session import Session, stream_exchange
from assistant.web.page.theme import look
from assistant.web.server.application import create_server
from index import Index
from index.types import EVERYTHING, Hit, Passage
from tests.browsing import CONTRAST, Visits, ask, focused, in_view, sideways
from tests.conftest import put_article, write_article
from tests.sayings import ANSWERABLE, UNANSWERABLE
from tests.serving import running
from tests.values import answer_from, article_of

# ---- Asking and reading ----


def test_an_answer_ends_its_sentences_in_marks(visit: Visits, address: str, assistant: Assistant) -> None:
    page = visit(address)
    ask(page, ANSWERABLE)
    answer = assistant.answer(ANSWERABLE)
    claims = page.locator(".claim")
    assert [claim.locator(".words").inner_text() for claim in claims.all()] == [claim.text for claim in answer.claims]
    for claim, shown in zip(answer.claims, claims.all(), strict=True):
        labels = [mark.get_attribute("aria-label") for mark in shown.locator("button.mark").all()]
        assert labels == [views.citation_label(citation) for citation in claim.citations]


def test_pressing_a_mark_opens_its_article_at_the_highlighted_quote(
    visit: Visits, address: str, assistant: Assistant
) -> None:
    page = visit(address)
    ask(page, ANSWERABLE)
    for citation in assistant.answer(ANSWERABLE).citations:
        page.locator(f".mark[data-number='{citation.number}']").first.click()
        pressed = page.locator("mark.pressed")
        expect(pressed.first).to_be_focused()
        assert "".join(pressed.all_inner_texts()) == citation.quote.replace("\n", "")
        assert in_view(page, "mark.pressed")
        reader = page.locator(".reader")
        expect(reader.locator("h2")).to_have_text(citation.article.title)
        for part in (citation.article.publisher, citation.article.author):
            if part:
                expect(reader.locator(".byline")).to_contain_text(part)
        assert citation.article.published
        expect(reader.locator("time")).to_have_text(present.readable(citation.article.published))
        assert re.sub(r"\s+", "", reader.locator(".text").inner_text()) == re.sub(r"\s+", "", citation.article.text)


def test_a_mark_works_from_the_keyboard_and_escape_leads_back_to_it(visit: Visits, address: str) -> None:
    page = visit(address)
    page.locator("#question textarea").focus()
    page.keyboard.type(ANSWERABLE)
    page.keyboard.press("Enter")
    page.locator(".mark").first.wait_for()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if focused(page, "className") == "mark":
            break
    label = focused(page, "ariaLabel")
    assert label.startswith("Citation ")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("mark.pressed").first).to_be_focused()
    page.keyboard.press("Escape")
    assert focused(page, "ariaLabel") == label


def test_what_was_cited_is_listed_apart_from_what_was_also_retrieved(
    visit: Visits, address: str, assistant: Assistant
) -> None:
    page = visit(address)
    ask(page, ANSWERABLE)
    answer = assistant.answer(ANSWERABLE)
    panel = page.locator("#sources")
    expect(panel.locator(".cited .quoted q")).to_have_count(len(answer.citations))
    shown = {text.strip("“”") for text in panel.locator(".cited .quoted q").all_inner_texts()}
    assert shown == {citation.quote for citation in answer.citations}
    apart = views.also_retrieved(answer)
    assert apart
    expect(panel.get_by_role("heading", name="Also retrieved")).to_be_visible()
    expect(panel.locator(".retrieved .card")).to_have_count(len(apart))
    place, hit = apart[0]
    panel.locator(f".retrieved [data-number='{place}']").click()
    expect(page.locator("mark.pressed").first).to_be_focused()
    assert "".join(page.locator("mark.pressed").all_text_contents()) == hit.text.replace("\n", "")
    page.get_by_role("button", name="All sources").click()
    expect(panel.locator(".cited")).to_be_visible()


def test_a_refusal_says_so_and_shows_the_nearest_passages(visit: Visits, address: str, assistant: Assistant) -> None:
    page = visit(address)
    ask(page, UNANSWERABLE)
    expect(page.locator(".refusal .claims")).to_have_text(REFUSAL)
    nearest = page.locator(".refusal .card")
    expect(page.locator(".refusal h3")).to_have_text("Nearest passages")
    hits = assistant.answer(UNANSWERABLE).hits[:3]
    expect(nearest).to_have_count(len(hits))
    expect(nearest.first).to_contain_text(hits[0].article.title)
    nearest.first.locator("button").click()
    expect(page.locator("mark.passage.pressed").first).to_be_focused()
    assert in_view(page, "mark.pressed")


def test_articles_that_are_listed_have_a_line_each_and_open_at_their_beginning(visit: Visits, address: str) -> None:
    page = visit(address)
    ask(page, "Which articles were published by the Europe Desk?")
    claims = page.locator(".of-collection .claim")
    expect(claims).to_have_count(3)
    tops = [box["y"] for claim in claims.all() if (box := claim.bounding_box())]
    assert tops == sorted(set(tops))
    claims.nth(1).locator("button.mark").click()
    expect(page.locator("mark.pressed").first).to_be_focused()
    title = page.locator(".reader h2").inner_text()
    assert f"“{title}”" in claims.nth(1).inner_text()


def test_a_greeting_is_answered_with_what_can_be_asked_and_has_no_sources(visit: Visits, address: str) -> None:
    page = visit(address)
    ask(page, "Hello!")
    answer = page.locator(".of-talk")
    expect(answer.locator(".claims")).to_contain_text("Ask me about the 11 articles")
    expect(answer.locator(".after, .actions")).to_have_count(0)


def test_an_example_question_can_be_pressed_and_a_new_chat_started(visit: Visits, address: str) -> None:
    page = visit(address)
    expect(page.locator(".masthead .count")).to_have_text(re.compile(r"^\d+ articles$"))
    example = page.locator(".example").first
    question = example.inner_text()
    example.click()
    expect(page.locator(".question")).to_contain_text(question)
    page.locator(".answer").wait_for()
    page.get_by_role("button", name="New chat").click()
    expect(page.locator(".answer")).to_have_count(0)
    expect(page.locator(".example").first).to_be_visible()
    expect(page.locator("#question textarea")).to_be_focused()


def test_marks_of_earlier_answers_keep_working(visit: Visits, address: str) -> None:
    page = visit(address)
    ask(page, ANSWERABLE)
    ask(page, UNANSWERABLE)
    ask(page, ANSWERABLE)
    first = page.locator(".mark[data-place='0']").first
    label = first.get_attribute("aria-label")
    first.click()
    expect(page.locator("mark.pressed").first).to_be_focused()
    page.keyboard.press("Escape")
    assert focused(page, "ariaLabel") == label
    assert focused(page, "dataset.place") == "0"


# ---- What can go wrong ----


def test_a_question_that_is_too_long_is_explained_and_kept(visit: Visits, address: str) -> None:
    page = visit(address)
    question = "why " * 2_500
    ask(page, question)
    expect(page.locator(".error")).to_contain_text("characters")
    expect(page.locator("#question textarea")).to_have_value(question)
    ask(page, ANSWERABLE)
    expect(page.locator(".mark").first).to_be_visible()


def test_an_empty_question_is_explained(visit: Visits, address: str) -> None:
    page = visit(address)
    ask(page, "   ")
    expect(page.locator(".error")).to_contain_text("empty")
    expect(page.locator(".question")).to_have_count(0)


def test_an_empty_collection_says_how_to_index(visit: Visits, tmp_path: Path) -> None:
    with running(Assistant(Settings(home=tmp_path / "nothing"))) as address:
        page = visit(address)
        expect(page.locator(".welcome code")).to_have_text("assistant index FOLDER")
        expect(page.locator(".masthead .count")).to_have_text("0 articles")
        ask(page, "anything there?")
        expect(page.locator(".error")).to_be_visible()


class Silent:
    """Answers as the page needs them, with nothing to say."""

    def stream(self, question: str, history: object = (), **given: object) -> Iterator[Answer]:
        return iter(())

    def suggest(self, answer: Answer, history: object = ()) -> tuple[str, ...]:
        return ()

    def publishers(self) -> list[str]:
        return []

    def titles(self, articles: object) -> dict[str, str]:
        return {}

    def examples(self) -> tuple[str, ...]:
        return ()

    def count(self) -> int:
        return 1


def test_an_unexpected_failure_leaves_the_page_alive(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Silent):
        def stream(self, question: str, history: object = (), **given: object) -> Iterator[Answer]:
            raise RuntimeError("secret detail")

    (exchange,) = stream_exchange(Broken(), "why?", [], EVERYTHING, threading.Event())
    assert exchange.error
    assert "secret" not in exchange.error
    assert "secret detail" in caplog.text


def test_an_answer_that_comes_after_a_new_chat_is_kept_and_not_shown(tmp_path: Path) -> None:
    from assistant.web.page import chat

    session = Session()

    class Slow(Silent):
        def stream(self, question: str, history: object = (), **given: object) -> Iterator[Answer]:
            session.conversation = []
            yield answer_from(article_of("Late", "Late."), (0, 5))

    kept = Conversations(tmp_path / "conversations.db")
    assert len(list(chat.ask(Slow(), kept, "why?", session, EVERYTHING, threading.Event()))) == 1
    assert session.conversation == []


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)):
            create_server(lambda: pytest.fail("built"), look, host="127.0.0.1", port=port, on_ready=print)


def test_chat_serves_until_interrupted_and_every_response_forbids_other_hosts(seed_home: Path) -> None:
    command = [sys.executable, "-m", "assistant", "chat", "--no-browser", "--home", str(seed_home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            address = re.search(r"http://\S+", process.stdout.readline())
            assert address
            policy = httpx.get(address[0]).headers["content-security-policy"]
            assert "default-src 'self'" in policy
        finally:
            process.send_signal(signal.SIGINT)
            _, complaints = process.communicate(timeout=20)
    assert process.returncode == 0
    assert complaints == ""


# ---- Articles are data ----

HOSTILE_TITLE = "<script>window.pwned = 1</script><img src=x onerror=alert(1)> Ferry strike {{constructor}} ${alert(2)}"
HOSTILE_TEXT = """The ferry strike on Gotland ended on 3 May, said <b onclick="alert(3)">Ingrid Alm</b> of the union. \
<script>window.pwned = 2</script> ${window.pwned = 3} {{7*7}} "quoted" & done."""


def test_markup_in_a_title_or_text_is_shown_as_text_and_never_runs(visit: Visits, tmp_path: Path) -> None:
    with Index(tmp_path / "hostile") as index:
        put_article(index, title=HOSTILE_TITLE, text=HOSTILE_TEXT)
        told = "The ferry strike cost the island of Gotland two million crowns."
        put_article(index, title=f"{HOSTILE_TITLE} (other)", text=told)
    with running(Assistant(Settings(home=tmp_path / "hostile"))) as address:
        page = visit(address)
        ask(page, "When did the ferry strike on Gotland end? <img src=x onerror=alert(4)>")
        expect(page.locator(".question")).to_contain_text("<img src=x onerror=alert(4)>")
        page.locator(".mark, .refusal .opener").first.click()
        expect(page.locator("mark.pressed").first).to_be_focused()
        expect(page.locator(".reader h2")).to_contain_text("<script>window.pwned = 1</script>")
        expect(page.locator(".reader h2")).to_contain_text("{{constructor}} ${alert(2)}")
        assert page.evaluate("window.pwned") is None
        assert page.locator("#panes script, #panes img, #panes [onclick], #panes [onerror]").count() == 0


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "https://example.org/\nx",
        "",
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert views.web_address(url) is None
    article = article_of("Title", "One sentence.", url=url)
    assert "<a " not in (Markup().cited_article(0, answer_from(article, (0, 13)), 1) or "")


def test_a_web_address_becomes_a_link_that_gives_nothing_away() -> None:
    article = article_of("Title", "One sentence.", url='https://example.org/a?b="><script>&c=1')
    html = Markup().cited_article(0, answer_from(article, (0, 13)), 1)
    assert html
    link = re.search(r"<a [^>]*>", html)
    assert link
    assert 'target="_blank"' in link[0]
    assert 'rel="noopener noreferrer"' in link[0]
    assert "<script>" not in html


def test_everything_an_article_or_question_holds_is_escaped() -> None:
    evil = "\"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e'`${x}{{y}}"
    article = article_of(evil, f"{evil} ends.", publisher=evil, author=evil, language=evil, url=f"https://x/{evil}")
    answer = answer_from(article, (0, len(article.text)), question=evil, searched=f"{evil} indeed", text=evil)
    refusal = Answer(evil, f"{evil}!", evil, (), (), True, answer.hits)
    pieces = [
        Markup().question(0, Exchange(evil)),
        Markup().reply(0, Exchange(evil, answer=answer)),
        Markup().reply(0, Exchange(evil, answer=refusal)),
        Markup().reply(0, Exchange(evil, error=evil)),
        Markup().source_list(0, answer),
        Markup().source_list(0, refusal),
        Markup().cited_article(0, answer, 1) or "",
        Markup().retrieved_article(0, answer, 0) or "",
        Markup().welcome(None, evil),
    ]
    for html in pieces:
        assert "alert(1)" in html
        assert "<script" not in html
        assert "<img" not in html


def test_numbers_from_the_browser_that_name_nothing_open_nothing() -> None:
    from gradio import EventData

    from assistant.web.page.sources import opened

    session = Session([Exchange("why?", answer=answer_from(article_of("Title", "One sentence."), (0, 13)))])
    lost = Markup().lost_sources()
    nothing: list[Any] = [None, [], {}, {"place": "0", "number": 1}, {"place": 0}, {"place": 9, "number": 1}]
    for data in nothing:
        assert opened(session, EventData(None, data)) == lost
    for number in (-1, 0, 2, True, 1.0, "1"):
        assert opened(session, EventData(None, {"source": "citation", "place": 0, "number": number})) == lost
    assert opened(session, EventData(None, {"source": "citation", "place": 0, "number": 1})) != lost


# ---- Statuses, highlights ----


def test_a_claim_that_is_not_supported_is_marked_in_words() -> None:
    answer = answer_from(article_of("Title", "One. Two. Three."), (0, 4), (5, 9))
    claims = (
        Claim("One.", answer.citations[:1], "supported"),
        Claim("Two.", answer.citations[1:], "to be compared"),
        Claim("Nobody said so.", (), "unsupported"),
    )
    answer = Answer("q", "q", "One. Two. Nobody said so.", claims, answer.citations, False, answer.hits)
    html = Markup().reply(0, Exchange("q", answer=answer))
    assert re.findall(r'class="status [a-z-]+">([^<]+)<', html) == ["to be compared", "not supported by the articles"]


def test_a_claim_to_be_compared_stands_over_what_the_article_says_with_the_words_that_differ_marked() -> None:
    text = "The bank raised its rate in June."
    answer = answer_from(article_of("Title", text), (0, len(text)))
    claim = Claim("The bank cut its rate in June.", answer.citations, "contradicted", missing=("cut",))
    html = Markup().reply(0, Exchange("q", answer=replace(answer, claims=(claim,), text=claim.text)))
    assert "contradicted by the articles; not found: cut" in html
    said, told = re.search(r'class="words">(.*?)</bdi>.*class="compared"[^>]*>(.*?)</q>', html, re.DOTALL).groups()  # type: ignore[union-attr]
    assert re.findall(r'class="differs">(\w+)<', said) == ["cut"]
    assert re.findall(r'class="differs">(\w+)<', told) == ["raised"]
    assert re.sub(r"<[^>]+>", "", told) == text
    supported = replace(answer, claims=(replace(claim, status="supported", missing=()),))
    assert "differs" not in Markup().reply(0, Exchange("q", answer=supported))


def test_a_claim_that_denies_the_one_before_it_says_so_in_words() -> None:
    answer = answer_from(article_of("Title", "He took <b>it</b>. Nobody took it."), (0, 18), (19, 34))
    denied = replace(answer, claims=(answer.claims[0], replace(answer.claims[1], denies=True)))
    assert "Disputed:" not in Markup().reply(0, Exchange("q", answer=answer))
    html = Markup().reply(0, Exchange("q", answer=denied))
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))
    assert re.search(r"He took &lt;b&gt;it&lt;/b&gt;\.\s?1 Disputed: Nobody took it\.", shown)


def test_the_question_as_searched_is_shown_only_when_it_differs() -> None:
    answer = answer_from(article_of("Title", "One."), (0, 4), question="and he?", searched="and Rubio?")
    assert "and Rubio?" in Markup().reply(0, Exchange("and he?", answer=answer))
    same = answer_from(article_of("Title", "One."), (0, 4), question="why?", searched="why?")
    assert "Searched as" not in Markup().reply(0, Exchange("why?", answer=same))


def test_highlights_are_exact_across_paragraphs_overlaps_and_any_script() -> None:
    text = "👩‍🚀 Café one.\n\nZwei — drei! 日本語の文。\nend"
    spans = [views.Span(2, 14, 1, False), views.Span(10, 24, 2, True), views.Span(0, len(text), None, False)]
    runs = [run for paragraph in views.paragraphs(text, spans) for run in paragraph]
    assert "".join(run.text for run in runs) == text.replace("\n", "")
    for span in spans[:2]:
        marked = "".join(run.text for run in runs if span.number in run.numbers)
        assert marked == text[span.start : span.end].replace("\n", "")
    assert "".join(run.text for run in runs if run.pressed) == text[10:24].replace("\n", "")
    assert [number for run in runs for number in run.opens] == [1, 2]


def test_a_hit_is_also_retrieved_only_when_no_quote_lies_in_its_passage() -> None:
    article = article_of("Title", "One. Two. Three.")
    other = article_of("Other", "One. Two. Three.")
    answer = answer_from(article, (5, 9))
    hits = tuple(
        Hit(Passage(str(place), one.id, start, end), one, 1.0, "both")
        for place, (one, start, end) in enumerate([(article, 0, 5), (article, 5, 10), (other, 5, 10)])
    )
    answer = Answer("q", "q", answer.text, answer.claims, answer.citations, False, hits)
    assert [place for place, _ in views.also_retrieved(answer)] == [0, 2]


def test_an_excerpt_ends_at_a_word_and_says_that_it_goes_on() -> None:
    assert present.excerpt("short  and\nsweet") == "short and sweet"
    cut = present.excerpt("word " * 100)
    assert len(cut) <= present.EXCERPT
    assert cut.endswith("word…")
    assert len(present.excerpt("x" * 1000)) == present.EXCERPT


# ---- Every screen ----


def test_at_390_pixels_the_sources_are_a_sheet_one_can_reach_and_leave(visit: Visits, address: str) -> None:
    page = visit(address, 390, 844)
    assert sideways(page) == 0
    ask(page, ANSWERABLE)
    assert sideways(page) == 0
    expect(page.locator("#sources-pane")).not_to_be_visible()
    mark = page.locator(".mark").first
    mark.click()
    expect(page.locator("mark.pressed").first).to_be_focused()
    assert in_view(page, "mark.pressed")
    assert sideways(page) == 0
    page.get_by_role("button", name="Back to the chat").click()
    expect(page.locator("#sources-pane")).not_to_be_visible()
    expect(mark).to_be_focused()
    page.get_by_role("button", name=re.compile("^Sources:")).click()
    expect(page.locator("#sources .cited")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#sources-pane")).not_to_be_visible()
    ask(page, UNANSWERABLE)
    assert sideways(page) == 0


def test_a_focus_that_is_lost_while_the_sheet_opens_is_given_again(visit: Visits, address: str) -> None:
    page = visit(address, 390, 844)
    ask(page, ANSWERABLE)
    page.evaluate(
        "() => { const lose = (event) => { if (!event.target.matches('mark.pressed')) return;"
        " document.removeEventListener('focusin', lose); window.lost = true; event.target.blur(); };"
        " document.addEventListener('focusin', lose); }"
    )
    page.locator(".mark").first.click()
    expect(page.locator("mark.pressed").first).to_be_focused()
    assert page.evaluate("window.lost")


def test_who_wants_less_motion_gets_none(visit: Visits, address: str) -> None:
    page = visit(address, reduced_motion="reduce")
    ask(page, ANSWERABLE)
    page.locator(".mark").last.click()
    expect(page.locator("mark.pressed").first).to_be_focused()
    before = page.evaluate("document.getElementById('sources-pane').scrollTop")
    page.wait_for_timeout(300)
    assert page.evaluate("document.getElementById('sources-pane').scrollTop") == before


@pytest.mark.parametrize("theme", ["light", "dark", "?__theme=dark"])
def test_text_stands_out_in_every_theme(visit: Visits, address: str, theme: str) -> None:
    forced = theme.startswith("?")
    page = visit(f"{address}/{theme}" if forced else address, color_scheme="light" if forced else theme)
    dark = page.evaluate("document.body.classList.contains('dark')")
    assert dark == (theme != "light")
    steps: list[Callable[[], None]] = [
        lambda: None,
        lambda: ask(page, ANSWERABLE),
        lambda: page.locator(".mark").first.click(),
        lambda: ask(page, UNANSWERABLE),
    ]
    for step in steps:
        step()
        page.wait_for_timeout(300)
        ratio, text = page.evaluate(CONTRAST)
        assert ratio >= 4.5, text


def test_headings_landmarks_and_live_region_are_there_for_screen_readers(visit: Visits, address: str) -> None:
    page = visit(address)
    ask(page, ANSWERABLE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Article assistant")
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.get_by_role("region", name="Sources")).to_be_visible()
    expect(page.get_by_role("textbox", name="Question")).to_be_visible()


# ---- The live index ----


def assistant_command(*arguments: str) -> str:
    command = [sys.executable, "-m", "assistant", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def test_an_article_indexed_while_the_page_is_open_answers_until_it_is_removed(
    visit: Visits, home_of_seeds: Path, tmp_path: Path
) -> None:
    home = str(home_of_seeds)
    question = "How long is the Vasco footbridge in Lisbon?"
    new = write_article(
        tmp_path / "new.md", "The Vasco footbridge opens", "The Vasco footbridge in Lisbon is 412 metres long."
    )
    with running(Assistant(Settings(home=home_of_seeds))) as address:
        page = visit(address)
        ask(page, question)
        expect(page.locator(".refusal")).to_have_count(1)
        count = page.locator(".masthead .count").inner_text()

        assistant_command("index", str(new), "--home", home)
        ask(page, question)
        expect(page.locator(".answer").last.locator(".words").first).to_contain_text("412 metres")
        expect(page.locator(".masthead .count")).not_to_have_text(count)

        articles = json.loads(assistant_command("articles", "--json", "--home", home))
        (id_,) = (listed["article"] for listed in articles if listed["title"] == "The Vasco footbridge opens")
        assistant_command("remove", id_, "--home", home)
        ask(page, question)
        expect(page.locator(".refusal")).to_have_count(2)
        expect(page.locator(".masthead .count")).to_have_text(count)

        # What was said stays as it was said: the quote of the removed article can still be opened.
        page.locator(".mark[data-place='1']").first.click()
        expect(page.locator("mark.pressed").first).to_contain_text("412 metres")


# ---- Values to build on ----
