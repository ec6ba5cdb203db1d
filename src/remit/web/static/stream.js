// Write: a model's text as it is written. Without this script the same form is sent and the page comes when the text is ready.
(() => {
  "use strict";
  const panel = document.getElementById("writing");
  if (!panel) return;
  const text = panel.querySelector("[data-text]"), said = panel.querySelector("[data-said]"), stop = panel.querySelector("button");
  let running = null;

  const finish = (words) => { running = null; said.textContent = words; stop.hidden = true; panel.removeAttribute("aria-busy"); };

  const take = (block) => {
    const name = /^event: (\w+)$/m.exec(block)?.[1] ?? "", data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined) return;
    if (name === "done") window.location.assign(JSON.parse(data));
    else if (name === "refused") finish(JSON.parse(data));
    else text.textContent += JSON.parse(data);
  };

  const read = async (form) => {
    const answer = await fetch(form.dataset.stream, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: running.signal });
    if (!answer.ok || !answer.body) throw new Error("no stream");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let held = ""; ;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (held + value).split("\n\n");
      held = blocks.pop();
      blocks.forEach(take);
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-stream]");
    if (!form) return;
    event.preventDefault();
    if (running) return;
    running = new AbortController();
    text.textContent = "";
    said.textContent = "The model is writing. Nothing is stored before the text is checked.";
    stop.hidden = panel.hidden = false;
    panel.setAttribute("aria-busy", "true");
    stop.focus();
    read(form).then(() => { if (running) finish("The connection ended before the text did; nothing was stored."); })
      .catch((error) => finish(error.name === "AbortError" ? "Stopped. Nothing was stored." : "That did not work; nothing was stored. Try again."));
  });
  const cancel = () => running?.abort();
  stop.addEventListener("click", cancel);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") cancel(); });
})();
