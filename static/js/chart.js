// Draws every figure[data-chart] from its JSON; the table with the same numbers is one press away.

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
let library;

function echarts(source) {
  library ??= new Promise((ready, failed) => {
    const script = Object.assign(document.createElement("script"), { src: source });
    script.onload = () => ready(window.echarts);
    script.onerror = failed;
    document.head.append(script);
  });
  return library;
}

const plain = (value, blank = "未报") => (value === null || value === undefined ? blank : value.toLocaleString("zh-CN").replace("-", "−"));
const short = (value) => (Math.abs(value) >= 10000 ? `${value / 10000}万` : plain(value));

function options(spec, width) {
  const ink2 = css("--ink-2"), ink3 = css("--ink-3"), line = css("--line"), line2 = css("--line-2");
  const font = css("--sans");
  const flat = spec.horizontal;
  const names = { type: "category", data: spec.x, inverse: Boolean(flat), axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: { color: ink3, fontSize: 11, hideOverlap: true, interval: spec.x.length <= 20 && spec.series.every((one) => one.kind === "bar") ? 0 : "auto" } };
  const numbers = { type: "value", minInterval: 1, splitLine: { lineStyle: { color: line2 } }, axisLabel: { color: ink3, fontSize: 11, formatter: short } };
  // The names of a legend share one line; the table has them whole.
  const most = Math.max(6, Math.floor((width - 40) / spec.series.length / 12) - 4);
  const isEmpty = spec.series.every((one) => one.data.every((value) => value === null));
  return {
    animation: false,
    graphic: isEmpty ? { type: "text", left: "center", top: "middle", style: { text: "还没有数据", fill: ink3, font: `13px ${font}` } } : undefined,
    color: [css("--red"), css("--gold"), css("--blue"), css("--green"), ink3],
    textStyle: { fontFamily: font },
    grid: { left: flat ? 96 : 48, right: 16, top: spec.series.length > 1 ? 34 : 16, bottom: 28 },
    legend: { show: spec.series.length > 1, top: 4, right: 10, itemWidth: 14, itemHeight: 2, formatter: (name) => (name.length > most ? `${name.slice(0, most - 1)}…` : name), textStyle: { color: ink2, fontSize: 12 } },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, backgroundColor: "#fff", borderColor: line,
      textStyle: { color: css("--ink"), fontSize: 12 }, valueFormatter: (value) => plain(value, spec.blank) + (typeof value === "number" ? spec.unit ?? "" : ""),
    },
    xAxis: flat ? numbers : names,
    yAxis: flat ? names : numbers,
    series: spec.series.map((one) => ({
      name: one.name,
      data: one.data,
      type: one.kind === "bar" ? "bar" : "line",
      barMaxWidth: 22,
      // Red is for the line of the day and for what is late; many bars of it would shout.
      itemStyle: one.kind === "bar" && spec.series.length === 1 ? { color: css("--gold") } : undefined,
      showSymbol: one.data.filter((v) => v !== null).length < 3,
      symbolSize: 8,
      triggerLineEvent: false,
      connectNulls: false,
      lineStyle: { width: one.kind === "dashed" ? 1.5 : 2, type: one.kind === "dashed" ? "dashed" : "solid" },
      areaStyle: one.kind === "area" ? { opacity: 0.06 } : undefined,
    })),
  };
}

// A picture leaves the page: what it shows goes with it.
function titled(spec, width) {
  const drawn = options(spec, width), height = 34;
  drawn.title = { text: spec.unit ? `${spec.title}（${spec.unit}）` : spec.title, left: 12, top: 8, textStyle: { color: css("--ink"), fontFamily: css("--sans"), fontSize: 15 } };
  drawn.grid.top += height;
  drawn.legend.top += height;
  return drawn;
}

async function draw(figure) {
  if (figure.dataset.drawn) return;
  figure.dataset.drawn = "yes";
  const spec = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const canvas = figure.querySelector(".chart-canvas");
  const table = figure.querySelector(".chart-table");
  const view = figure.querySelector("[data-chart-view]");
  view.addEventListener("click", () => {
    const asTable = table.hidden;
    table.hidden = !asTable;
    canvas.hidden = asTable;
    view.setAttribute("aria-pressed", String(asTable));
    view.textContent = asTable ? "看图" : "看数据";
  });
  let chart;
  try {
    chart = (await echarts(figure.dataset.echarts)).init(canvas);
  } catch {
    view.click();
    return;
  }
  chart.setOption(options(spec, canvas.clientWidth));
  // A number that opens its rows in the table opens them in the drawing, too.
  chart.on("click", (point) => {
    const url = spec.series[point.seriesIndex]?.urls?.[point.dataIndex];
    if (url) location.assign(url);
  });
  new ResizeObserver(() => canvas.hidden || chart.resize()).observe(canvas);
  figure.querySelector("[data-chart-save]").addEventListener("click", () => {
    chart.setOption(titled(spec, chart.getWidth()), true);
    save(chart.getDataURL({ pixelRatio: 2, backgroundColor: "#fff" }), `${spec.title}.png`);
    chart.setOption(options(spec, chart.getWidth()), true);
  });
}

// As a blob: browsers drop the name of a long data address.
function save(address, name) {
  const bytes = Uint8Array.from(atob(address.split(",")[1]), (letter) => letter.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

const drawAll = () => document.querySelectorAll("figure[data-chart]").forEach(draw);
document.addEventListener("htmx:afterSettle", drawAll);
drawAll();
