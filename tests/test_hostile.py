"""Fifty hostile texts in every place that shows what others wrote: all of them have to come out as inert text."""

import json
import re
import unicodedata
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Page, expect

from assistant.assistant import Assistant
from assistant.cli import output as terminal
from assistant.render.markdown import as_json, as_markdown, as_plain
from assistant.settings import Settings
from assistant.storage.conversations import Conversations
from assistant.storage.feedback import as_rows, counts
from assistant.types import Answer, Exchange, Feedback, Heading
from assistant.web.page import view_models as views
from index import Index, sync, sync_addresses
from index.text.clean import plain
from index.types import Filter
from tests.browsing import PATIENCE, Visits, ask, sideways
from tests.hostile import NAMES, TEXTS
from tests.serving import running
from tests.values import answer_from
from tests.web_server import MakeFetcher, ScriptedSite

SHIPS = [a + b for a in "Al Ber Cor Dal Es Fal Gar Hol Is Jor".split() for b in "vesta nika mund tora bec".split()]
# What only our own templates may make, and what nothing may: gives what is there nonetheless.
INERT = """() => {
  const found = [];
  if (window.pwned !== undefined) found.push(`ran: ${window.pwned}`);
  const ours = document.querySelectorAll("#panes, #history-pane, #library-view, .history");
  for (const root of ours)
    for (const one of root.querySelectorAll("script, iframe, object, embed, base, meta, math, link, img"))
      found.push(one.outerHTML.slice(0, 200));
  for (const one of document.querySelectorAll("style"))
    if (/evil|display:none/.test(one.textContent)) found.push(one.outerHTML);
  for (const one of document.querySelectorAll("body *"))
    for (const { name, value } of one.attributes) {
      const say = () => found.push(`${name}=${value}`.slice(0, 200));
      if (/^on|^srcdoc$|^style$/.test(name) && /pwned|evil/.test(value)) say();
      const followed = /^(href|src|action|formaction|data|poster|srcset|xlink:href)$/.test(name);
      if (followed && /^\\s*(javascript|data:text|vbscript)/i.test(value)) say();
      // The link to the original leads where its article says, when it is pressed.
      if (followed && /evil/.test(value) && !one.matches(".original > a[rel='noopener noreferrer']")) say();
    }
  // A mark of direction turns what follows it up to the end of whatever is set apart from the text around it.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: parent, data } = walker.currentNode;
    if (!/[\\u202a-\\u202e\\u2066-\\u2069]/.test(data) || !parent.checkVisibility()) continue;
    if (!parent.closest("bdi, [dir=auto], option, textarea")) found.push(`turned: ${parent.outerHTML.slice(0, 200)}`);
  }
  return found;
}"""

# Opens each article as a citation does, then the list of sources and what was only retrieved; gives what is amiss.
OPENING = """async (count) => {
  const found = [];
  const pane = document.getElementById("sources-pane");
  const isShown = async (key) => {
    const shown = () => document.querySelector(".sources").dataset.shows === key;
    for (let n = 0; n < 6000 && !shown(); n++) await new Promise((go) => setTimeout(go, 10));
    return shown();
  };
  for (let place = 0; place < count; place++)
    for (const source of ["citation", "list", "hit"]) {
      const at = document.querySelector(`[data-source=${source}][data-place="${place}"]`);
      if (!at) continue;
      const key = `${place}/${source}/${at.dataset.number}`;
      at.click();
      if (!(await isShown(key))) found.push(`not shown: ${key}`);
      found.push(...INERT());
      if (document.documentElement.scrollWidth > innerWidth) found.push(`the page scrolls sideways: ${key}`);
      if (pane.scrollWidth > pane.clientWidth) found.push(`the pane scrolls sideways: ${key}`);
    }
  return [...new Set(found)];
}"""


def inert(page: Page) -> None:
    assert page.evaluate(INERT) == []
    assert sideways(page) == 0


def is_whole(page: Page, selector: str) -> bool:
    """Tell whether nothing of an element has to be scrolled sideways to."""
    return bool(page.locator(selector).evaluate("one => one.scrollWidth <= one.clientWidth"))


def quoted(text: str) -> str:
    """Write a text as YAML does between quotes."""
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text) + '"'


