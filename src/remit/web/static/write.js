// Write: a click on an underlined claim opens its source. Works again after htmx has put new checks in place.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
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
