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

  thread.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = button.closest("[data-answer]").querySelector("[data-text]").innerText.trim();
    const whole = [text, button.dataset.cut, button.dataset.copy].filter(Boolean).join("\n\n");
    const words = (await copied(whole)) ? "コピーしました" : "コピーできませんでした。文字を選んでコピーしてください。";
    const label = button.querySelector("[data-copy-label]");
    label.textContent = words;
    document.querySelector("#announce").textContent = words;
    window.setTimeout(() => (label.textContent = "コピー"), 3000);
    button.focus();
  });
})();
