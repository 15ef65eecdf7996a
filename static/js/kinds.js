// 個人 or 法人: hides the fields of the other kind. Without this script all of them stand there,
// and what is typed into the wrong ones is refused with the mend.
"use strict";
(() => {
  const chosen = () => document.querySelector('input[name="kind"]:checked')?.value;
  // What holds a value or an error stays in sight: it must be emptied before the kind can change.
  const isNeeded = (section) =>
    section.querySelector('.field-error, .errorlist, [aria-invalid="true"]') ||
    [...section.querySelectorAll("input, select, textarea")].some(
      (control) => control.type !== "hidden" && control.value.trim(),
    );
  const show = () => {
    for (const kind of ["individual", "corporation"]) {
      document.querySelectorAll(`.kind-${kind}`).forEach((section) => {
        section.hidden = Boolean(chosen()) && chosen() !== kind && !isNeeded(section);
      });
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.name === "kind") show();
  });
  document.addEventListener("htmx:afterSwap", show);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show);
  else show();
})();
