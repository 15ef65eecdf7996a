// The chat page: sends a question, reads its answer as it grows, and reads on after any break.
// It speaks through chat-wire.js and scrolls through chat-scroll.js.
// Text arrives in text nodes only; nothing of an answer is ever parsed as HTML.
"use strict";

(() => {
  const form = document.querySelector("[data-ask]");
  const thread = document.querySelector("[data-thread]");
  if (!form || !thread) return;

  const { Refused, newKey, readEvents, refusedBy } = window.chatWire;
  const { keepingTheEnd, toEnd } = window.chatScroll;

  const input = form.elements.message;
  const api = form.dataset.api;
  const sendButton = form.querySelector("[data-send]");
  const stopButton = form.querySelector("[data-stop]");
  const refusal = document.querySelector("[data-refusal]");
  const NOT_SENT = "送信できませんでした。通信を確かめて、もう一度送ってください。";
  const NOT_STOPPED = "停止できませんでした。通信を確かめて、もう一度押してください。";
  const LOGGED_OUT = "ログインの期限が切れています。質問は入力欄に残っています。別のタブでログインしてから、もう一度送ってください。";
  const OTHER_PERSON = "別の担当者でログインしています。質問は入力欄に残っています。別のタブで元の担当者に戻してから、もう一度送ってください。";
  const GOES_ON = "回答は続いています。再読み込みすると続きを表示します。";
  const NOT_CHECKED =
    "回答は保存されましたが、根拠と確認の結果を表示できませんでした。再読み込みして確かめてください。";
  const RECONNECTS = 8;
  const BUSY = [429, 502, 503, 504]; // a full or restarting server: the answer goes on behind it
  let running = null;
  let pending = null; // the last question sent, until it is known to be saved or refused

  // --- The wire ---------------------------------------------------------------------------

  function headers(extra) {
    return { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, ...extra };
  }

  // The same question again takes the same key: if it was saved, it is found, not asked twice.
  async function post(body) {
    if (pending?.body !== body) pending = { body, key: newKey() };
    const send = () =>
      fetch(api, {
        method: "POST",
        body,
        headers: headers({
          "Content-Type": "application/json",
          Accept: "text/event-stream",
          "Idempotency-Key": pending.key,
        }),
      });
    const response = await send();
    if (response.status !== 401 && response.status !== 403) return response;
    await renewToken(); // whoever logged in again, in another tab, needs another one
    return send();
  }

  async function renewToken() {
    const response = await fetch(form.dataset.session, { headers: { Accept: "application/json" } });
    const now = response.redirected ? { person: null } : await response.json();
    if (now.person === null) throw new Refused(401, LOGGED_OUT);
    if (String(now.person) !== form.dataset.person) throw new Refused(401, OTHER_PERSON);
    form.elements.csrfmiddlewaretoken.value = now.token;
  }

  // --- One answer on the page -------------------------------------------------------------

  class Answer {
    constructor(element, body = null) {
      this.element = element;
      this.body = body;
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
      this.chatId = String(data.chat_id);
      pending = null;
      this.element.dataset.chatId = this.chatId;
      stopButton.disabled = false;
      enterConversation(data.conversation_id);
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
      if (data.ending) this.say(data.ending.title);
      announce(data.ending ? data.ending.title : "回答が完了しました");
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
      if (this.chatId === null) return post(this.body);
      return fetch(`${api}/${this.chatId}/events`, {
        headers: { Accept: "text/event-stream", "Last-Event-ID": this.lastId },
      });
    }
  }

  function announce(words) {
    document.querySelector("[data-announce]").textContent = words;
  }

  function clone(name) {
    return document.querySelector(`#${name}`).content.firstElementChild.cloneNode(true);
  }

  function show(message) {
    const question = clone("question-template");
    question.querySelector("[data-text]").textContent = message;
    const answer = clone("answer-template");
    answer.dataset.question = message;
    thread.append(question, answer);
    document.querySelector("[data-empty]")?.setAttribute("hidden", "");
    toEnd();
    return { question, answer };
  }

  function takeBack(shown) {
    shown.question.remove();
    shown.answer.remove();
    if (!thread.childElementCount) document.querySelector("[data-empty]")?.removeAttribute("hidden");
  }

  function enterConversation(id) {
    if (!id) return;
    form.dataset.conversation = String(id);
    history.replaceState(null, "", `${form.dataset.page}?conversation=${id}`);
    input.dispatchEvent(new Event("input")); // what was typed meanwhile is this conversation's draft
  }

  // What the server knows by now about a finished answer: its steps, the customer it found in the
  // question, the conversation's place in the list. Its own page is the one source of that.
  async function refresh(answer) {
    const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) throw new Error("the page did not come");
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const own = `[data-chat-id="${answer.chatId}"]`;
    keepingTheEnd(() => {
      for (const part of ["[data-head]", "[data-conversations]", "[data-suggestions]", "[data-budget]", own]) {
        const fresh = page.querySelector(part);
        if (fresh) document.querySelector(part)?.replaceWith(document.adoptNode(fresh));
      }
    });
    input.placeholder = page.querySelector("#message")?.placeholder ?? input.placeholder;
    const ended = document.querySelector(own);
    if (ended) ended.dataset.ended = answer.element.dataset.ended;
  }

  // --- Asking and stopping ----------------------------------------------------------------

  function setRunning(answer) {
    running = answer;
    sendButton.hidden = answer !== null;
    stopButton.hidden = answer === null;
    stopButton.disabled = answer === null || answer.chatId === null;
  }

  function refuse(words) {
    refusal.querySelector("[data-refusal-text]").textContent = words;
    refusal.hidden = words === "";
  }

  async function ask(message, regenerateOf) {
    const body = { message };
    if (regenerateOf) body.regenerate_of = Number(regenerateOf);
    else if (form.dataset.conversation) body.conversation_id = Number(form.dataset.conversation);
    else if (form.dataset.customer) body.customer_id = Number(form.dataset.customer);
    const shown = show(message);
    const answer = new Answer(shown.answer, JSON.stringify(body));
    answer.say("質問を送っています");
    announce("回答中");
    await run(answer);
    if (answer.chatId === null) {
      takeBack(shown);
      if (!regenerateOf) giveBack(message);
    }
    if (matchMedia("(pointer: fine)").matches) input.focus(); // else a keyboard covers the answer
  }

  async function run(answer) {
    setRunning(answer);
    refuse("");
    try {
      await answer.follow();
      await refresh(answer).catch(() => refuse(NOT_CHECKED)); // the answer is already on the page
    } catch (error) {
      if (error instanceof Refused && error.status && error.status < 500) pending = null;
      answer.rest();
      const words = error instanceof Refused ? error.message : "";
      refuse(words || (answer.chatId === null ? NOT_SENT : GOES_ON));
    } finally {
      setRunning(null);
    }
  }

  function setText(text) {
    input.value = text;
    input.dispatchEvent(new Event("input"));
  }

  // Before what was typed since: neither is lost.
  function giveBack(message) {
    setText(input.value === "" ? message : `${message}\n${input.value}`);
  }

  function submit() {
    const message = input.value;
    if (running || message.trim() === "") return;
    setText("");
    ask(message, null);
  }

  async function stop() {
    const answer = running;
    if (!answer || stopButton.disabled) return;
    stopButton.disabled = true;
    refuse("");
    const request = { method: "POST", headers: headers({}) };
    const response = await fetch(`${api}/${answer.chatId}/stop`, request).catch(() => null);
    if (response?.ok || running !== answer) return;
    stopButton.disabled = false;
    refuse(NOT_STOPPED);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  stopButton.addEventListener("click", stop);
  thread.addEventListener("click", (event) => {
    const act = event.target.closest("[data-again], [data-go-on]");
    if (!act || running) return;
    const answer = act.closest("[data-answer]");
    if (act.matches("[data-go-on]")) {
      act.remove(); // the continuation itself is now what can be gone on with
      ask(act.dataset.goOn, null);
    } else {
      ask(answer.dataset.question, answer.dataset.chatId);
    }
  });

  // --- An answer that was running when the page was opened --------------------------------

  const open = thread.querySelector("[data-answer][data-running]");
  if (open) {
    announce("回答中");
    run(new Answer(open));
  }
})();
