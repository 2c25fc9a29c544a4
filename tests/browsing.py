"""What a person does at the page in a real browser, and what a page must never do to them."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, expect

PATIENCE = 60_000  # Milliseconds: the first question loads the embedding model.
# The smallest contrast of visible text with what lies behind it, and that text.
CONTRAST = """() => {
  const channel = (c) => ((c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return [...n.slice(0, 3), n[3] ?? 1]; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parse(getComputedStyle(node).backgroundColor);
      if (colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  let worst = [99, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !parent.checkVisibility({ visibilityProperty: true })) continue;
    if (parent.closest("script, style, .unseen, .sr-only")) continue;
    const [a, b] = [light(parse(getComputedStyle(parent).color)), light(behind(parent))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, walker.currentNode.textContent.trim().slice(0, 60)];
  }
  return worst;
}"""


@dataclass
class Visits:
    """Opens pages and notes whatever a page must never do, for all tests alike."""

    browser: Browser
    misdeeds: list[str] = field(default_factory=list)
    expected: str | None = None  # a pattern of what a test provokes, as by cutting a connection

    def __call__(self, address: str, width: int = 1280, height: int = 800, **options: Any) -> Page:
        page = self.open(address, width, height, **options)
        page.locator("#question textarea").wait_for()
        return page

    def open(self, address: str, width: int = 1280, height: int = 800, **options: Any) -> Page:
        context = self.browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.misdeeds.append(f"script error: {error}"))
        page.on("dialog", self._note_dialog)
        context.on("request", lambda request: self._note_request(request, address))
        page.goto(address)
        return page

    def _note_console(self, message: ConsoleMessage) -> None:
        # A test that stops its server leaves pages that still had something to ask of it.
        provoked = re.search("|".join(filter(None, ("ERR_CONNECTION_REFUSED", self.expected))), message.text)
        if message.type in ("error", "warning") and not provoked:
            self.misdeeds.append(f"console: {message.text}")

    def _note_dialog(self, dialog: Dialog) -> None:
        self.misdeeds.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note_request(self, request: Request, address: str) -> None:
        asked = urlsplit(request.url)
        if asked.scheme not in ("data", "blob") and asked.netloc != urlsplit(address).netloc:
            self.misdeeds.append(f"foreign request: {request.url}")


def ask(page: Page, question: str) -> None:
    """Type a question, send it with Enter, and wait for what comes of it."""
    settled = page.locator("#conversation").locator(".answer, .error")  # Gradio has ".error" too.
    before = settled.count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(settled).to_have_count(before + 1, timeout=PATIENCE)


def in_view(page: Page, selector: str) -> bool:
    """Tell whether an element lies inside the sources pane's visible part, smooth scrolling having come to rest."""
    page.wait_for_function(
        "s => { const at = document.querySelector(s).getBoundingClientRect().top, still = at === window.lastAt;"
        " window.lastAt = at; return still; }",
        arg=selector,
        polling=200,
    )
    box, pane = page.locator(selector).first.bounding_box(), page.locator("#sources-pane").bounding_box()
    assert box
    assert pane
    return pane["y"] <= box["y"] and box["y"] + box["height"] <= pane["y"] + pane["height"]


def focused(page: Page, what: str) -> Any:
    return page.evaluate(f"document.activeElement.{what}")


def sideways(page: Page) -> int:
    """By how many pixels the page can be scrolled sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
