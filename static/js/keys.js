// Short-cut keys: the search dialog on every page, the admin's included, and the list of keys.
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
      all("details[data-menu]").forEach((menu) => (menu.open = false));
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
})();
