// The body of the masthead's js_on_load: Gradio calls it once with `element`, `trigger` and `watch` in scope.
// It shows one view at a time, and keeps the address, the name and the language of the page current. Other scripts may ask for a
// view with the event `show-view` on the document, and hear of one that is shown with `view-shown`.

const root = element.closest("#masthead").parentElement;
const links = () => [...element.querySelectorAll("[data-view]")]; // Drawn anew in another language.
const first = () => links()[0];
const title = document.title;
const meant = () => new URL(location.href).searchParams.get("view");
const linkOf = (view) => links().find((link) => link.dataset.view === view) ?? first();

function show(view) {
  const shown = linkOf(view);
  if (shown === first()) delete root.dataset.view;
  else root.dataset.view = shown.dataset.view;
  for (const link of links()) {
    if (link === shown) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = shown === first() ? title : `${shown.textContent} – ${title}`;
  document.dispatchEvent(new CustomEvent("view-shown", { detail: shown.dataset.view }));
}

function turnTo(view) {
  const shown = linkOf(view);
  if ((root.dataset.view ?? first().dataset.view) === shown.dataset.view) return;
  const address = new URL(location.href);
  if (shown === first()) address.searchParams.delete("view");
  else address.searchParams.set("view", shown.dataset.view);
  history.pushState(history.state, "", address);
  show(shown.dataset.view);
}

element.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-view]");
  // With a key held down, the browser opens the view in a tab of its own.
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  turnTo(link.dataset.view);
});

// What is chosen in the history is shown in the chat: before anything else hears of the press, to put the focus there.
document.addEventListener(
  "click",
  (event) => {
    if (event.target.closest?.("#new-chat, .history [data-action=open]")) turnTo(first().dataset.view);
  },
  true,
);

document.addEventListener("show-view", (event) => turnTo(event.detail));
window.addEventListener("popstate", () => show(meant()));
watch("value", () => {
  document.documentElement.lang = element.querySelector(".nav").dataset.language;
  show(meant());
});
show(meant());
