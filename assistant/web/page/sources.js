// The body of the sources pane's js_on_load: Gradio calls it once with `element`, `trigger` and `watch` in scope.
// It opens what a mark or a list entry names, brings the quote into view, and leads back to the mark.

const NARROW = window.matchMedia("(max-width: 899px)"); // As in style.css.
const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");
const ABOVE = 0.3; // The share of the pane left above a quote, for what comes before it.
const SETTLING = 1500; // Milliseconds in which a focus that was refused or lost is given again.
const UNSCROLLED = 0.8; // A quote that ends within this share of the pane needs no scrolling: the headline stays.

const pane = document.getElementById("sources-pane");
const chat = document.getElementById("chat-pane");
// Looked up when it is needed: the history may come to be after this script.
const behind = () => document.querySelectorAll("#masthead, #history-pane, #chat-pane");
let origin = null; // What the reader pressed last: Escape leads back to its button in the chat.
let awaited = null; // What has been asked for and is not shown yet.
let settled = 0; // Until when the focus is held.

const key = ({ place, source, number }) => `${place}/${source}/${number}`;
const inChat = ({ place, source, number }) =>
  chat.querySelector(`[data-place="${place}"][data-source="${source}"][data-number="${number}"]`);
const box = () => chat.querySelector("#question textarea");
const shown = () => element.querySelector(".sources")?.dataset.shows;

function press(button) {
  const pressed = { ...button.dataset };
  if (chat.contains(button) || pressed.source !== "list") origin = pressed;
  awaited = key(pressed);
  openSheet();
  if (shown() === awaited) {
    reveal();
    return;
  }
  trigger("open_source", {
    source: pressed.source,
    place: Number(pressed.place),
    number: Number(pressed.number),
  });
}

// Scrolls the pane alone: scrollIntoView would move the page under a narrow sheet as well.
function reveal() {
  if (awaited === null || (shown() !== awaited && shown() !== "lost")) return;
  awaited = null;
  const quote = element.querySelector("mark.pressed");
  const target = quote ?? element.querySelector("h2");
  pane.scrollTo({ top: quote ? placeFor(quote) : 0, behavior: CALM.matches || !quote ? "instant" : "smooth" });
  target.focus({ preventScroll: true });
  settled = performance.now() + SETTLING;
  hold();
  markCurrent();
}

// While the sheet is being shown and what lies behind it becomes inert, the browser may refuse the focus or take it
// away again: it would then be nowhere, and a keyboard or a screen reader at the top of the page.
function hold() {
  if (awaited !== null || performance.now() > settled) return;
  const target = element.querySelector("mark.pressed") ?? element.querySelector("h2");
  const nowhere = [null, document.body].includes(document.activeElement) || chat.contains(document.activeElement);
  if (nowhere && pane.classList.contains("open")) target?.focus({ preventScroll: true });
  requestAnimationFrame(hold);
}

// Who presses something decides where the focus is.
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => (settled = 0), true);

function placeFor(quote) {
  const start = pane.scrollTop - pane.getBoundingClientRect().top;
  const { top, bottom } = quote.getBoundingClientRect();
  return start + bottom < pane.clientHeight * UNSCROLLED ? 0 : start + top - pane.clientHeight * ABOVE;
}

// The mark whose quote is open is shown as pressed, so that the reader sees where they are.
function markCurrent() {
  for (const mark of document.querySelectorAll(".mark[aria-current]")) mark.removeAttribute("aria-current");
  const [place, source, number] = (shown() ?? "").split("/");
  if (source !== "citation") return;
  const same = `.mark[data-place="${place}"][data-number="${number}"]`;
  for (const mark of document.querySelectorAll(same)) mark.setAttribute("aria-current", "true");
}

function openSheet() {
  if (!NARROW.matches) return;
  pane.classList.add("open");
  for (const part of behind()) part.inert = true;
}

function closeSheet() {
  pane.classList.remove("open");
  for (const part of behind()) part.inert = false;
}

function leave() {
  closeSheet();
  const back = origin && (inChat(origin) ?? inChat({ place: origin.place, source: "list", number: 0 }));
  (back ?? box()).focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-source]");
  if (button) press(button);
  else if (event.target.closest?.("[data-leave]")) leave();
  else if (event.target.closest?.("#new-chat, .example")) {
    origin = awaited = null;
    box().focus();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (pane.contains(document.activeElement) || pane.classList.contains("open")) leave();
});

// Once the headline has left the pane, the bar repeats it.
pane.addEventListener(
  "scroll",
  () => {
    const headline = element.querySelector(".reader h2");
    const gone = headline && headline.getBoundingClientRect().bottom < element.querySelector(".bar").getBoundingClientRect().bottom;
    pane.classList.toggle("running", Boolean(gone));
  },
  { passive: true },
);

NARROW.addEventListener("change", closeSheet);

watch("value", () => {
  nameExamples();
  if (awaited === null) pane.scrollTo({ top: 0, behavior: "instant" });
  reveal();
  markCurrent();
});

// The chat shows the latest question at its top, with room for the answer below: following the end of the text,
// as Chatbot would, moves the first sentence away while it is read.
let followed = null;
new MutationObserver(() => {
  nameExamples();
  const log = chat.querySelector("[role=log]");
  const rows = log ? [...log.querySelectorAll(".message-row")] : [];
  const state = `${rows.length} ${rows.at(-1)?.textContent.length}`;
  if (rows.length === 0 || state === followed) return;
  followed = state;
  const latest = rows.at(-2)?.querySelector(".question") ? rows.at(-2) : rows.at(-1);
  const offset = latest.getBoundingClientRect().top - log.getBoundingClientRect().top;
  log.scrollTo({ top: log.scrollTop + offset, behavior: "instant" });
}).observe(chat, { childList: true, subtree: true, characterData: true });

// Chatbot calls its example buttons a list, which screen readers announce as empty: buttons are no list items.
function nameExamples() {
  const examples = chat.querySelector(".examples");
  examples?.setAttribute("role", "group");
  const name = element.querySelector(".sources")?.dataset.examples;
  if (examples && name) examples.ariaLabel = name;
}
nameExamples();
