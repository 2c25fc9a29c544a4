// The body of the library list's js_on_load: Gradio calls it once with `element`, `trigger`, `server`, `upload` and
// `watch` in scope. It hands on what is pressed, sends files, asks for news while the library is shown, and keeps focus, boxes and
// fields as they are when a part is drawn anew.

const view = element.closest("#library-view");
const EVERY = 1000; // Milliseconds between two looks for news,
const GONE = 10_000; // and when the server does not answer.
const TYPING = 250; // Milliseconds without a key before a search begins; the first key after such a pause begins one.
const isShown = () => view.checkVisibility() && document.visibilityState === "visible";
const drawn = () => view.querySelector("[data-revision]")?.dataset.revision;
let next = null;

// Asked past Gradio's events, which would show a message for each look that fails.
async function look() {
  clearTimeout(next);
  let wait = EVERY;
  if (isShown()) {
    const revision = await server.revision([]).catch(() => undefined);
    if (revision === undefined) wait = GONE;
    else if (String(revision) !== drawn()) trigger("look");
  }
  clearTimeout(next);
  next = setTimeout(look, wait);
}

document.addEventListener("view-shown", look);
look();

// ---- Presses ----

const WORKS = new Set(["renew", "renew-all", "remove", "undo"]);
const CHOICES = ["by", "page", "publisher", "since", "until", "undated"];

view.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-action], [data-ask]");
  if (!button || button.ariaDisabled === "true") return;
  const { action } = button.dataset;
  if (button.dataset.ask !== undefined) {
    trigger("ask_about");
    document.dispatchEvent(new CustomEvent("show-view", { detail: "chat" }));
    return;
  }
  if (WORKS.has(action)) {
    trigger("work", { action });
    return;
  }
  if (action === "drop-all" || action === "pick-all") tick(boxes(), action === "pick-all");
  if (action === "widen") for (const field of fields()) field.value = "";
  const pressed = { action };
  // A choice that holds already is taken back.
  const off = button.ariaPressed === "true";
  for (const name of CHOICES) if (name in button.dataset) pressed[name] = off ? "" : button.dataset[name];
  trigger("act", pressed);
  if (action === "turn") view.scrollTo({ top: element.offsetTop, behavior: "instant" });
});

// ---- Boxes ----

const boxes = () => element.querySelectorAll("[data-pick]");
const tick = (some, on) => {
  for (const box of some) box.checked = on;
  const all = [...boxes()];
  const page = element.querySelector("[data-pick-page]");
  if (!page) return;
  page.checked = all.length > 0 && all.every((box) => box.checked);
  page.indeterminate = !page.checked && all.some((box) => box.checked);
};

element.addEventListener("change", ({ target }) => {
  if (target.dataset.pickPage !== undefined) {
    tick(boxes(), target.checked);
    trigger("act", { action: target.checked ? "pick-page" : "drop-page" });
  } else if (target.dataset.pick !== undefined) {
    tick([], true);
    trigger("act", { action: target.checked ? "pick" : "drop", id: target.closest("[data-id]").dataset.id });
  }
});

// ---- Fields ----

const fields = () => view.querySelectorAll("[data-form=filters] [data-value]");
let typing = null;
let typed = -TYPING;

function narrow(field) {
  clearTimeout(typing);
  trigger("act", { action: "narrow", [field.name]: field.value });
}

view.addEventListener("input", ({ target }) => {
  if (target.type !== "search") return;
  clearTimeout(typing);
  const paused = performance.now() - typed >= TYPING;
  typed = performance.now();
  if (paused) narrow(target);
  else typing = setTimeout(() => narrow(target), TYPING);
});

view.addEventListener("change", ({ target }) => {
  if (target.type === "file") send([...target.files]).finally(() => (target.value = ""));
  else if (target.matches("[data-form=filters] [data-value]") && target.type !== "search") narrow(target);
});

view.addEventListener("submit", (event) => {
  event.preventDefault();
  const { form } = event.target.dataset;
  if (form === "filters") narrow(event.target.elements.search);
  if (form !== "addresses") return;
  trigger("work", { action: "addresses", text: event.target.elements.text.value });
  event.target.elements.text.value = "";
});

// ---- Files ----

async function send(files) {
  const { mostFiles, mostBytes } = view.querySelector(".add").dataset;
  const sent = [];
  const shown = view.querySelector(".sending");
  const bar = shown.querySelector("progress");
  shown.hidden = false;
  bar.max = files.length;
  for (const [place, file] of files.entries()) {
    bar.value = place;
    // What is too much is named only: the server says why it was not taken in.
    const small = place < Number(mostFiles) && file.size <= Number(mostBytes);
    sent.push({ name: file.name, path: small ? (await upload(file)).path : null });
  }
  shown.hidden = true;
  if (sent.length > 0) trigger("work", { action: "add", files: sent });
}

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files") && view.querySelector(".add");

view.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  view.classList.add("dropping");
});
view.addEventListener("dragleave", (event) => {
  if (!view.contains(event.relatedTarget)) view.classList.remove("dropping");
});
view.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  view.classList.remove("dropping");
  send([...event.dataTransfer.files]);
});

// ---- Drawn anew ----

// A part is drawn into the elements that are there, so that the focus would stay in its place while the article it
// was on moves away.
let focused = null;
view.addEventListener("focusin", ({ target }) => (focused = target.closest("[data-key]")?.dataset.key ?? null));
view.addEventListener("focusout", ({ relatedTarget }) => {
  if (relatedTarget) focused = null;
});

function refocus() {
  if (focused === null || !isShown()) return;
  const now = document.activeElement;
  if (now !== document.body && !view.contains(now)) return;
  if (now.closest?.("[data-key]")?.dataset.key === focused) return;
  const same = [...view.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused);
  const instead = element.querySelector(".library-list") ?? view.querySelector("h2");
  (same ?? instead).focus({ preventScroll: true });
}

function settle() {
  for (const box of boxes()) box.checked = box.hasAttribute("checked");
  tick([], true);
  refocus();
}
watch("value", settle);

new MutationObserver(() => {
  for (const field of fields())
    if (field !== document.activeElement && field.value !== field.dataset.value) field.value = field.dataset.value;
  refocus();
}).observe(view, { childList: true, subtree: true, attributeFilter: ["data-value"] });
