"""How long the page takes from a press to what it should show: `python -m benchmarks.page`.

Two homes are served one after the other, a full one and a nearly empty one as the baseline, and the same presses made
in Chromium on both. A figure is the time from just before the press until the document is what it should be, by the
browser's own clock, looked at every 5 milliseconds. The articles' text is real; their vectors are drawn from a fixed
seed, for nothing is searched by meaning here.
"""

import argparse
import queue
import random
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from assistant.assistant import Assistant
from assistant.settings import Settings
from assistant.storage.conversations import Conversations
from assistant.types import Answer, Citation, Claim, Exchange
from assistant.web.page.app import create_page
from assistant.web.page.theme import look
from assistant.web.server.application import create_server
from index import Index
from index.embed.passages import Entry
from index.load.loader import load
from index.text.sentences import sentences
from index.types import Article, Hit, Passage, article_id, content_hash, passage_id

SEEDS = Path(__file__).parent.parent / "seeds"
SEED = 20260101
RUNS = 7
LIMIT = 200
"""Milliseconds within which an answer to a press seems immediate."""
ARTICLES, CONVERSATIONS = 5_000, 300
BASE_ARTICLES, BASE_CONVERSATIONS = 10, 3
_BATCH = 500
PATIENCE = 60_000
_LONGEST = 10_000

# Each press as a script of the page: what is pressed, and what has then to hold. `turn` differs from run to run, so
# that no press asks for what is shown already.
PRESSES: dict[str, tuple[str, str]] = {
    "open a conversation": (
        "const all = [...document.querySelectorAll('.history li:not(.current) .open')];"
        "const one = all[turn % all.length]; window.wanted = one.textContent; one.click();",
        "document.querySelector('.history .current')?.textContent.includes(window.wanted)"
        " && document.querySelector('.question bdi')?.textContent === window.wanted"
        " && document.querySelector('.answer .mark')",
    ),
    "search the history": (
        "window.before = document.querySelector('.history').textContent;"
        "type('#history-search :is(textarea, input)', turn % 2 ? 'say' : 'zzzz');",
        "document.querySelector('.history').textContent !== window.before",
    ),
    "show more of the history": (
        "window.before = document.querySelectorAll('.history li').length;"
        "document.querySelector('.history [data-action=more]').click();",
        "document.querySelectorAll('.history li').length > window.before",
    ),
    "open a source": (
        "const one = document.querySelectorAll('#chat-pane .mark')[turn % 2]; window.wanted ="
        " `${one.dataset.place}/citation/${one.dataset.number}`; one.click();",
        "document.querySelector('.sources').dataset.shows === window.wanted && document.querySelector('mark.pressed')",
    ),
    "turn to the library": (
        "document.querySelector('[data-view=chat]').click(); document.querySelector('[data-view=library]').click();",
        "document.querySelector('.library-list tbody tr')?.checkVisibility()",
    ),
    "turn to the chat": (
        "document.querySelector('[data-view=chat]').click();",
        "document.querySelector('#question textarea')?.checkVisibility()",
    ),
    "next page": ("redrawn(); press('[data-key=next]');", "!redrawing()"),
    "sort": (
        "redrawn(); press(`[data-key=sort-${['title', 'passages', 'publisher', 'origin'][turn % 4]}]`);",
        "!redrawing()",
    ),
    "search": (
        "redrawn(); type('.filters [name=search]', ['harbour', 'coun', 'ferry bridge', 'mayor'][turn % 4]);",
        "!redrawing()",
    ),
    "filter by publisher": (
        "redrawn(); choose('.filters [name=publisher]', 1 + turn % 2);",
        "!redrawing()",
    ),
    "filter by tag": ("redrawn(); choose('.filters [name=tag]', 1 + turn % 2);", "!redrawing()"),
    "select an article": (
        "const one = document.querySelector('[data-pick]:not(:checked)'); window.before = picked(); one.click();",
        "picked() === window.before + 1",
    ),
    "select all that are found": (
        "document.querySelector('[data-key=pick-all]').click();",
        "document.querySelector('.picks [data-key=drop-all]') && !document.querySelector('[data-key=pick-all]')",
    ),
}
# What brings a press back to where it can be made again.
BEFORE: dict[str, str] = {
    "turn to the chat": "document.querySelector('[data-view=library]').click()",
    "select all that are found": "document.querySelector('[data-key=drop-all]')?.click()",
}
_HELPERS = """
const set = (field, value) => {
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, value);
};
window.type = (at, value) => {
  const field = document.querySelector(at);
  set(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
window.choose = (at, place) => {
  const field = document.querySelector(at);
  field.selectedIndex = Math.min(place, field.options.length - 1);
  field.dispatchEvent(new Event("change", { bubbles: true }));
};
window.press = (at) => document.querySelector(at).click();
const drawn = () => document.querySelector(".library-list")?.dataset.drawn;
window.redrawn = () => (window.wasDrawn = drawn());
window.redrawing = () => drawn() === window.wasDrawn;
window.picked = () => {
  const said = document.querySelector(".picks [role=status]").textContent.match(/([\\d,]+) picked/);
  return said ? Number(said[1].replace(",", "")) : 0;
};
0; // Playwright would call a function that stands last.
"""
CHAT = ("open a conversation", "open a source", "search the history", "show more of the history")


