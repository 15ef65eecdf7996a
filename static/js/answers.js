// What one does with a finished answer: copy it, with the sentence that it is to be checked.
"use strict";

(() => {
  const thread = document.querySelector("[data-thread]");
  if (!thread) return;

  // Browsers keep the clipboard from pages without https; the old way works there too.
  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const field = document.createElement("textarea");
      field.value = text;
      field.className = "visually-hidden";
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      return done;
    }
  }

  function textFor(button) {
    if ("copySteps" in button.dataset) return button.closest("[data-steps]").querySelector(".step-list").innerText.trim();
    const text = button.closest("[data-answer]").querySelector("[data-text]").innerText.trim();
    return [text, button.dataset.cut, button.dataset.copy].filter(Boolean).join("\n\n");
  }

  thread.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-steps]");
    if (!button) return;
    const words = (await copied(textFor(button))) ? "コピーしました" : "コピーできませんでした。文字を選んでコピーしてください。";
    const label = button.querySelector("[data-copy-label]");
    label.textContent = words;
    document.querySelector("#announce").textContent = words;
    window.setTimeout(() => (label.textContent = "コピー"), 3000);
    button.focus();
  });

  // The texts that left are long and seldom read: they come when somebody unfolds them.
  async function sentTexts(address) {
    try {
      const answer = await fetch(address);
      return answer.ok && !answer.redirected ? await answer.text() : null;
    } catch {
      return null;
    }
  }
  thread.addEventListener(
    "toggle",
    async ({ target }) => {
      if (!target.open || !("sent" in target.dataset)) return;
      const place = target.querySelector("[data-sent-texts]");
      if (place.childElementCount) return;
      place.textContent = "読み込んでいます…";
      const texts = await sentTexts(target.dataset.sent);
      if (texts === null) place.textContent = "表示できませんでした。閉じて、もう一度開いてください。";
      else place.innerHTML = texts;
    },
    true, // it does not bubble
  );

  // Beneath the last answer it opens out of sight. Without a motion, so none is to be reduced.
  thread.addEventListener(
    "toggle",
    ({ target }) => {
      if (target.open && "rate" in target.dataset) target.scrollIntoView({ block: "nearest", behavior: "instant" });
    },
    true,
  );

  // The panel of steps stays while one reads and asks on; it goes by its button, or like the form of
  // reasons by Esc.
  const PANELS = ":is([data-steps], [data-rate])[open]";
  function closePanel(panel) {
    panel.open = false;
    panel.querySelector("summary").focus();
  }
  thread.addEventListener("click", (event) => {
    const button = event.target.closest("[data-close-steps]");
    if (button) closePanel(button.closest("[data-steps]"));
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.isComposing || event.keyCode === 229) return;
      if (document.querySelector("dialog[open], .modal.show, .dropdown-menu.show, details[data-menu][open]")) return;
      const within = event.target.closest(PANELS);
      if (!within && event.target.matches("input, select")) return; // another field keeps its own Esc
      const panel = within ?? thread.querySelector(PANELS);
      if (panel) closePanel(panel);
    },
    true,
  );
})();
