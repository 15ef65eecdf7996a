// Where the reader of the chat is: new text keeps the end in sight only for who is there already.
"use strict";

window.chatScroll = (() => {
  const scroller = document.querySelector("[data-scroller]");
  const latest = document.querySelector("[data-latest]");
  if (!scroller) return null;
  const NEAR = 80;

  const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;

  function offer() {
    latest.hidden = isAtEnd();
  }

  function toEnd() {
    scroller.scrollTop = scroller.scrollHeight;
    offer();
  }

  // Make `change`, and stay at the end if that is where the reader was.
  function keepingTheEnd(change) {
    const wasAtEnd = isAtEnd();
    change();
    if (wasAtEnd) toEnd();
    else offer();
  }

  latest.addEventListener("click", () => {
    toEnd();
    scroller.focus();
  });
  scroller.addEventListener("scroll", offer, { passive: true });
  new ResizeObserver(offer).observe(document.querySelector("[data-thread]")); // what unfolds, too
  window.addEventListener("resize", offer);
  if (window.location.hash) offer(); // the address names a place of its own
  else toEnd();
  return { keepingTheEnd, toEnd };
})();
