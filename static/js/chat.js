// Asking on the chat page, and stopping. How an answer grows is chat-answer.js's, what is said to the
// server chat-wire.js's.
"use strict";

(() => {
  const thread = document.querySelector("[data-thread]");
  if (!thread) return;

  const { newKey, renewedToken } = window.chatWire;
  const { Answer, running: runningAnswer } = window.chatAnswers;
  const { toEnd } = window.chatScroll;
  const drafts = window.chatDrafts;
  const form = document.querySelector("[data-ask]");
  const open = runningAnswer();
  if (!form) {
    open?.run().then((words) => open.say(words)); // it is only read here
    return;
  }

  const input = form.elements.message;
  const { api } = thread.dataset;
  const sendButton = form.querySelector("[data-send]");
  const stopButton = form.querySelector("[data-stop]");
  const refusal = document.querySelector("[data-refusal]");
  const NOT_SENT = "送信できませんでした。通信を確かめて、もう一度送ってください。";
  const NOT_STOPPED = "停止できませんでした。通信を確かめて、もう一度押してください。";
  let running = null;
  let pending = drafts.sent(); // the last question sent, until it is known to be saved or refused

  function headers(extra) {
    return { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, ...extra };
  }

  // The same question again takes the same key: if it was saved, it is found, not asked twice.
  async function post(body, message, after) {
    if (pending?.body !== body) pending = { body, key: newKey() };
    drafts.keepSent({ ...pending, message, after });
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
    // Whoever logged in again, in another tab, needs another one.
    form.elements.csrfmiddlewaretoken.value = await renewedToken(form.dataset);
    return send();
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

  // Saved before, when its reply was lost, it stands on the page that was loaded since.
  function takeAway(answer) {
    answer.previousElementSibling.remove();
    answer.remove();
  }

  function enterConversation(id) {
    if (!id) return;
    form.dataset.conversation = String(id);
    history.replaceState(null, "", `${form.dataset.page}?conversation=${id}`);
    input.dispatchEvent(new Event("input")); // what was typed meanwhile is this conversation's draft
  }

  function settled() {
    pending = null;
    drafts.forgetSent();
  }

  function saved(data) {
    settled();
    thread.querySelectorAll(`[data-chat-id="${data.chat_id}"]`).forEach(takeAway);
    stopButton.disabled = false;
    enterConversation(data.conversation_id);
  }

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
    const { chatId: after } = drafts.lastShown();
    const shown = show(message);
    const text = JSON.stringify(body);
    const words = regenerateOf ? "" : message;
    const answer = new Answer(shown.answer, { ask: () => post(text, words, after), onStart: saved });
    answer.say("質問を送っています");
    await run(answer);
    if (answer.chatId === null) {
      takeBack(shown);
      if (!regenerateOf) giveBack(message);
      takeFocus();
    }
  }

  // Not from where one reads or writes by now; and on a phone a keyboard would cover the answer.
  function takeFocus() {
    const isFree = [document.body, sendButton, stopButton].includes(document.activeElement);
    if (isFree && matchMedia("(pointer: fine)").matches) input.focus();
  }

  // The next question need not wait for what the page still fetches about this one.
  async function run(answer) {
    setRunning(answer);
    refuse("");
    answer.onEnd = () => {
      setRunning(null);
      if (answer.ask) takeFocus();
    };
    const words = await answer.run(NOT_SENT);
    if (answer.isRefused) settled();
    if (running !== null && running !== answer) return;
    refuse(words);
    setRunning(null);
  }

  function setText(text) {
    input.value = text;
    input.dispatchEvent(new Event("input"));
  }

  // Before what was typed since: neither is lost.
  function giveBack(message) {
    if (pending) drafts.keepSent(pending);
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

  if (open) run(open);
})();
