// The body of the js_on_load of what is said of the settings: Gradio calls it once with `element`, `trigger` and
// `watch` in scope. It asks for the settings when they are to be shown, and tells theme.js which theme was chosen.

const view = element.closest("#settings-view");

element.setAttribute("role", "status");
view.querySelector("#settings-told").setAttribute("role", "status");

// Gradio gives each radio a group of its own, a new one whenever it is drawn, and the arrow keys stay inside a group;
// and it explains fields to the eye alone.
function mend() {
  for (const radio of view.querySelectorAll("#settings-theme input:not([name=theme])")) radio.name = "theme";
  for (const explained of view.querySelectorAll(".info-text")) {
    const block = explained.closest(".block[id]");
    const field = block.matches("fieldset") ? block : block.querySelector("input, textarea");
    explained.id = `${block.id}-info`;
    field?.setAttribute("aria-describedby", explained.id);
    if (field === block) block.setAttribute("aria-label", block.querySelector("[data-testid=block-info]").textContent.trim());
  }
}

mend();
new MutationObserver(mend).observe(view, { attributeFilter: ["name"], childList: true, subtree: true });

document.addEventListener("view-shown", ({ detail }) => detail === "settings" && trigger("look"));
trigger("look");

watch("value", () => {
  // Not before they are those of the person: what was pressed earlier would jump back.
  view.classList.add("ready");
  // Every part of the page is drawn anew in another language.
  if (element.querySelector("[data-reload]")) location.reload();
  const theme = element.querySelector("[data-theme]")?.dataset.theme;
  if (theme) document.dispatchEvent(new CustomEvent("theme-chosen", { detail: theme }));
});
