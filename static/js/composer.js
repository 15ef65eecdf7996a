// The field of the chat page: Enter and Esc that are right for input methods, its height, and the
// suggested questions. Sending and stopping are chat.js's: this presses its buttons.
"use strict";

(() => {
  // The customer's own form is sent as soon as one of the suggestions was chosen.
  const finder = document.querySelector("[data-find]");
  finder?.addEventListener("picked", () => finder.requestSubmit());

  const form = document.querySelector("[data-ask]");
  if (!form) return;

  const input = form.elements.message;
  const enterSends = form.querySelector("[data-enter-sends]");
  const ENTER_KEY = "wealthai.enter-sends";
  const COMPOSITION_GRACE = 50; // Safari ends the composition just before its key
  let composedAt = -Infinity;

  input.addEventListener("compositionend", (event) => {
    composedAt = event.timeStamp;
  });

  // Of the input method: it confirms or cancels a conversion and means nothing to the page.
  function composes(event) {
    if (event.isComposing || event.keyCode === 229) return true;
    return event.timeStamp - composedAt < COMPOSITION_GRACE;
  }

  // What is open is closed first, and another field keeps its own Esc; the answer goes on.
  const OPEN =
    "dialog[open], .modal.show, .dropdown-menu.show, details:is([data-menu], [data-rate], [data-steps])[open]";
  function isForOthers({ target }) {
    return document.querySelector(OPEN) !== null || (target.matches("input, textarea, select") && target.form !== form);
  }
  // Asked before anybody closes what this key was meant for.
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape" && !composes(event) && !isForOthers(event)) form.querySelector("[data-stop]").click();
    },
    true,
  );
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || composes(event)) return;
    if (event.ctrlKey || event.metaKey || enterSends.checked) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  enterSends.checked = localStorage.getItem(ENTER_KEY) === "1";
  enterSends.addEventListener("change", () => {
    localStorage.setItem(ENTER_KEY, enterSends.checked ? "1" : "0");
  });

  input.addEventListener("input", () => {
    const lines = input.value.split("\n").length;
    input.rows = Math.min(Math.max(lines, 2), 8);
  });

  form.addEventListener("click", (event) => {
    const suggestion = event.target.closest("[data-suggestion]");
    if (!suggestion) return;
    input.value = suggestion.dataset.suggestion;
    input.dispatchEvent(new Event("input"));
    input.focus();
  });
})();
