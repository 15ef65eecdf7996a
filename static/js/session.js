// Before a form with typed words leaves the page: is its writer still logged in? If not, the form
// stays as it is, and is sent once the writer has logged in in another tab. Nothing typed is kept
// anywhere but on this page, so nobody else can come upon it.
"use strict";
(() => {
  const { session, logIn, person } = document.currentScript.dataset;
  const KEPT = "入力した内容はこの画面に残っています。";
  const ENDED = [`ログインの期限が切れています。${KEPT}`, "別のタブでログイン", "してから、もう一度保存してください。"];
  const OTHER = [`別の担当者でログインしています。${KEPT}`, "別のタブ", "で元の担当者に戻してから、もう一度保存してください。"];
  const AWAY = [`保存できませんでした。${KEPT}通信を確かめて、もう一度保存してください。`];

  // Who is logged in, and a token for a page that is older than the log-in; null without an answer.
  const current = async () => {
    try {
      const answer = await fetch(session, { headers: { Accept: "application/json" } });
      if (answer.redirected) return { person: null };
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  };

  const complain = (form, [words, link, rest]) => {
    document.querySelectorAll("[data-complaint]").forEach((old) => old.remove());
    const notice = document.createElement("div");
    notice.className = "notice notice-danger";
    notice.setAttribute("role", "alert");
    notice.dataset.complaint = "";
    const line = document.createElement("span");
    line.append(words);
    if (link) {
      const way = document.createElement("a");
      Object.assign(way, { href: logIn, target: "_blank", rel: "noopener", textContent: link });
      line.append(way, rest);
    }
    notice.append(line);
    (form.querySelector(".form-foot, .modal-footer, .note-foot") ?? form.lastElementChild).before(notice);
  };

  const send = (form, submitter, token) => {
    form.elements.csrfmiddlewaretoken.value = token;
    document.querySelectorAll("[data-complaint]").forEach((old) => old.remove());
    form.dataset.session = "ok";
    form.requestSubmit(submitter?.isConnected ? submitter : null);
    delete form.dataset.session;
  };

  // Before every other listener: whatever marks a form as sent must wait for the answer.
  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (!form.matches("[data-draft]") || form.dataset.session === "ok") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (form.dataset.session) return;
      form.dataset.session = "asked";
      const now = await current();
      delete form.dataset.session;
      if (!now) complain(form, AWAY);
      else if (now.person === null) complain(form, ENDED);
      else if (String(now.person) !== person) complain(form, OTHER);
      else send(form, event.submitter, now.token);
    },
    true,
  );
})();
