// After an answer that a busy AI refused: asking again waits as long as the server says. The seconds are
// for the eye; a screen reader hears how long it is, and that it is over.
"use strict";

window.chatWait = (() => {
  const announce = (words) => (document.querySelector("[data-announce]").textContent = words);

  function count(button) {
    const until = Date.now() + Number(button.dataset.wait) * 1000;
    const left = button.querySelector("[data-wait-left]");
    button.disabled = true;
    announce(`${button.dataset.wait}秒後にもう一度送れます`);
    button.removeAttribute("data-wait");
    const tick = () => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      left.textContent = seconds > 0 ? `（あと${seconds}秒）` : "";
      if (seconds > 0) return void setTimeout(tick, 1000);
      button.disabled = false;
      if (button.isConnected) announce("もう一度送れます");
    };
    tick();
  }

  const countAll = () => document.querySelectorAll("[data-again][data-wait]").forEach(count);
  countAll();
  return { countAll };
})();
