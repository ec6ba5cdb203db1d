// Before the first paint: the reader's choice of light or dark, else the system's.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  if (!root.dataset.bsTheme) root.dataset.bsTheme = dark.matches ? "dark" : "light";
  root.classList.add("js");
})();
