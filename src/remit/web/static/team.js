// Team: the share of reps per week as a line, beside what the gate asks. The table below it holds the same numbers.
(() => {
  "use strict";
  const place = document.getElementById("chart");
  if (!place || !window.echarts) return;
  const rows = [...document.querySelectorAll("#chart-data tbody tr")];
  const chart = window.echarts.init(place);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const asked = +place.dataset.threshold;
  const whole = (value) => `${Math.round(value * 100)} %`;
  const draw = () => chart.setOption({
    animation: false,
    textStyle: { fontFamily: "inherit", color: colour("--ink-2") },
    grid: { left: 8, right: 16, top: 24, bottom: 4, containLabel: true },
    xAxis: { type: "category", data: rows.map((row) => row.dataset.week), axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--line") } }, axisLabel: { color: colour("--ink-2") } },
    yAxis: { type: "value", min: 0, max: 1, splitLine: { lineStyle: { color: colour("--line") } }, axisLabel: { color: colour("--ink-2"), formatter: whole } },
    series: [
      { type: "line", symbolSize: 7, itemStyle: { color: colour("--accent") }, lineStyle: { color: colour("--accent"), width: 2 }, label: { show: true, color: colour("--ink"), formatter: (point) => whole(point.value) }, data: rows.map((row) => +row.dataset.share) },
      { type: "line", symbol: "none", lineStyle: { color: colour("--ink-2"), type: "dashed", width: 1 }, data: rows.map(() => asked) },
    ],
  });
  draw();
  window.addEventListener("resize", () => chart.resize());
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
})();
