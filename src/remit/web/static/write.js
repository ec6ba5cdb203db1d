// Write: a click on an underlined claim opens its source; one on a subject line takes it. Works again after htmx has put new checks in place.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const line = event.target.closest("button[data-subject]");
    if (line) {
      const subject = line.closest("form").elements.subject;
      subject.value = line.dataset.subject;
      subject.dispatchEvent(new Event("input", { bubbles: true })); // checked like typing
      return;
    }
    const claim = event.target.closest("a.claim");
    if (!claim) return;
    const source = document.getElementById(claim.getAttribute("href").slice(1));
    if (!source) return;
    event.preventDefault();
    source.open = true;
    source.scrollIntoView({ block: "nearest" });
    source.querySelector("summary").focus();
  });
})();
