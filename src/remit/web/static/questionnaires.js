// After a decision the next line is selected: #after-12 is the first row behind line 12, #line-12 that line itself.
(() => {
  "use strict";
  const [, kind, position] = location.hash.match(/^#(after|line)-(\d+)$/) || [];
  if (!kind) return;
  const rows = [...document.querySelectorAll("[data-row][data-position]")];
  const row = rows.find((one) => (kind === "line" ? Number(one.dataset.position) === Number(position) : Number(one.dataset.position) > Number(position)));
  if (!row) return;
  row.classList.add("selected");
  row.setAttribute("aria-current", "true");
  row.querySelector("a.row-link").focus({ preventScroll: true });
  row.scrollIntoView({ block: "center" });
})();
