// One answer on the page: it grows, is read on after any break, and ends with its sentence. Also on a
// page where nothing can be asked. Text arrives in text nodes only; nothing of it is parsed as HTML.
"use strict";

window.chatAnswers = (() => {
  const thread = document.querySelector("[data-thread]");
  if (!thread) return null;

  const { Refused, readEvents, refusedBy } = window.chatWire;
  const { keepingTheEnd } = window.chatScroll;
  const { api } = thread.dataset;
  const GOES_ON = "回答は続いています。再読み込みすると続きを表示します。";
  const NOT_CHECKED =
    "回答は保存されましたが、根拠と確認の結果を表示できませんでした。再読み込みして確かめてください。";
  const RECONNECTS = 8;
  const BUSY = [429, 502, 503, 504]; // a full or restarting server: the answer goes on behind it
  const PARTS = ["[data-head]", "[data-conversations]", "[data-suggestions]", "[data-budget]"];
  const IN_USE = "[data-menu]:is([open], :focus-within)"; // a title may be being typed there

  class Answer {
    // `ask` sends the question, where it is not saved yet; `onStart` hears that it is.
    constructor(element, { ask = null, onStart = () => {} } = {}) {
      this.element = element;
      this.ask = ask;
      this.onStart = onStart;
      this.onEnd = () => {};
      this.text = element.querySelector("[data-text]");
      this.status = element.querySelector("[data-status]");
      this.chatId = element.dataset.chatId || null;
      this.lastId = element.dataset.offset || "0";
      this.lost = 0; // connections in a row that brought nothing
      this.ended = false;
    }

    say(words) {
      this.status.textContent = words;
    }

    on(kind, id, data) {
      this.lastId = id;
      if (kind === "start") this.started(data);
      else if (kind === "status") this.say(data.text);
      else if (kind === "delta") this.grow(data.text);
      else this.end(kind, data);
    }

    started(data) {
      if (this.chatId !== null) return; // it is only read on
      this.chatId = String(data.chat_id);
      this.onStart(data);
      this.element.dataset.chatId = this.chatId;
    }

    grow(text) {
      this.lost = 0;
      keepingTheEnd(() => {
        this.text.append(text);
        this.say("回答を書いています");
      });
    }

    end(kind, data) {
      this.ended = true;
      this.rest();
      this.element.dataset.ended = kind;
      this.text.textContent = data.response;
      this.isWithheld = data.withheld; // the page has nothing more to say of it
      if (data.ending) this.say(data.withheld ? `${data.ending.title}。${data.ending.detail}` : data.ending.title);
      announce(data.ending ? data.ending.title : "回答が完了しました");
      this.onEnd();
    }

    rest() {
      this.element.removeAttribute("data-running");
      this.say("");
    }

    async follow() {
      while (!this.ended) {
        let wait = Math.min(0.5 * 2 ** this.lost, 5);
        try {
          const response = await this.connect();
          if (!response.ok) throw await refusedBy(response);
          await readEvents(response, (...event) => this.on(...event));
        } catch (error) {
          const lasting = this.chatId === null || !BUSY.includes(error.status);
          if (error instanceof Refused && lasting) throw error;
          wait = Math.max(wait, error.retryAfter || 0);
        }
        if (!this.ended) await this.pause(wait);
      }
    }

    async pause(seconds) {
      this.lost += 1;
      if (this.lost > (this.chatId === null ? 1 : RECONNECTS)) throw new Refused(0, "");
      if (this.chatId !== null) this.say("つなぎ直しています");
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }

    connect() {
      if (this.chatId === null) return this.ask();
      return fetch(`${api}/${this.chatId}/events`, {
        headers: { Accept: "text/event-stream", "Last-Event-ID": this.lastId },
      });
    }

    // To its end, with all that the server says of it then. Words that are left to be said, or "".
    async run(notSent = "") {
      announce("回答中");
      try {
        await this.follow();
      } catch (error) {
        this.rest();
        if (error instanceof Refused && error.status && error.status < 500) this.isRefused = true;
        const words = error instanceof Refused ? error.message : "";
        return words || (this.chatId === null ? notSent : GOES_ON);
      }
      if (this.isWithheld) return "";
      return this.refresh().catch(() => NOT_CHECKED); // the answer is already on the page
    }

    // What the server knows by now about a finished answer: its steps, the customer it found in the
    // question, the conversation's place in the list. Its own page is the one source of that.
    async refresh() {
      const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
      if (!response.ok || response.redirected) throw new Error("the page did not come");
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const own = `[data-chat-id="${this.chatId}"]`;
      keepingTheEnd(() => {
        for (const part of [...PARTS, own]) {
          const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
          if (fresh && !old?.querySelector(IN_USE)) old?.replaceWith(document.adoptNode(fresh));
        }
      });
      const field = document.querySelector("#message");
      if (field) field.placeholder = page.querySelector("#message")?.placeholder ?? field.placeholder;
      const ended = document.querySelector(own);
      if (ended) ended.dataset.ended = this.element.dataset.ended;
      window.chatWait.countAll();
      return "";
    }
  }

  function announce(words) {
    document.querySelector("[data-announce]").textContent = words;
  }

  // An answer that was running when the page was opened; null without one.
  function running() {
    const open = thread.querySelector("[data-answer][data-running]");
    return open && new Answer(open);
  }

  return { Answer, announce, running };
})();
