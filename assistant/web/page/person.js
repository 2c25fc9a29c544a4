// The body of the js_on_load of who is signed in. Whoever was signed out meanwhile, elsewhere or by the clock, is
// brought to sign in again by the first thing they do, and finds the question they had typed when they come back.

const KEY = "article-assistant-typed";
const box = () => document.querySelector("#question textarea");
const name = () => element.querySelector(".person .name")?.textContent ?? "";

const request = window.fetch;
window.fetch = async (...given) => {
  const answer = await request(...given);
  if (answer.status === 401 && new URL(answer.url).origin === location.origin) {
    sessionStorage.setItem(KEY, JSON.stringify({ name: name(), typed: box()?.value ?? "" }));
    location.reload();
  }
  return answer;
};

// Who is there is known once the page has been told; another person gets nothing of it.
watch("value", () => {
  const { name: typist, typed } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
  if (!name() || !box()) return;
  sessionStorage.removeItem(KEY);
  if (typist !== name() || !typed || box().value) return;
  box().value = typed;
  box().dispatchEvent(new Event("input", { bubbles: true }));
});
