// What the chat page says to the server and hears from it: questions, streams of events, refusals.
"use strict";

window.chatWire = (() => {
  const LONGEST_WAIT = 30;
  const LOGGED_OUT = "ログインの期限が切れています。このページを再読み込みしてログインすると、続けられます。書いた質問は残ります。";

  const LOGGED_OUT_HERE = "ログインの期限が切れています。質問は入力欄に残っています。別のタブでログインしてから、もう一度送ってください。";
  const OTHER_PERSON = "別の担当者でログインしています。質問は入力欄に残っています。別のタブで元の担当者に戻してから、もう一度送ってください。";

  class Refused extends Error {
    constructor(status, words, retryAfter = 0) {
      super(words);
      this.status = status;
      this.retryAfter = retryAfter;
    }
  }

  async function refusedBy(response) {
    if (response.status === 401) return new Refused(401, LOGGED_OUT); // the API's words speak of tokens
    let problem = {};
    try {
      problem = await response.json();
    } catch {
      // a proxy's own page: the general sentence stands
    }
    const words = Object.values(problem.errors ?? {}).flat()[0] || problem.detail || "";
    const seconds = Number(response.headers.get("Retry-After")) || 0;
    return new Refused(response.status, words, Math.min(seconds, LONGEST_WAIT));
  }

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // The token of whoever logged in since, if that is the `person` whose page this is.
  async function renewedToken({ session, person }) {
    const response = await fetch(session, { headers: { Accept: "application/json" } });
    const now = response.redirected ? { person: null } : await response.json();
    if (now.person === null) throw new Refused(401, LOGGED_OUT_HERE);
    if (String(now.person) !== person) throw new Refused(401, OTHER_PERSON);
    return now.token;
  }

  async function readEvents(response, onEvent) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      buffer += value;
      const blocks = buffer.split("\n\n");
      buffer = blocks.pop();
      for (const block of blocks) {
        const event = {};
        for (const line of block.split("\n")) {
          const colon = line.indexOf(": ");
          if (colon > 0) event[line.slice(0, colon)] = line.slice(colon + 2);
        }
        if (event.event) onEvent(event.event, event.id, JSON.parse(event.data));
      }
    }
  }

  return { Refused, newKey, readEvents, refusedBy, renewedToken };
})();
