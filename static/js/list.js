// The customer list: keys in the table, ticked rows, short addresses, the word while a page loads.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // --- Addresses without empty conditions -------------------------------------------------------
  all("form[data-strip]").forEach((form) =>
    form.addEventListener("formdata", (event) => {
      [...event.formData.entries()].forEach(([name, value]) => {
        if (value === "") event.formData.delete(name);
      });
    }),
  );

  // --- Loading: nothing for 300 ms, then the word -----------------------------------------------
  const list = document.querySelector("[data-list]");
  const word = document.querySelector("[data-loading]");
  let timer = 0;
  const wait = () => {
    timer = window.setTimeout(() => {
      if (word) word.hidden = false;
      if (list) list.classList.add("is-loading");
    }, 300);
  };
  const rest = () => {
    window.clearTimeout(timer);
    if (word) word.hidden = true;
    if (list) list.classList.remove("is-loading");
  };
  all("form[data-load]").forEach((form) => form.addEventListener("submit", wait));
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".list-tabs a, .list-tools a, .sort, .pager-links a");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) wait();
  });
  window.addEventListener("pageshow", rest);

  // --- Export: the file comes after a while, and the page stays ----------------------------------
  all("form[data-export]").forEach((form) =>
    form.addEventListener("submit", () => {
      const state = form.querySelector("[data-export-state]");
      state.hidden = false;
      window.setTimeout(() => (state.hidden = true), 20000);
    }),
  );

  // --- Ticked rows -------------------------------------------------------------------------------
  const table = document.querySelector("[data-rows]");
  if (!table) return;
  const rows = all("[data-row]", table);
  const ticks = all("[data-tick]", table);
  const everyone = table.querySelector("[data-tick-all]");
  const words = document.querySelector("[data-chosen]");
  const count = () => {
    const chosen = ticks.filter((tick) => tick.checked).length;
    words.textContent = chosen ? `${chosen}名を選択中` : "";
    everyone.checked = chosen > 0 && chosen === ticks.length;
    everyone.indeterminate = chosen > 0 && chosen < ticks.length;
  };
  everyone.hidden = false;
  everyone.addEventListener("change", () => {
    ticks.forEach((tick) => (tick.checked = everyone.checked));
    count();
  });
  ticks.forEach((tick) => tick.addEventListener("change", count));
  window.addEventListener("pageshow", count);
  count();

  // --- Keys: arrows and J, K move, Enter opens, Space ticks, M writes a note, E edits --------------
  const lettersOn = () => {
    try {
      return window.localStorage.getItem("wealthai.keys") !== "off";
    } catch {
      return true;
    }
  };
  const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  rows.forEach((row) => (row.tabIndex = -1));
  const current = () => document.activeElement?.closest("[data-row]");
  const move = (step) => {
    const here = rows.indexOf(current());
    const next = rows[Math.max(0, Math.min(rows.length - 1, here + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const follow = (selector) => {
    const link = current()?.querySelector(selector);
    if (link) link.click();
    return Boolean(link);
  };
  const inTable = (key) => {
    if (key === "ArrowDown") move(1);
    else if (key === "ArrowUp") move(-1);
    else return false;
    return true;
  };
  const onRow = (key) => {
    if (key === "Enter") return follow("[data-open]");
    if (key === " ") return follow("[data-tick]");
    if (!lettersOn()) return false;
    if (key === "m") return follow("[data-note]");
    return key === "e" && follow("[data-edit]");
  };
  const letter = (key) => {
    if (key === "j") move(1);
    else if (key === "k") move(-1);
    else return false;
    return true;
  };
  const tickBox = (target) => target.matches("[data-tick], [data-tick-all]");
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (typing(target) && !tickBox(target)) return;
    const inside = target.closest(".list-scroll");
    const done =
      (inside && inTable(event.key)) ||
      (target.matches("[data-row]") && onRow(event.key)) ||
      (lettersOn() && letter(event.key));
    if (done) event.preventDefault();
  });
})();
