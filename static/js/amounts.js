// Says below a field how its amount is read while one types: 1.5億 -> 1億5,000万円 と読み取りました.
// Reads as customers/reading/numbers.py does; a test holds the two against each other.
"use strict";
(() => {
  const UNITS = [
    ["兆", 12],
    ["億", 8],
    ["千万", 7],
    ["百万", 6],
    ["万", 4],
    ["千", 3],
    ["", 0],
  ];
  const FIGURE = "(?:\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.\\d+)?";
  const HYPHENS =
    "\\-\u02d7\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u30fc\ufe58\ufe63\uff0d\uff70";
  const AMOUNT = new RegExp(
    `^([${HYPHENS}▲△]?)${UNITS.map(([unit]) => `(?:(${FIGURE})${unit})?`).join("")}円?$`,
  );
  const LONGEST = 40;
  const PLACES = 40; // decimals are counted in whole steps of 10^-40: no binary fractions

  const bare = (text) =>
    text
      .replace(/[\xad\u200b-\u200d\u2060\ufeff]/g, "")
      .replace(/[\uff01-\uff5e]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
      .replace(/[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, " ");

  const scaled = (figure, power) => {
    const [whole, decimals = ""] = figure.replaceAll(",", "").split(".");
    return BigInt(whole + decimals.padEnd(PLACES, "0").slice(0, PLACES)) * 10n ** BigInt(power);
  };

  // The amount in steps of 10^-40, null for what is no amount.
  const read = (typed) => {
    const text = bare(typed)
      .replace(/[、､]/g, ",")
      .replace(/(?<![0-9])[ \t\n\r\f\v]+|[ \t\n\r\f\v]+(?![0-9])/g, "")
      .replace("¥", "")
      .replace("￥", "")
      .replace(/(?<![0-9,.])([0-9])千(?=[0-9]{1,3}百?万)/g, "$1千万");
    const found = [...text].length <= LONGEST && AMOUNT.exec(text);
    if (!found) return null;
    const parts = UNITS.map(([, power], at) => [found[at + 2], power]).filter(([figure]) => figure);
    if (!parts.length) return null;
    const step = 10n ** BigInt(PLACES);
    const descends = parts.slice(1).every(([figure, power], at) => {
      const [before, unit] = parts[at];
      return scaled(before, 0) % step === 0n && scaled(figure, power) < step * 10n ** BigInt(unit);
    });
    if (!descends) return null;
    // 2億5千 is how people say 2億5千万.
    const lacksUnit = parts.slice(1).some(
      ([figure, power], at) =>
        parts[at][1] >= 8 && power < 4 && scaled(figure, power) < step * 10n ** 4n,
    );
    if (lacksUnit && !text.endsWith("円")) return null;
    const sum = parts.reduce((total, [figure, power]) => total + scaled(figure, power), 0n);
    return found[1] ? -sum : sum;
  };

  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

  // 1億5,000万円: every yen is said. Null where yen would be broken.
  const yen = (amount) => {
    const step = 10n ** BigInt(PLACES);
    if (amount % step) return null;
    let rest = (amount < 0n ? -amount : amount) / step;
    let words = "";
    for (const [unit, power] of [["兆", 12n], ["億", 8n], ["万", 4n]]) {
      const count = rest / 10n ** power;
      if (count) words += grouped(count) + unit;
      rest %= 10n ** power;
    }
    if (rest || !words) words += grouped(rest);
    return `${amount < 0n ? "▲" : ""}${words}円`;
  };

  const decimal = (amount) => {
    const digits = String(amount < 0n ? -amount : amount).padStart(PLACES + 1, "0");
    const decimals = digits.slice(-PLACES).replace(/0+$/, "");
    return `${amount < 0n ? "▲" : ""}${grouped(digits.slice(0, -PLACES))}${decimals && `.${decimals}`}`;
  };

  const said = (kind, typed) => {
    const amount = typed.trim() ? read(typed) : null;
    const words = amount === null ? null : kind === "yen" ? yen(amount) : decimal(amount);
    return words && `${words} と読み取りました`;
  };

  const line = (field) => {
    const id = `${field.id || field.name}_read`;
    let found = document.getElementById(id);
    if (!found) {
      found = document.createElement("div");
      found.id = id;
      found.className = "field-hint help amount-read";
      found.setAttribute("role", "status");
      (field.closest(".flex-container") || field).after(found); // the back office lays fields in rows
    }
    return found;
  };

  const show = (field) => {
    const words = said(field.dataset.amount, field.value) || "";
    if (words || document.getElementById(`${field.id || field.name}_read`)) line(field).textContent = words;
  };

  const waiting = new WeakMap(); // a screen reader would read out every digit
  document.addEventListener("input", (event) => {
    if (!event.target.dataset?.amount) return;
    const field = event.target;
    window.clearTimeout(waiting.get(field));
    waiting.set(field, window.setTimeout(() => show(field), 250));
  });
  window.wealthaiAmounts = { said };
})();
