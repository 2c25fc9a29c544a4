// In the head of the page (see theme_script.py), so that the theme chosen last in this browser is there before the first
// paint. The choice itself is kept by the server; settings.js tells it with the event `theme-chosen`.

(() => {
  const KEY = "article-assistant-theme";
  const html = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  // A browser may refuse to keep anything: then the theme comes with the settings, a moment later.
  function kept() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function keep(theme) {
    try {
      if (theme) localStorage.setItem(KEY, theme);
      else localStorage.removeItem(KEY);
    } catch {
      // See above.
    }
  }

  let chosen = kept();

  function paint(isDark) {
    html.dataset.theme = isDark ? "dark" : "light";
    document.body?.classList.toggle("dark", isDark);
  }

  // Where nothing is chosen, Gradio follows the system by itself.
  const hold = () => chosen && paint(chosen === "dark");

  function choose(theme) {
    if (theme === chosen) return;
    chosen = theme;
    if (theme) hold();
    else {
      paint(system.matches);
      delete html.dataset.theme;
    }
  }

  document.addEventListener("theme-chosen", ({ detail }) => {
    const theme = detail === "system" ? null : detail;
    keep(theme);
    choose(theme);
  });
  window.addEventListener("storage", ({ key }) => key === KEY && choose(kept()));

  hold();
  new MutationObserver((_, coming) => {
    if (!document.body) return;
    coming.disconnect();
    hold();
    // Gradio sets the theme of the system when it starts, and whenever that changes.
    new MutationObserver(hold).observe(document.body, { attributeFilter: ["class"] });
  }).observe(html, { childList: true });
})();
