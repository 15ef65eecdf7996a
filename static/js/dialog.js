// Forms in a dialog over the page, parts of a page that bring themselves up to date, and a warning
// before typed text is lost. Without script every link here leads to a page that does the same.
"use strict";
(() => {
  const dialog = document.getElementById("dialog");
  const content = document.getElementById("dialog-content");
  const modal = new window.bootstrap.Modal(dialog);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const within = (selector, root) => (root.matches(selector) ? [root] : []).concat(all(selector, root));

  // --- What has been typed and not yet saved ---------------------------------------------------
  const asLoaded = new WeakMap();
  const typed = (form) => new URLSearchParams(new FormData(form)).toString();
  const remember = (root) =>
    within("form[data-draft]", root).forEach((form) => {
      if (!asLoaded.has(form)) asLoaded.set(form, typed(form));
    });
  // A form that came back with errors holds what only this page knows.
  const isDirty = (form) =>
    !form.dataset.leaving &&
    (form.dataset.draft === "typed" || (asLoaded.has(form) && typed(form) !== asLoaded.get(form)));
  const dirty = (root) => all("form[data-draft]", root).some(isDirty);
  remember(document.documentElement);
  document.addEventListener("htmx:load", (event) => remember(event.detail.elt));
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("hx-post") && !event.defaultPrevented) form.dataset.leaving = "yes";
  });
  window.addEventListener("pageshow", () =>
    all("form[data-leaving]").forEach((form) => delete form.dataset.leaving),
  );
  window.addEventListener("beforeunload", (event) => {
    if (dirty(document)) event.preventDefault();
  });

  // --- Open and close --------------------------------------------------------------------------
  let origin = null; // what opened the dialog, as it is found again on the renewed page
  let isSaved = false;
  const find = (mark) =>
    mark && (mark.id ? document.getElementById(mark.id) : document.querySelector(mark.selector));
  const markOf = (element) => {
    if (element.id) return { id: element.id };
    const href = element.getAttribute("href");
    return href ? { selector: `a[href="${CSS.escape(href)}"]` } : null;
  };
  const open = (link) => {
    if (!dialog.contains(link)) origin = markOf(link);
    isSaved = false;
    window.htmx
      .ajax("GET", link.getAttribute("href"), { target: "#dialog-content", swap: "innerHTML" })
      .then(() => {
        if (!content.querySelector("form")) return;
        if (dialog.classList.contains("show")) focusFirst();
        else modal.show();
      });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
    if (!link || !plain || event.defaultPrevented) return;
    event.preventDefault();
    open(link);
  });
  const focusFirst = () => {
    const field = content.querySelector("[autofocus]") || content.querySelector("[data-first]");
    const usable = "input:not([type=hidden]):not(:disabled), select, textarea, .btn-plain";
    (field || content.querySelector(usable) || dialog).focus();
  };
  dialog.addEventListener("shown.bs.modal", focusFirst);
  dialog.addEventListener("hide.bs.modal", (event) => {
    const question = "入力した内容はまだ保存されていません。保存せずに閉じますか。";
    if (!isSaved && dirty(content) && !window.confirm(question)) event.preventDefault();
  });
  dialog.addEventListener("hidden.bs.modal", () => {
    content.replaceChildren();
    find(origin)?.focus();
  });

  // --- After a save the page below reads itself again; what is typed elsewhere on it stays --------
  const announce = () => {
    const said = all(".note-toast > span, [data-message]").map((one) => one.textContent.trim());
    document.getElementById("announce").textContent = said.join(" ");
    document.querySelector("[data-message]")?.scrollIntoView({ block: "center" });
  };
  document.body.addEventListener("saved", (event) => {
    const was = dialog.classList.contains("show") ? origin : markOf(document.activeElement);
    isSaved = true;
    modal.hide();
    const here = window.location.pathname + window.location.search;
    window.htmx
      .ajax("GET", here, { target: "#content", select: "#content", swap: "outerHTML" })
      .then(() => {
        const focused = document.activeElement;
        if (!focused || focused === document.body) find(was)?.focus();
        announce();
      });
    event.stopPropagation();
  });

  // --- When the server says no -------------------------------------------------------------------
  // Beside what was sent, and in sight: on a phone the form stands far below the head of the page.
  const complain = ({ elt, verb }, text) => {
    const form = elt.closest("form[data-draft], #dialog form");
    const unsure = verb === "get" ? NOT_SHOWN : form?.matches("[data-draft]") ? SAVED_OR_NOT : DONE_OR_NOT;
    all("[data-complaint]").forEach((old) => old.remove());
    const notice = document.createElement("div");
    notice.className = "notice notice-danger";
    notice.setAttribute("role", "alert");
    notice.dataset.complaint = "";
    notice.tabIndex = -1;
    notice.textContent = text || unsure;
    (form?.querySelector(".modal-body") || form || document.getElementById("content")).prepend(notice);
    notice.scrollIntoView({ block: "center" });
    notice.focus({ preventScroll: true });
  };
  const REASONS = {
    400: "読み取れない文字があるため、保存できませんでした。文字化けした部分を入力し直してください。",
    403: "この操作を行う権限がないか、画面の有効期限が切れています。入力した内容を控えて、画面を読み込み直してください。",
    404: "記録がないか、担当が変わって表示できなくなっています。顧客一覧から探してください。",
    409: "この顧客は保管されたため、保存できません。",
    413: "入力した内容が長すぎます。短くするか、何回かに分けて保存してください。",
  };
  // The answer was lost, or broke: what was asked for may have happened.
  const SAVED_OR_NOT =
    "保存されたか確かめられませんでした。入力した内容は残っています。通信を確かめて、もう一度保存してください。二重に保存されることはありません。";
  const DONE_OR_NOT = "操作できたか確かめられませんでした。通信を確かめて、画面を読み込み直してください。";
  const NOT_SHOWN = "表示できませんでした。通信を確かめて、もう一度お試しください。";
  const KEPT = "入力した内容は残っています。控えてから、画面を読み込み直してください。";
  document.body.addEventListener("htmx:responseError", ({ detail }) => {
    const { xhr, requestConfig } = detail;
    const isForm = [404, 409].includes(xhr.status) && requestConfig.verb === "post";
    const reason = REASONS[xhr.status];
    complain(requestConfig, reason && reason + (isForm ? KEPT : ""));
  });
  document.body.addEventListener("htmx:sendError", ({ detail }) => complain(detail.requestConfig));
  // Where the session ended, the answer is the log-in page: it must not stand in a dialog.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo, requestConfig } = event.detail;
    const asked = new URL(pathInfo.requestPath, window.location.href).pathname;
    if (!xhr.responseURL || new URL(xhr.responseURL).pathname === asked) return;
    event.detail.shouldSwap = false;
    complain(requestConfig, "ログインの期限が切れています。入力した内容を控えて、画面を読み込み直してください。");
  });
})();
