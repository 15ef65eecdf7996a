// The frame's own behaviour: theme, menus, toasts, password eyes.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  // --- Theme ---------------------------------------------------------------------------------
  const showTheme = (choice) =>
    all("[data-theme-choice]").forEach((button) =>
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice)),
    );
  showTheme(window.wealthaiTheme.stored());
  all("[data-theme-choice]").forEach((button) =>
    button.addEventListener("click", () => {
      window.wealthaiTheme.choose(button.dataset.themeChoice);
      showTheme(button.dataset.themeChoice);
    }),
  );

  // --- Menus: one open at a time, Esc and a click elsewhere close ------------------------------
  const menus = () => all("details[data-menu]"); // asked each time: parts of a page are replaced
  document.addEventListener("click", (event) =>
    menus()
      .filter((menu) => !menu.contains(event.target))
      .forEach((menu) => (menu.open = false)),
  );
  document.addEventListener("keydown", (event) => {
    const open = menus().find((menu) => menu.open);
    if (event.key !== "Escape" || event.isComposing || event.keyCode === 229 || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  // --- Toasts: gone after some seconds unless somebody reads them -------------------------------
  const watch = (toast) => {
    if (toast.dataset.watched) return;
    toast.dataset.watched = "yes";
    let timer = 0;
    const start = () => {
      timer = window.setTimeout(() => toast.remove(), Number(toast.dataset.seconds) * 1000);
    };
    const hold = () => window.clearTimeout(timer);
    toast.addEventListener("mouseenter", hold);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("mouseleave", start);
    toast.addEventListener("focusout", start);
    toast.querySelector("[data-toast-close]").addEventListener("click", () => toast.remove());
    start();
  };
  all(".note-toast").forEach(watch);
  document.addEventListener("htmx:load", () => all(".note-toast").forEach(watch));

  // --- Password eyes ---------------------------------------------------------------------------
  all("[data-eye]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.eye);
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
    });
  });

  // A form sends once: a second click while the server works would do the act twice. After a
  // download the page is still there.
  all("form[data-once]").forEach((form) =>
    form.addEventListener("submit", (event) => {
      if (event.submitter?.hasAttribute("data-download")) return;
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
      all("button[type=submit]", form).forEach((button) => button.setAttribute("aria-busy", "true"));
    }),
  );
  window.addEventListener("pageshow", () =>
    all("form[data-once]").forEach((form) => {
      delete form.dataset.sent;
      all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
    }),
  );
})();
