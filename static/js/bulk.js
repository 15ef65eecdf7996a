// Acts on many customers: whoever fills a field in means to change it, so its tick is set.
"use strict";
(() => {
  document.querySelectorAll(".bulk-line").forEach((line) => {
    const tick = line.querySelector("input[name=change]");
    line.addEventListener("input", (event) => {
      if (event.target !== tick) tick.checked = true;
    });
  });
})();
