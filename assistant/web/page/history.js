// The body of the history pane's js_on_load: Gradio calls it once with `element`, `trigger` and `watch` in scope.
// It reports presses, turns a title into a field to rename it, and keeps the address of the page current.

const NARROW = window.matchMedia("(max-width: 899px)"); // As in style.css.
const pane = document.getElementById("history-pane");
const toggle = () => pane.querySelector(".toggle-button")?.click();
const isOpen = () => pane.classList.contains("open") || Boolean(pane.querySelector(".sidebar.open"));

const idOf = (button) => button.closest("[data-id]")?.dataset.id ?? "";

function rename(item, label) {
  const open = item.querySelector(".open");
  const title = open.querySelector(".title").textContent;
  const field = document.createElement("input");
  field.value = title;
  field.maxLength = 80;
  field.setAttribute("aria-label", label);
  let done = false;
  const end = (keep) => {
    if (done) return;
    done = true;
    field.replaceWith(open);
    open.focus();
    if (keep && field.value.trim() && field.value !== title)
      trigger("act", { action: "rename", id: item.dataset.id, title: field.value });
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") end(true);
    else if (event.key === "Escape") end(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  field.addEventListener("blur", () => end(true));
  open.replaceWith(field);
  field.focus();
  field.select();
}

element.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-action]");
  if (!button) return;
  if (button.dataset.action === "edit") rename(button.closest("[data-id]"), button.dataset.field);
  else trigger("act", { action: button.dataset.action, id: idOf(button) });
});

// What stands behind an answer is pressed in the chat, and acted on here: one event for all that concerns conversations.
// The chat may come to be after this script, so the document listens.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#chat-pane :is([data-again], [data-suggested], [data-edit], [data-copy], [data-cancel])");
  if (!button) return;
  if (button.dataset.copy !== undefined) copy(button);
  else if (button.dataset.again !== undefined) trigger("again", { place: Number(button.dataset.again) });
  else if (button.dataset.suggested !== undefined) {
    trigger("suggested", { suggested: Number(button.dataset.suggested) });
    document.querySelector("#question textarea").focus();
  }
  else {
    trigger("edit_question", { place: Number(button.dataset.edit ?? -1) });
    document.querySelector("#question textarea").focus();
  }
});

async function copy(button) {
  const text = button.querySelector("template").content.textContent;
  // Browsers give the clipboard to pages of this machine and to https alone; elsewhere the old way has to do.
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else if (!copyTheOldWay(text)) return;
  const said = button.querySelector(".said");
  const before = said.textContent;
  said.textContent = button.dataset.copied;
  setTimeout(() => (said.textContent = before), 2000);
}

function copyTheOldWay(text) {
  const field = document.body.appendChild(document.createElement("textarea"));
  field.value = text;
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}

function keepAddress() {
  const list = element.querySelector(".history");
  if (!list) return;
  const address = new URL(location.href);
  if (list.dataset.current) address.searchParams.set("chat", list.dataset.current);
  else address.searchParams.delete("chat");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

watch("value", keepAddress);

// Narrow, the history covers the chat: it opens when it is asked for, and closes when something was chosen.
if (NARROW.matches && isOpen()) toggle();
pane.classList.add("settled");
pane.addEventListener("click", (event) => {
  if (NARROW.matches && event.target.closest?.("#new-chat, [data-action=open]")) toggle();
});
