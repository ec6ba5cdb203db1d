// Library: a Markdown file fills the text; a click on a slot puts it where the cursor stands; typing "{" shows only the slots that begin so.
(() => {
  "use strict";
  const form = document.getElementById("edit");
  if (!form) return;
  const text = form.elements.source;
  const open = () => /\{([a-z_.]*)$/.exec(text.value.slice(0, text.selectionStart));
  const narrow = () => {
    const begun = open();
    for (const chip of document.querySelectorAll("button[data-slot]")) chip.hidden = !!begun && !chip.dataset.slot.startsWith(begun[1]);
  };
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("button[data-slot]");
    if (!chip) return;
    const begun = open();
    const from = text.selectionStart - (begun ? begun[0].length : 0);
    text.setRangeText(`{${chip.dataset.slot}}`, from, text.selectionEnd, "end");
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // a Markdown file is read here and put into the text; it is stored only with the form
  const file = form.querySelector("[data-file]");
  if (file) {
    file.hidden = false;
    file.addEventListener("change", async (event) => {
      event.stopPropagation();
      const [chosen] = event.target.files;
      if (!chosen) return;
      text.value = (await chosen.text()).slice(0, text.maxLength);
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
    });
  }
  text.addEventListener("input", narrow);
  document.body.addEventListener("htmx:afterSwap", narrow);
})();
