// What every page needs beyond HTML: theme, keys, pop-ups that close, filters that submit. Pages work without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  $$("[data-theme-toggle]").forEach((button) =>
    button.addEventListener("click", () => {
      root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
      document.cookie = `remit_theme=${root.dataset.bsTheme};path=/;max-age=31536000;samesite=lax`;
    })
  );

  document.addEventListener("click", (event) => {
    $$("details[data-popup][open], details.drawer[open]").forEach((one) => {
      if (!one.contains(event.target)) one.open = false;
    });
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
  // a form that was sent cannot be sent twice by an impatient finger
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  window.addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => delete form.dataset.sent));

  const help = $("#help");
  const keysOn = () => localStorage.getItem("remit-keys") !== "off";
  const keySwitch = $("[data-keys-switch]");
  if (keySwitch) {
    keySwitch.checked = keysOn();
    keySwitch.addEventListener("change", () => localStorage.setItem("remit-keys", keySwitch.checked ? "on" : "off"));
  }
  // the list of keys names what they do here: the letters of this page, in its own words, once each
  const keysHere = $("[data-keys-here]");
  const showHelp = () => {
    if (!help) return;
    if (keysHere) {
      const said = new Map();
      $$("main [data-key]").filter((one) => one.offsetParent !== null).forEach((one) => {
        const label = one.getAttribute("aria-label") || (one.matches("textarea, input, select") ? one.closest("label")?.firstElementChild?.textContent : [...one.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join(""));
        if (label && !said.has(one.dataset.key)) said.set(one.dataset.key, label.trim().replace(/\s+/g, " "));
      });
      keysHere.replaceChildren(...[...said].sort().map(([letter, label]) => {
        const [row, term, text, key] = ["div", "dt", "dd", "kbd"].map((name) => document.createElement(name));
        key.textContent = letter;
        text.textContent = label;
        term.append(key);
        row.append(term, text);
        return row;
      }));
      keysHere.hidden = !said.size;
      $("[data-keys-usual]").hidden = said.size > 0;
    }
    help.showModal();
  };
  $$("[data-help]").forEach((button) => button.addEventListener("click", showHelp));

  const rows = () => $$("[data-row]").filter((row) => row.offsetParent !== null);
  const current = () => $("[data-row].selected");
  const select = (row) => {
    if (!row) return;
    $$("[data-row].selected").forEach((other) => { other.classList.remove("selected"); other.removeAttribute("aria-current"); });
    row.classList.add("selected");
    row.setAttribute("aria-current", "true");
    const link = $("a.row-link, a", row);
    if (link) link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const move = (by) => {
    const all = rows();
    const at = all.indexOf(current());
    select(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]);
  };
  // [data-key="a"] inside the selected row, else on the page
  const press = (key) => {
    const row = current();
    const target = (row && $(`[data-key="${key}"]`, row)) || $(`main [data-key="${key}"]:not([data-row] *)`);
    if (!target) return false;
    target.matches("textarea, input, select") ? target.focus() : target.click();
    return true;
  };
  document.addEventListener("keydown", (event) => {
    // Ctrl or Command with Enter sends the form in which one types, by its first button that sends
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const button = event.target.form && $("button:not([type=button], [disabled])", event.target.form);
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && event.target.matches("input, textarea")) { event.target.blur(); return; }
    if (event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    if (!keysOn() && event.key !== "?") return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "?") showHelp();
    else if (event.key === "/") { const field = $("main [data-search]") || $("[data-search]"); if (!field) return; field.focus(); field.select(); }
    else if (!/^[a-z]$/.test(event.key) || !press(event.key)) return;
    event.preventDefault();
  });
  // tells whoever drives this page that every deferred script has run and its keys work
  document.addEventListener("DOMContentLoaded", () => { root.dataset.keys = "ready"; });
})();
