// Search fields that suggest while one types: the options come from the server as a fragment, the
// pages and acts from the dialog itself. A combobox after the ARIA pattern, safe with input methods.
// A field with `data-pick` names a customer in a form: what is chosen is written into it.
"use strict";
(() => {
  const WAIT = 120; // ms without a key before the server is asked
  const COMPOSITION_GRACE = 50; // Safari ends the composition just before its key

  class Suggester {
    constructor(field, list, number) {
      Object.assign(this, { field, list, asked: 0, timer: 0, composedAt: -Infinity });
      this.dialog = field.closest("dialog");
      this.picks = field.hasAttribute("data-pick");
      this.places = this.dialog?.querySelector("[data-places]");
      list.id = `suggestions-${number}`;
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", "候補");
      this.words = document.createElement("p");
      this.words.className = this.dialog || this.picks ? "suggestions-words" : "visually-hidden";
      this.words.setAttribute("role", "status");
      list.after(this.words);
      this.label();
      this.listen();
    }

    label() {
      const names = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" };
      Object.entries(names).forEach(([name, value]) => this.field.setAttribute(name, value));
      this.field.setAttribute("aria-controls", this.list.id);
    }

    listen() {
      this.field.addEventListener("input", (event) => event.isComposing || this.ask());
      this.field.addEventListener("compositionend", (event) => {
        this.composedAt = event.timeStamp;
        this.ask();
      });
      this.field.addEventListener("keydown", (event) => this.key(event));
      this.field.addEventListener("blur", () => this.dialog || window.setTimeout(() => this.close(), 200));
      this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus
      if (this.picks) this.list.addEventListener("click", (event) => this.pick(event));
      if (!this.dialog) return this.catchUp();
      // Esc of an input method cancels a conversion, not the search.
      this.dialog.addEventListener("cancel", (event) => this.justComposed(event) && event.preventDefault());
      this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
      this.dialog.querySelector("[data-search-close]").addEventListener("click", () => this.dialog.close());
      this.ask();
    }

    // htmx tells of a new form a moment after it can be typed into.
    catchUp() {
      const { activeElement } = document;
      if (activeElement === this.field && this.field.value !== this.field.defaultValue) this.ask();
    }

    justComposed(event) {
      return event.timeStamp - this.composedAt < COMPOSITION_GRACE;
    }

    key(event) {
      // Esc belongs to the input method or to the list first, and only then to the form's dialog.
      const converts = event.isComposing || event.keyCode === 229 || this.justComposed(event);
      if (this.picks && event.key === "Escape" && (converts || this.options().length)) event.stopPropagation();
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === "Enter" && this.justComposed(event)) return event.preventDefault();
      const options = this.options();
      const place = options.indexOf(this.chosen());
      if (event.key === "ArrowDown" && options.length) this.choose(options[place + 1] ?? null);
      else if (event.key === "ArrowUp" && options.length) this.choose(options.at(place < 0 ? -1 : place - 1));
      else if (event.key === "Enter" && place >= 0) options[place].click();
      else if (event.key === "Escape" && this.dialog) this.dialog.close();
      else if (event.key === "Escape" && options.length) this.close();
      else return undefined;
      return event.preventDefault();
    }

    options() {
      return [...this.list.querySelectorAll("[role=option]")];
    }

    chosen() {
      return this.list.querySelector("[aria-selected=true]");
    }

    choose(option) {
      this.chosen()?.setAttribute("aria-selected", "false");
      option?.setAttribute("aria-selected", "true");
      option?.scrollIntoView({ block: "nearest" });
      if (option) this.field.setAttribute("aria-activedescendant", option.id);
      else this.field.removeAttribute("aria-activedescendant");
    }

    pick(event) {
      const option = event.target.closest("[role=option]");
      if (!option || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const [code, name] = ["code", "name"].map((part) => option.querySelector(`.suggestion-${part}`).textContent);
      this.field.value = `${code.trim()} ${name.trim()}`;
      this.close();
      this.field.focus();
      this.field.dispatchEvent(new CustomEvent("picked", { bubbles: true }));
    }

    ask() {
      window.clearTimeout(this.timer);
      const number = ++this.asked; // an answer to anything but the newest question is dropped
      const text = this.field.value.trim();
      if (!text) return this.show("", text);
      this.timer = window.setTimeout(async () => {
        const answer = await this.fetched(text);
        if (number === this.asked) this.show(answer, text);
      }, WAIT);
    }

    async fetched(text) {
      try {
        const answer = await fetch(`${this.field.dataset.suggest}?q=${encodeURIComponent(text)}`);
        return answer.ok && !answer.redirected ? await answer.text() : null;
      } catch {
        return null;
      }
    }

    show(html, text) {
      this.list.innerHTML = html ?? "";
      const others = ".suggestion-all, .suggestion-place";
      const more = this.list.querySelector(".suggestion-all") ? "以上" : "";
      const customers = this.options().filter((option) => !option.matches(others)).length;
      if (this.picks) this.list.querySelectorAll(others).forEach((option) => option.remove());
      this.addPlaces(text);
      this.options().forEach((option, place) => (option.id = `${this.list.id}-${place}`));
      this.choose(null);
      this.field.setAttribute("aria-expanded", String(this.options().length > 0));
      this.words.textContent = this.say(html, text, customers, more);
    }

    addPlaces(text) {
      const wanted = text.normalize("NFKC").toLowerCase();
      for (const option of this.places?.content.querySelectorAll("[role=option]") ?? []) {
        if (option.textContent.toLowerCase().includes(wanted)) this.list.append(option.cloneNode(true));
      }
    }

    say(html, text, customers, more) {
      if (this.picks && html === null) return "候補を表示できませんでした。顧客コードか氏名をそのまま入力できます。";
      if (html === null) return "候補を表示できませんでした。Enter で顧客一覧を検索できます。";
      if (!text) return "";
      const act = this.picks ? "決めます" : "開きます";
      const keys = this.options().length ? `上下の矢印で選び、Enter で${act}。` : "";
      return customers ? `${customers}名${more}の候補。${keys}` : `合う顧客はいません。${keys}`;
    }

    close() {
      this.asked += 1;
      window.clearTimeout(this.timer);
      this.list.replaceChildren();
      this.choose(null);
      this.words.textContent = "";
      this.field.setAttribute("aria-expanded", "false");
    }
  }

  const source = document.querySelector("[data-suggest]")?.dataset.suggest;
  let number = 0;
  const start = (root) =>
    root.querySelectorAll("[data-suggest], [data-search], [data-pick]").forEach((field) => {
      if (!source || field.getAttribute("role") === "combobox") return;
      field.dataset.suggest = source;
      let list = field.closest("dialog")?.querySelector("[data-suggestions]");
      if (!list) {
        list = document.createElement("div");
        list.className = "suggestions";
        if (field.hasAttribute("data-pick")) field.after(list);
        else field.parentElement.append(list);
      }
      new Suggester(field, list, number++);
    });
  start(document);
  document.addEventListener("htmx:load", (event) => start(event.detail.elt)); // forms in dialogs
})();
