// A question that is not sent yet outlives a reload: kept in this tab alone, for this person and this
// conversation, until it is sent or somebody logs out, in whichever tab.
"use strict";

(() => {
  const PREFIX = "wealthai.draft.";
  const LOGGED_OUT = "logged-out";

  function forget() {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
    }
  }

  const tabs = new BroadcastChannel("wealthai");
  tabs.addEventListener("message", (event) => event.data === LOGGED_OUT && forget());
  let isLeaving = false;
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-log-out]")) return;
    isLeaving = true;
    forget();
    tabs.postMessage(LOGGED_OUT);
  });

  const form = document.querySelector("[data-ask]");
  if (!form) return;
  const input = form.elements.message;
  const { person } = form.dataset;

  // A new conversation gets its number with the first answer: the draft moves along.
  function place() {
    const { conversation, customer } = form.dataset;
    const where = conversation || (customer ? `customer-${customer}` : "new");
    return `${PREFIX}${person}.${where}`;
  }

  let kept = place();
  input.addEventListener("input", () => {
    if (isLeaving) return;
    if (kept !== place()) sessionStorage.removeItem(kept);
    kept = place();
    if (input.value) sessionStorage.setItem(kept, input.value);
    else sessionStorage.removeItem(kept);
  });
  if (!input.value && sessionStorage.getItem(kept)) {
    input.value = sessionStorage.getItem(kept);
    input.dispatchEvent(new Event("input"));
  }
})();