def told(number: int) -> str:
    return f"The ferry {SHIPS[number]} carried {417 + number} crates of apples on Monday, and the captain said"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    for number, text in enumerate(TEXTS):
        given, fields = sendable(text), ("title", "publisher", "author", "url", "language")
        front = "".join(f"{name}: {quoted(given)}\n" for name in fields) + f"tags: [{quoted(given)}]\n"
        line = re.sub(r"\s+", " ", text.replace("\0", ""))
        body = f"{told(number)} {line} to those who asked.\n\n{text}\n"
        name = f"{number:02} {NAMES[number].encode('utf-8', 'replace')[:200].decode('utf-8', 'ignore')}.md"
        written = f"---\n{front}---\n\n{body}".replace("\0", "")
        (folder / name).write_text(written, encoding="utf-8", errors="replace", newline="")
    return folder


@pytest.fixture(scope="module")
def asked(folder: Path, assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over fifty hostile articles, with the embedding model loaded already."""
    index = Index(tmp_path_factory.mktemp("home"))
    index._embedding = assistant.index.embedding
    summary = sync(index, [folder])
    assert summary.failed == []
    assert summary.added == len(TEXTS)
    made = Assistant(Settings(home=index.home))
    made.index = index
    return made


@pytest.fixture(scope="module")
def answers(asked: Assistant) -> list[Answer]:
    """An answer for each text that quotes it, with the text in whatever an LLM or its server may say of it too."""
    by_number = {int(Path(one.path or "").name[:2]): one for one in asked.index.catalog.articles()}
    found = []
    for number, ship in enumerate(SHIPS):
        article = by_number[number]
        if number % 5:
            start = article.text.index(told(number))
            found.append(answer_from(article, (start, len(article.text))))
        else:
            found.append(asked.answer(f"How many crates did the ferry {ship} carry on Monday?"))
    assert sum(answer.refused for answer in found) <= 3
    return [
        replace(answer, searched=text, note=text, stopped=text, written_by=text, allowed=Filter(publishers=(text,)))
        for answer, text in zip(found, map(sendable, TEXTS), strict=True)
    ]


def sendable(text: str) -> str:
    """What of a text can be sent and kept at all."""
    return text.encode("utf-8", "replace").decode("utf-8")


@pytest.fixture
def kept(tmp_path: Path, answers: list[Answer]) -> Conversations:
    """One conversation in which every answer was given, rated with a word, then one of each title or failure."""
    kept = Conversations(tmp_path / "conversations.db")
    whole = kept.begin("All of them")
    for text, answer in zip(map(sendable, TEXTS), answers, strict=True):
        said = kept.keep(whole.id, Exchange(text, answer))
        assert said.id
        kept.rate(said.id, Feedback("up", plain(text)[:500]))
        one = kept.begin(text)
        kept.keep(one.id, Exchange(text, error=text))
    return kept


def heading(kept: Conversations, title: str) -> Heading:
    (found,) = (one for one in kept.headings(limit=100) if one.title == title)
    return found


# ---- The page ----


@pytest.mark.parametrize("width", [1280, 390])
def test_in_answers_and_sources_they_are_text(visit: Visits, asked: Assistant, kept: Conversations, width: int) -> None:
    whole = heading(kept, "All of them")
    with running(asked, kept) as address:
        page = visit.open(f"{address}/?chat={whole.id}", width, 844)
        expect(page.locator(".question")).to_have_count(len(TEXTS), timeout=PATIENCE)
        expect(page.locator(".answer")).to_have_count(len(TEXTS))
        inert(page)
        shown = page.locator("#conversation").inner_text()
        for text in ("<script>window.pwned = 1</script>", "{{7*7}} {{constructor", "${window.pwned=18}", "# Heading"):
            assert text in shown
        words = page.locator(".rating input").evaluate_all("fields => fields.map(one => one.value)")
        assert "<script>window.pwned = 1</script>" in words
        assert page.evaluate(OPENING.replace("INERT", f"({INERT})"), len(TEXTS)) == []
        page.context.close()


def test_in_the_history_they_are_text(visit: Visits, asked: Assistant, kept: Conversations) -> None:
    with running(asked, kept) as address:
        for width in (1280, 390):
            page = visit(address, width, 844)
            if width == 390:
                page.locator("#history-pane .toggle-button").click()
            page.locator(".history .open").last.wait_for()
            inert(page)
            assert is_whole(page, ".history")
            for text in TEXTS[0::9]:
                item = page.locator(".history li").first
                item.locator(".open").hover()
                item.locator("[data-action=edit]").click()
                page.locator(".history li input").fill(plain(text)[:40])
                page.keyboard.press("Enter")
                wanted = " ".join(plain(text)[:40].split())
                expect(page.locator(".history .title").first).to_have_text(wanted)
            item.locator("[data-action=open]").click()
            page.locator(".error, .answer").first.wait_for()
            page.locator("#history-pane [data-action=delete]").first.dispatch_event("click")
            expect(page.locator(".undo")).to_have_count(1)
            inert(page)
            page.context.close()


def test_in_the_library_they_are_text(visit: Visits, asked: Assistant) -> None:
    names = [sendable(f"{name.replace('/', '')[:255]}.md") for name in NAMES]
    with running(asked) as address:
        for width in (1280, 390):
            page = visit.open(f"{address}/?view=library", width, 844)
            expect(page.locator(".library-list tbody tr")).to_have_count(len(TEXTS))
            inert(page)
            assert page.locator("[name=publisher] option").count() > 40
            assert page.locator("[name=tag] option").count() > 30
            page.locator("[data-pick]").first.check()
            # Files that are no articles: their names are listed with the reason.
            empty: Any = [{"name": name, "mimeType": "text/markdown", "buffer": b" "} for name in names]
            page.locator("[type=file]").set_input_files(empty)
            expect(page.locator(".problems li").first).to_be_visible(timeout=PATIENCE)
            expect(page.locator(".run")).to_have_count(0, timeout=PATIENCE)
            assert page.locator(".problems li").count() > len(TEXTS) / 2
            inert(page)
            assert is_whole(page, "#library-view")
            for name in ("publisher", "tag"):
                page.locator(f"[name={name}]").select_option(index=1)
                expect(page.locator(".library-list tbody tr")).not_to_have_count(len(TEXTS))
                inert(page)
                page.get_by_role("button", name="Show all").click()
                expect(page.locator(".library-list tbody tr")).to_have_count(len(TEXTS))
            page.context.close()


class Prompting(Assistant):
    """Offers every text as a question to go on with, as an article might have it."""

    def suggest(self, answer: Answer, history: object = ()) -> tuple[str, ...]:
        return tuple(map(sendable, TEXTS))


def test_as_chips_and_suggestions_they_are_text(visit: Visits, asked: Assistant) -> None:
    prompting = Prompting(asked.settings)
    prompting.index = asked.index
    with running(prompting) as address:
        for width in (1280, 390):
            page = visit(address, width, 844)
            page.get_by_role("button", name="Filters").click()
            page.get_by_label("Publishers").click()
            page.get_by_role("option").first.wait_for()
            inert(page)
            for _ in range(12):
                page.get_by_role("option", selected=False).nth(1).dispatch_event("mousedown")
            page.keyboard.press("Escape")
            expect(page.locator(".chip")).to_have_count(12)
            inert(page)
            page.locator("#filter-articles textarea, #filter-articles input").evaluate(
                "(field, ids) => { field.value = ids; field.dispatchEvent(new Event('input', { bubbles: true })) }",
                " ".join(article.id for article in asked.index.catalog.articles()),
            )
            expect(page.locator(".chip")).to_have_count(12 + len(TEXTS), timeout=PATIENCE)
            inert(page)
            for text in ("<img src=x onerror=window.pwned=22>", "\u202e{{7*7}} $$\\href{javascript:1}{x}$$"):
                ask(page, text)
                expect(page.locator(".suggested button")).to_have_count(len(TEXTS), timeout=PATIENCE)
                inert(page)
            page.context.close()


# ---- Ways out ----


class Seen(HTMLParser):
    """What a text has become as HTML: its elements, their attributes, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.given: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.given += attrs

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.elements.add(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.elements.add(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        self.elements.add(f"instruction {data}")

    def unknown_decl(self, data: str) -> None:
        self.elements.add(f"declaration {data}")


def flat(text: str) -> str:
    return " ".join(text.split())


def test_as_markdown_they_are_text(kept: Conversations) -> None:
    whole = heading(kept, "All of them")
    exchanges = kept.exchanges(whole.id)
    failed = [kept.exchanges(one.id)[0] for one in kept.headings(limit=100) if one.id != whole.id]
    for title, said in [(whole.title, exchanges), *((one.question, [one]) for one in failed)]:
        written = as_markdown(title, said)
        assert steers(written) == []
        for dialect in ("commonmark", "js-default"):
            seen = Seen(MarkdownIt(dialect, {"html": True}).render(written))
            # An item of a list that an LLM wrote stays one.
            assert seen.elements <= {"h1", "h2", "p", "em", "strong", "ol", "ul", "li"}, dialect
            assert seen.given == []
            for one in said:
                assert flat(plain(one.question)) in flat(seen.words)


TURNS = {chr(one) for one in [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]}


def test_as_json_they_are_what_they_were(kept: Conversations, answers: list[Answer]) -> None:
    whole = heading(kept, "All of them")
    read = json.loads(json.dumps(as_json(whole, kept.exchanges(whole.id)), ensure_ascii=False).encode())
    assert [one["question"] for one in read["exchanges"]] == list(map(sendable, TEXTS))
    assert [one["answer"]["note"] for one in read["exchanges"]] == [answer.note for answer in answers]


def steers(text: str) -> list[str]:
    """What of a text would steer a terminal, or turn the text around it."""
    return [hex(ord(c)) for c in text if c not in "\n\t" and (unicodedata.category(c) in ("Cc", "Cs") or c in TURNS)]


def test_to_paste_they_steer_nothing(answers: list[Answer]) -> None:
    for answer in answers:
        assert steers(as_plain(answer)) == []


def test_in_the_terminal_they_steer_nothing(
    answers: list[Answer], asked: Assistant, kept: Conversations, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for answer in answers:
        terminal.show_answer(answer)
        terminal.show_answer(replace(answer, claims=(), citations=(), refused=True, text=answer.searched))
    terminal.show_articles(asked.index)
    rated = kept.rated()
    terminal.show_feedback(counts(rated), as_rows(rated))
    assert len(rated) == len(TEXTS)
    broken = tmp_path / "broken"
    broken.mkdir()
    for number, name in enumerate(NAMES):
        short = f"{number} {name.replace('/', '')}".encode("utf-8", "replace")[:240].decode("utf-8", "ignore")
        (broken / f"{short}.md").write_text("---\ntitle: [never closed\n---\n\nText.\n")
    summary = sync(asked.index, [broken])
    assert len(summary.failed) == len(NAMES)
    terminal.show_summary(summary)
    printed = capsys.readouterr()
    assert steers(printed.out) == []
    assert steers(printed.err) == []
    assert "<script>window.pwned = 1</script>" in printed.out


# ---- Feeds ----


@pytest.mark.parametrize("kind", ["rss", "json"])
def test_a_feed_of_them_is_taken_in_as_text(
    kind: str, site: ScriptedSite, make_fetcher: MakeFetcher, assistant: Assistant, tmp_path: Path
) -> None:
    index = Index(tmp_path / "home")
    index._embedding = assistant.index.embedding
    long = "The committee met again on Thursday to hear what the harbour had to say about the new shifts. " * 20
    entries = [
        (f"{site.address}/{number}", plain(text)[:300], f"{told(number)} {plain(text)[:300]}. {long}")
        for number, text in enumerate(TEXTS)
    ]
    foreign = [text for text in map(plain, TEXTS) if not text.isspace()]
    if kind == "json":
        items = [
            {"url": link, "title": title, "content_text": body, "author": {"name": title}}
            for link, title, body in entries
        ]
        items += [{"url": text, "title": text, "content_text": text} for text in foreign[18:24]]
        feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": TEXTS[0], "items": items})
        address = site.says("/feed", feed, "application/feed+json")
    else:
        listed = "".join(
            f"<item><title>{escape(title)}</title><link>{link}</link><author>{escape(title)}</author>"
            f"<content:encoded>{escape(f'<p>{escape(body)}</p>')}</content:encoded></item>"
            for link, title, body in entries
        )
        listed += "".join(f"<item><title>x</title><link>{escape(text)}</link></item>" for text in foreign[18:24])
        feed = f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{escape(TEXTS[0])}</title>{listed}</channel></rss>'
        address = site.says("/feed", feed, "application/rss+xml")
    summary = sync_addresses(index, [address], fetcher=make_fetcher())
    assert summary.added == len(TEXTS), summary
    for article in index.catalog.articles():
        assert views.web_address(article.url)
        assert urlsplit(article.url or "").hostname == "wire.example"
        assert steers(article.title + (article.author or "") + (article.publisher or "") + article.text) == []
    assert all(urlsplit(where).scheme in ("http", "https") for where in (problem.source for problem in summary.failed))
