// The body of the rating's js_on_load: Gradio calls it once with `element`, `trigger` and `watch` in scope.
// It reports which thumb was pressed under which answer, and shows the rating that the server has stored.

// On the document: the chat may come to be after this script.
let saving = null; // The button whose word is on its way.

const pressedIn = (rating) => rating.querySelector(".thumb[aria-pressed=true]")?.dataset.verdict ?? "";

function send(rating, verdict) {
  const word = verdict ? rating.querySelector("input").value : "";
  trigger("rate", { exchange: Number(rating.dataset.exchange), verdict, word });
}

document.addEventListener("click", (event) => {
  const thumb = event.target.closest?.(".thumb");
  if (!thumb) return;
  const rating = thumb.closest(".rating");
  const { verdict } = thumb.dataset;
  send(rating, pressedIn(rating) === verdict ? "" : verdict); // Pressed once more, it is taken back.
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("form.word");
  if (!form) return;
  event.preventDefault();
  const rating = form.closest(".rating");
  saving = form.querySelector("button");
  send(rating, pressedIn(rating));
});

watch("value", () => {
  const kept = element.querySelector("[data-exchange]");
  const rating = kept && document.querySelector(`.rating[data-exchange="${kept.dataset.exchange}"]`);
  if (!rating) return;
  const { verdict, word } = kept.dataset;
  for (const thumb of rating.querySelectorAll(".thumb"))
    thumb.setAttribute("aria-pressed", String(thumb.dataset.verdict === verdict));
  rating.querySelector("form").hidden = !verdict;
  rating.querySelector("input").value = word;
  if (saving && rating.contains(saving)) say(saving);
  saving = null;
});

function say(button) {
  const before = button.textContent;
  button.textContent = button.dataset.saved;
  setTimeout(() => (button.textContent = before), 2000);
}
