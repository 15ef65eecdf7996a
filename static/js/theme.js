// Runs before the page is drawn, so that no light page flashes on a dark screen. The key is the
// one Django's admin uses: one choice serves both.
"use strict";
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try {
      return window.localStorage.getItem("theme") || "auto";
    } catch {
      return "auto"; // storage can be forbidden by policy
    }
  };
  const apply = () => {
    const choice = stored();
    const shown = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    document.documentElement.setAttribute("data-bs-theme", shown === "dark" ? "dark" : "light");
  };
  apply();
  dark.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  window.wealthaiTheme = {
    stored,
    choose(choice) {
      try {
        window.localStorage.setItem("theme", choice);
      } catch {
        // the choice then lasts as long as the page
      }
      apply();
    },
  };
})();
