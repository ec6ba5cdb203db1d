// Today: nothing is approved unread. The first "a" opens what would be done, the second approves it.
(() => {
  "use strict";
  document.addEventListener("toggle", (event) => {
    const box = event.target;
    if (box.matches("[data-review]")) {
      const summary = box.querySelector("summary");
      const button = box.querySelector("[data-approve]");
      if (box.open) { summary.removeAttribute("data-key"); button.dataset.key = "a"; }
      else { button.removeAttribute("data-key"); summary.dataset.key = "a"; }
    }
    if (box.matches("[data-reject]") && box.open) box.querySelector("input[name=reason]").focus();
  }, true);
})();
