// The body of the filters' js_on_load: Gradio calls it once with `element` and `trigger` in scope.
// It reports the removed chip, and keeps the focus among the remaining ones.

element.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-drop]");
  if (!button) return;
  const place = [...element.querySelectorAll("[data-drop]")].indexOf(button);
  trigger("drop", { kind: button.dataset.drop, number: Number(button.dataset.number) });
  const observer = new MutationObserver(() => {
    observer.disconnect();
    const left = element.querySelectorAll("[data-drop]");
    (left[Math.min(place, left.length - 1)] ?? document.querySelector("#question textarea")).focus();
  });
  observer.observe(element, { childList: true, subtree: true });
});

// Gradio leaves the buttons that open a calendar without a name; they come to be when the filters are first opened.
function nameCalendars() {
  for (const [field, name] of [["since", "Choose the first day"], ["until", "Choose the last day"]])
    document.querySelector(`#filter-${field} button.calendar:not([aria-label])`)?.setAttribute("aria-label", name);
}
new MutationObserver(nameCalendars).observe(document.getElementById("chat-pane"), { childList: true, subtree: true });
nameCalendars();
