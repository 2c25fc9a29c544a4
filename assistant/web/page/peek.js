// Shows what something stands for (`data-peek`) while it is pointed at or has the keyboard's focus, as text.
// The words stay while the pointer is over them, and Escape takes them away (WCAG 2.2, 1.4.13).
// In a block, for it shares a script with sources.js.
{
  const GAP = 6;
  const LINGER = 150; // Milliseconds to get from the mark to the words.
  const peek = document.createElement("div");
  peek.id = "peek";
  peek.popover = "manual";
  peek.setAttribute("role", "tooltip");
  document.body.append(peek);
  let shown = null;
  let leaving = null;

  function show(target) {
    clearTimeout(leaving);
    if (shown === target) return;
    hide();
    shown = target;
    peek.textContent = target.dataset.peek;
    peek.dir = "auto";
    target.setAttribute("aria-describedby", "peek");
    peek.showPopover();
    const at = target.getBoundingClientRect();
    const { width, height } = peek.getBoundingClientRect();
    const above = at.top - height - GAP;
    peek.style.top = `${above > 0 ? above : at.bottom + GAP}px`;
    peek.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - width - GAP))}px`;
  }

  function hide() {
    shown?.removeAttribute("aria-describedby");
    shown = null;
    if (peek.matches(":popover-open")) peek.hidePopover();
  }

  const later = () => {
    clearTimeout(leaving);
    leaving = setTimeout(hide, LINGER);
  };
  const peeked = (event) => event.target.closest?.("[data-peek]");

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return; // There is nothing to point with: a press opens the source.
    if (peek.contains(event.target)) clearTimeout(leaving);
    else if (peeked(event)) show(peeked(event));
    else if (shown) later();
  });
  document.addEventListener("focusin", (event) => {
    if (peeked(event) && event.target.matches(":focus-visible")) show(peeked(event));
  });
  document.addEventListener("focusout", later);
  document.addEventListener("click", hide);
  document.addEventListener("scroll", hide, { capture: true, passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    hide();
    event.preventDefault(); // Only the words go: what else Escape does waits for the next press.
  });
}
