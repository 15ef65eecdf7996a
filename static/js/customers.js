// The customers' pages: Ctrl Enter (⌘ Enter) saves the form one is typing in.
"use strict";
(() => {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    if (event.isComposing || event.keyCode === 229) return;
    const form = event.target.closest("form[data-ctrl-enter]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  });
})();
