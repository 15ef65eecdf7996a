// The frame's own behaviour: theme, menus, short-cut keys, toasts, password eyes.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const store = {
    get(key) {
      try {
        return window.localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        window.localStorage.setItem(key, value);
      } catch {
        // forbidden by policy: the choice lasts as long as the page
      }
    },
  };

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
  const menus = all("details[data-menu]");
  document.addEventListener("click", (event) =>
    menus.filter((menu) => !menu.contains(event.target)).forEach((menu) => (menu.open = false)),
  );
  document.addEventListener("keydown", (event) => {
    const open = menus.find((menu) => menu.open);
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  // --- Short-cut keys --------------------------------------------------------------------------
  const keysOn = () => store.get("wealthai.keys") !== "off";
  const showKeys = () =>
    all("[data-keys-switch]").forEach((button) => {
      button.setAttribute("aria-pressed", String(keysOn()));
      button.querySelector("[data-keys-state]").textContent = keysOn() ? "入" : "切";
    });
  showKeys();
  all("[data-keys-switch]").forEach((button) =>
    button.addEventListener("click", () => {
      store.set("wealthai.keys", keysOn() ? "off" : "on");
      showKeys();
    }),
  );

  // The list's own field where there is one, else the dialog.
  const searchDialog = document.querySelector("[data-search-dialog]");
  const search = () => {
    const own = !searchDialog?.open && document.querySelector("[data-search]");
    const field = own || searchDialog?.querySelector("[data-suggest]");
    if (!field) return false;
    if (!own && !searchDialog.open) searchDialog.showModal();
    field.focus();
    field.select();
    return true;
  };
  if (window.location.hash === "#search") search();
  all("[data-search-open]").forEach((link) =>
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !search()) return;
      event.preventDefault();
      menus.forEach((menu) => (menu.open = false));
    }),
  );

  // --- The list of keys: those that this very page answers to ------------------------------------
  const keysDialog = document.querySelector("[data-keys-dialog]");
  const lettersOf = (attribute, first) =>
    all(`[data-${attribute}]`)
      .filter((link) => first || link.checkVisibility())
      .map((link) => {
        const row = document.createElement("div");
        row.dataset.made = "";
        const keys = document.createElement("dt");
        [...(first ? [first] : []), link.dataset[attribute].toUpperCase()].forEach((key) => {
          const cap = document.createElement("kbd");
          cap.textContent = key;
          keys.append(cap, " ");
        });
        const words = document.createElement("dd");
        words.textContent = link.title || link.textContent.trim();
        row.append(keys, words);
        return row;
      });
  const showKeyList = () => {
    if (!keysDialog) return false;
    all("[data-made]", keysDialog).forEach((row) => row.remove());
    all("[data-when]", keysDialog).forEach((row) => {
      const isOff = row.hasAttribute("data-single") && !keysOn();
      row.hidden = isOff || !document.querySelector(row.dataset.when);
    });
    if (keysOn()) {
      keysDialog.querySelector("[data-keys-list]").prepend(...lettersOf("letter"), ...lettersOf("key", "G"));
    }
    keysDialog.querySelector("[data-keys-on]").hidden = !keysOn();
    keysDialog.querySelector("[data-keys-off]").hidden = keysOn();
    keysDialog.showModal();
    return true;
  };
  all("[data-keys-open]").forEach((button) =>
    button.addEventListener("click", () => {
      const menu = button.closest("details");
      menu.open = false;
      menu.querySelector("summary").focus(); // where the focus returns to
      showKeyList();
    }),
  );
  keysDialog?.addEventListener("click", (event) => {
    if (event.target === keysDialog || event.target.closest("[data-keys-close]")) keysDialog.close();
  });

  const PRESSED = ["checkbox", "radio", "button", "submit", "reset", "file", "color", "range"];
  const typing = (target) =>
    target.isContentEditable ||
    /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target.tagName === "INPUT" && !PRESSED.includes(target.type));
  let sinceG = 0;
  const letter = (event) => {
    if (document.querySelector(".modal.show, dialog[open]")) return false;
    if (event.key === "/") return search();
    if (event.key === "?") return showKeyList();
    if (event.key.toLowerCase() === "g") {
      sinceG = event.timeStamp;
      return false;
    }
    const key = CSS.escape(event.key.toLowerCase());
    const follows = sinceG && event.timeStamp - sinceG < 1500;
    sinceG = 0;
    // After G a letter goes somewhere; alone it acts on this page.
    const wanted = follows ? `[data-key="${key}"]` : `[data-letter="${key}"]`;
    const link = all(wanted).find((one) => follows || one.checkVisibility());
    if (!link) return false;
    link.click();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      if (search()) event.preventDefault();
    } else if (!command && !event.altKey && keysOn() && !typing(event.target)) {
      if (letter(event)) event.preventDefault();
    }
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
