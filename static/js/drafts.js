// A question that the server does not have yet outlives a reload: kept in this tab alone, for this person
// and this conversation, until it is saved there or somebody logs out, in whichever tab.
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

  // A question on its way: its words come back into the field of a page that is loaded anew, and with the
  // key that it was sent with, so that sending it again asks it once.
  const onItsWay = () => `${place()}.sent`;

  function sent() {
    return JSON.parse(sessionStorage.getItem(onItsWay()));
  }

  function keepSent(question) {
    if (!isLeaving) sessionStorage.setItem(onItsWay(), JSON.stringify(question));
  }

  function forgetSent() {
    sessionStorage.removeItem(onItsWay());
  }

  function lastShown() {
    return Array.from(document.querySelectorAll("[data-answer][data-chat-id]")).pop()?.dataset ?? {};
  }

  // Its words once only: from here on the field has them.
  function wordsOnTheirWay() {
    const { message = "", after, ...rest } = sent() ?? {};
    if (!message) return "";
    const last = lastShown();
    const isSaved = last.question === message && last.chatId !== after;
    if (isSaved) forgetSent();
    else keepSent(rest);
    return isSaved ? "" : message;
  }

  window.chatDrafts = { sent, keepSent, forgetSent, lastShown };
  const words = [wordsOnTheirWay(), sessionStorage.getItem(kept)].filter(Boolean).join("\n");
  if (!input.value && words) {
    input.value = words;
    input.dispatchEvent(new Event("input"));
  }
})();
