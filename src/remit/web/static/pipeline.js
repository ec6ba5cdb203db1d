// Pipeline: move a card with [ and ], or by dragging it to another stage; the chart from the table beneath it.
(() => {
  "use strict";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !["[", "]"].includes(event.key)) return;
    if (event.target.closest("input, textarea, select, dialog[open]") || localStorage.getItem("remit-keys") === "off") return;
    const button = document.querySelector(`.deal-card.selected [data-move="${event.key}"]`);
    if (button) { event.preventDefault(); button.click(); }
  });

  const drop = document.getElementById("drop");
  let dragged = null;
  document.addEventListener("dragstart", (event) => { dragged = event.target.closest(".deal-card"); });
  document.addEventListener("dragover", (event) => {
    const lane = event.target.closest(".lane");
    if (dragged && lane && lane.dataset.stage) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const lane = event.target.closest(".lane");
    if (!dragged || !lane || !lane.dataset.stage || lane.contains(dragged)) return;
    event.preventDefault();
    drop.action = `/pipeline/${dragged.dataset.deal}/stage`;
    drop.elements.version.value = dragged.dataset.version;
    drop.elements.stage.value = lane.dataset.stage;
    drop.submit();
  });
  document.addEventListener("dragend", () => { dragged = null; });

  const place = document.getElementById("chart");
  if (!place || !window.echarts) return;
  const bars = [...document.querySelectorAll("#chart-data tbody tr")];
  const chart = window.echarts.init(place);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const short = (value) => (value >= 1e6 ? `${+(value / 1e6).toFixed(2)}m` : value >= 1e3 ? `${Math.round(value / 1e3)}k` : `${value}`);
  const draw = () => chart.setOption({
    animation: false,
    textStyle: { fontFamily: "inherit", color: colour("--ink-2") },
    grid: { left: 8, right: 16, top: 24, bottom: 4, containLabel: true },
    xAxis: { type: "category", data: bars.map((row) => row.dataset.stageName), axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--line") } }, axisLabel: { color: colour("--ink-2"), interval: 0, hideOverlap: true } },
    yAxis: { type: "value", splitLine: { lineStyle: { color: colour("--line") } }, axisLabel: { color: colour("--ink-2"), formatter: short } },
    series: [{ type: "bar", barMaxWidth: 48, itemStyle: { color: colour("--accent") }, label: { show: true, position: "top", color: colour("--ink"), formatter: (bar) => short(bar.value) }, data: bars.map((row) => +row.dataset.amount) }],
  });
  draw();
  window.addEventListener("resize", () => chart.resize());
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
})();
