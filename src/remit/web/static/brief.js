// Brief: the print button.
"use strict";
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