def main() -> None:
    """Make both homes, press everything on each, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS)
    parser.add_argument("--runs", type=int, default=RUNS, help="how often each press is made")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        full = measured(browser, Path(folder) / "full", given.articles, given.conversations, given.runs)
        base = measured(browser, Path(folder) / "base", BASE_ARTICLES, BASE_CONVERSATIONS, given.runs)
        browser.close()
    print(f"\n{given.articles:,} articles (vectors drawn, not embedded) and {given.conversations:,} conversations;")
    print(f"the baseline has {BASE_ARTICLES} and {BASE_CONVERSATIONS}. Milliseconds, {given.runs} runs each.\n")
    print("| press | median | worst | baseline's median | ratio | |")
    print("|---|--:|--:|--:|--:|---|")
    for name, times in full.items():
        print(row(name, times, base.get(name, [])))


def row(name: str, times: list[float], base: list[float]) -> str:
    """Write one line of the table; a press that the baseline has nothing for is compared with nothing."""
    median = statistics.median(times)
    beside = statistics.median(base) if base else None
    compared = f"{beside:.0f} | {median / beside:.1f}" if beside else "– | –"
    return (
        f"| {name} | {median:.0f} | {max(times):.0f} | {compared} | {'over ' + str(LIMIT) if median > LIMIT else ''} |"
    )


def measured(browser: Browser, home: Path, articles: int, conversations: int, runs: int) -> dict[str, list[float]]:
    """Fill a home, serve it, and make every press so many times: milliseconds by press."""
    began = time.perf_counter()
    index = fill(home, articles)
    kept = converse(home, index, conversations)
    print(f"{articles:,} articles and {conversations:,} conversations made in {time.perf_counter() - began:.0f} s")
    with serving(Assistant(Settings(home=home)), kept) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        try:
            page.set_default_timeout(PATIENCE)
            page.goto(address)
            page.locator(".history .open").last.wait_for()
            page.evaluate(_HELPERS)
            times = {name: found for name in CHAT if (found := pressed(page, name, runs))}
            page.evaluate("press('[data-view=library]')")
            page.locator(".library-list tbody tr").first.wait_for()
            return times | {
                name: found for name in PRESSES if name not in CHAT and (found := pressed(page, name, runs))
            }
        finally:
            page.close()  # The server waits for it.


def pressed(page: Page, name: str, runs: int) -> list[float]:
    """Make one kind of press so many times; [] where the page has nothing to press."""
    press, holds = PRESSES[name]
    times: list[float] = []
    if name == "show more of the history":
        page.evaluate("type('#history-search :is(textarea, input)', '')")
    for turn in range(-1, runs):
        if name in BEFORE:
            page.evaluate(BEFORE[name])
        if name == "select an article" and turn == -1:
            page.evaluate("press('[data-view=library]'); press('[data-key=widen]')")
        page.wait_for_timeout(600)  # Until nothing of the last press is under way.
        if name in ("next page", "show more of the history") and not _is_there(page, name):
            break
        page.evaluate(f"turn => {{ window.begun = performance.now(); {press} }}", turn + 1)
        done = page.wait_for_function(f"({holds}) ? performance.now() - window.begun : 0", polling=5, timeout=_LONGEST)
        took = float(done.json_value())
        times.append(took)
    print(f"{name}: {', '.join(f'{one:.0f}' for one in times)}", flush=True)
    return times[1:] if len(times) > 2 else times  # The first one also loads what later ones find loaded.


def _is_there(page: Page, name: str) -> bool:
    at = "[data-key=next]:not([aria-disabled])" if name == "next page" else ".history [data-action=more]"
    return page.locator(at).count() > 0


# ---- What is measured ----


def fill(home: Path, count: int) -> Index:
    """Make an index of so many articles: sentences of seeds/, shuffled, under drawn titles, dates, publishers, tags."""
    draw = random.Random(SEED)
    numbers = np.random.default_rng(SEED)
    real = [load(file, file.read_bytes()) for file in sorted(SEEDS.glob("*.md")) if file.stem.lower() != "readme"]
    said = [one.text[slice(*span)].strip() for one in real for span in sentences(one.text)]
    index = Index(home)
    embedding = index.embedding
    dimension = len(embedding.encode(["one"])[0])
    entries = [_entry(draw, number, said) for number in range(count)]
    with index.writing():
        for start in range(0, count, _BATCH):
            batch = entries[start : start + _BATCH]
            passages = [passage for entry in batch for passage in entry.passages]
            rows = numbers.standard_normal((len(passages), dimension)).astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            index.vectors().add([one.id for one in passages], rows, [{"article": one.article_id} for one in passages])
            index.catalog.write(batch, {"fingerprint": embedding.fingerprint, "model": embedding.name})
            index.wrote()
    return index


def _entry(draw: random.Random, number: int, said: list[str]) -> Entry:
    text = " ".join(draw.sample(said, 6))
    words = text.split()
    fields: dict[str, Any] = {
        "title": f"{' '.join(words[:7]).rstrip('.,')} {number}",
        "text": text,
        "url": None,
        "author": None,
        "publisher": f"{draw.choice(['River', 'Harbour', 'City', 'Rail', 'Island'])} Desk {draw.randrange(12)}",
        "published": date(2015, 1, 1) + timedelta(days=draw.randrange(4_000)),
        "language": "en",
        "tags": tuple(draw.sample(["cities", "steel", "trains", "water", "courts", "sport", "weather", "ports"], 2)),
    }
    path = f"/articles/{number % 40}/{number:05}.md"
    article = Article(id=article_id(path), path=path, content_hash=content_hash(**fields), **fields)
    passage = Passage(passage_id(article, 0), article.id, 0, len(text))
    return Entry(article, [passage], article.content_hash)


def converse(home: Path, index: Index, count: int) -> Conversations:
    """Keep so many conversations of three questions, each answered with two quotes of articles of the index."""
    draw = random.Random(SEED)
    kept = Conversations(home / "conversations.db")
    articles = list(index.catalog.articles())
    for number in range(count):
        place = draw.choice(["harbour", "council", "bridge", "ferry"])
        begun = kept.begin(f"What did the {place} say on day {number}?")
        for question in range(3):
            asked = f"What did the {place} say on day {number}{' and then' * question}?"
            kept.keep(begun.id, Exchange(asked, _answer(asked, draw.sample(articles, 5))))
    return kept


def _answer(question: str, articles: list[Article]) -> Answer:
    spans = [(one, *next(iter(sentences(one.text)))) for one in articles[:2]]
    citations = tuple(
        Citation(number, one, start, end, one.text[start:end]) for number, (one, start, end) in enumerate(spans, 1)
    )
    claims = tuple(Claim(one.quote, (one,), "supported") for one in citations)
    hits = tuple(Hit(Passage(passage_id(one, 0), one.id, 0, len(one.text)), one, 0.5, "both") for one in articles)
    text = " ".join(claim.text for claim in claims)
    return Answer(question, question, text, claims, citations, False, hits)


@contextmanager
def serving(assistant: Assistant, kept: Conversations) -> Iterator[str]:
    """Serve a page for as long as it is measured; gives its address."""
    addresses: queue.Queue[str] = queue.Queue()
    server = create_server(lambda: create_page(assistant, kept), look, host="127.0.0.1", port=0, on_ready=addresses.put)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield addresses.get(timeout=60)
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main()
