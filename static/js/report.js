// The daily report: three presses, doubts as one types, a draft on the device and on the server.
// Without this script the form still posts, and the server asks the same questions.

const toast = (text, tone) => document.dispatchEvent(new CustomEvent("portal:toast", { detail: { text, tone } }));
const form = document.querySelector("[data-report]");
const TIMES = 3;
const AT_LEAST = 20;
const PAUSE = 2500;

const cells = [...form.querySelectorAll("[data-cell]")].map((row) => ({
  row,
  input: row.querySelector("[data-value]"),
  carried: row.querySelector("[data-carried]"),
  reason: row.querySelector("[data-reason]"),
  doubt: row.querySelector("[data-doubt]"),
  words: row.querySelector("[data-doubt-words]"),
  before: row.dataset.before === "" ? null : Number(row.dataset.before),
  isFlow: row.dataset.kind === "flow",
  unit: row.dataset.unit,
}));
const zeroDoubt = form.querySelector("[data-zero-doubt]");
const field = (name) => form.elements.namedItem(name);

// --- reading a cell, as apps/figures/values.py does --------------------------------------------

function read(text) {
  let bare = text.normalize("NFKC").replace(/\s/g, "");
  if (["无", "零", "没有", "零报告"].includes(bare)) return 0;
  bare = bare.replace(/^(大约|约|近)/, "").replace(/(左右|余|多)$/, "");
  const myriads = bare.endsWith("万");
  bare = bare.replace(/万$/, "").replace(/,/g, "");
  return /^\d+(\.\d+)?$/.test(bare) ? Number(bare) * (myriads ? 10000 : 1) : null;
}

function isDoubtful(value, before) {
  if (value === null || before === null || Math.abs(value - before) < AT_LEAST) return false;
  return value >= TIMES * before || value * TIMES <= before;
}

// --- drawing ------------------------------------------------------------------------------------

function draw(cell) {
  const value = read(cell.input.value);
  const zeroed = cell.isFlow && field("is_zero").checked;
  const doubtful = !zeroed && isDoubtful(value, cell.before);
  cell.row.classList.toggle("miss", cell.input.value.trim() === "");
  cell.row.classList.toggle("doubt", doubtful);
  cell.row.classList.toggle("explained", doubtful && cell.reason.value !== "");
  cell.doubt.hidden = !doubtful;
  if (!doubtful) cell.reason.value = "";
  if (doubtful) {
    const gap = value - cell.before;
    cell.words.textContent = `比昨日${gap > 0 ? "多" : "少"} ${Math.abs(gap).toLocaleString("en")} ${cell.unit}，请核对：`;
  }
  press(cell.row, cell.reason.value);
}

// 今日无下沉 although the ledger has people on post: asked as a cell is.
function drawZero() {
  if (!zeroDoubt) return;
  zeroDoubt.hidden = !field("is_zero").checked;
  if (zeroDoubt.hidden) field("zero_reason").value = "";
  press(zeroDoubt, field("zero_reason").value);
}

function press(row, reason) {
  row.querySelectorAll("[data-answer]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.answer !== "" && button.dataset.answer === reason));
  });
}

function count() {
  drawZero();
  for (const block of form.querySelectorAll("[data-block]")) {
    const inputs = [...block.querySelectorAll("[data-value]")];
    const shown = block.querySelector("[data-count]");
    if (shown) shown.textContent = `${inputs.filter((one) => one.value.trim() !== "").length}/${inputs.length}`;
  }
  for (const button of form.querySelectorAll("[data-press]")) {
    const name = { zero: "is_zero", calm: "is_calm" }[button.dataset.press];
    const on = name ? field(name).checked : cells.some((cell) => cell.carried.value === "1");
    button.setAttribute("aria-pressed", String(on));
  }
}

function refresh() {
  cells.forEach(draw);
  count();
}

// --- the three presses, the zero and the reasons ------------------------------------------------

function carry() {
  const able = cells.filter((cell) => "carry" in cell.row.dataset);
  const undo = able.length > 0 && able.every((cell) => cell.carried.value === "1");
  able.forEach((cell) => {
    cell.input.value = undo ? "" : cell.row.dataset.before;
    cell.carried.value = undo ? "" : "1";
  });
}

function zero() {
  const box = field("is_zero");
  box.checked = !box.checked;
  if (!box.checked) return;
  const other = cells.filter((cell) => cell.isFlow && read(cell.input.value) > 0);
  if (other.length) {
    box.checked = false;
    toast(`已填有不为 0 的当日数（${other[0].row.dataset.name}），不能作零报告。请先核对。`, "red");
    return;
  }
  cells.filter((cell) => cell.isFlow).forEach((cell) => { cell.input.value = "0"; });
}

form.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-press]")?.dataset.press;
  if (pressed === "carry") carry();
  if (pressed === "zero") zero();
  if (pressed === "calm") field("is_calm").checked = !field("is_calm").checked;
  const cell = cells.find((one) => one.row.contains(event.target));
  const answer = event.target.closest("[data-answer]");
  const tap = event.target.closest("[data-zero]");
  if (answer && cell) {
    cell.reason.value = answer.dataset.answer;
    if (answer.dataset.answer === "") { cell.input.value = ""; cell.carried.value = ""; cell.input.focus(); }
  }
  if (answer && zeroDoubt?.contains(answer)) {
    field("zero_reason").value = answer.dataset.answer;
    if (answer.dataset.answer === "") field("is_zero").checked = false;
  }
  if (tap && cell) cell.input.value = "0";
  if (pressed || answer || tap) { refresh(); changed(); }
});

form.addEventListener("input", (event) => {
  const cell = cells.find((one) => one.input === event.target);
  if (cell) {
    cell.carried.value = "";
    cell.reason.value = "";
    if (cell.isFlow && read(cell.input.value) > 0) field("is_zero").checked = false;
    draw(cell);
    count();
  }
  changed();
});
form.addEventListener("change", () => { count(); changed(); });

// --- the draft ----------------------------------------------------------------------------------

const draft = JSON.parse(document.getElementById("draft").textContent);
const badge = document.querySelector("[data-draft-badge]");
const clash = document.querySelector("[data-clash]");
const place = `frontline:report:${draft.key.split(":")[0]}`;
const skipped = new Set(["version", "submission", "opened_at", "draft_mark", "csrfmiddlewaretoken"]);
let seen = draft.mark;
let timer = 0;
let sending = false;
let again = false;

function collect() {
  const fields = {};
  for (const one of form.elements) {
    if (!one.name || skipped.has(one.name) || one.type === "submit" || one.type === "button") continue;
    fields[one.name] = one.type === "checkbox" ? (one.checked ? "on" : "") : one.value;
  }
  return fields;
}

function fill(fields) {
  for (const [name, value] of Object.entries(fields)) {
    const one = field(name);
    if (!one || skipped.has(name)) continue;
    if (one.type === "checkbox") one.checked = value !== "" && value !== false && value !== "False";
    else one.value = value;
  }
  refresh();
}

function say(text, tone = "blue") {
  badge.textContent = text;
  badge.className = `tag tag-${tone}`;
}

function keepHere() {
  try {
    localStorage.setItem(place, JSON.stringify({ key: draft.key, at: new Date().toISOString(), seen, fields: collect() }));
    return true;
  } catch {
    return false; // private windows have no store; the server keeps the draft
  }
}

function changed() {
  const here = keepHere();
  say(here ? "草稿 已保存到本机" : "草稿 正在保存");
  clearTimeout(timer);
  timer = setTimeout(keepThere, PAUSE);
}

async function keepThere() {
  if (!clash.hidden) return;
  if (sending) { again = true; return; }
  sending = true;
  try {
    const answer = await fetch(draft.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": field("csrfmiddlewaretoken").value },
      body: JSON.stringify({ version: field("version").value, seen, fields: collect() }),
    });
    const said = await answer.json();
    if (answer.ok) {
      seen = said.mark;
      keepHere();
      say("草稿 已保存", "green");
    } else if (answer.status === 409 && said.draft) {
      say("草稿 仅存在本机", "yellow");
      explain(said.message, said.draft);
    } else {
      say("草稿 仅存在本机", "yellow");
      toast(said.message, "red");
    }
  } catch {
    say("草稿 仅存在本机（网络不通）", "yellow");
  } finally {
    sending = false;
    if (again) { again = false; keepThere(); }
  }
}

// Two drafts of one report: say whose and when, what differs, and let the person choose; of what
// is filed by now there is no choice to make here.
function explain(message, other, mine = null) {
  clash.hidden = false;
  clash.querySelector("[data-clash-words]").textContent = message;
  clash.querySelector("[data-clash-choice]").hidden = other.mark === "" || other.key !== draft.key;
  compare(mine ?? collect(), other.fields);
  clash.querySelector("[data-clash-theirs]").onclick = () => { seen = other.mark; fill(other.fields); settle(); };
  clash.querySelector("[data-clash-mine]").onclick = () => { seen = other.mark; if (mine) fill(mine); settle(); };
}

function compare(mine, theirs) {
  const table = clash.querySelector("[data-clash-table]");
  const rows = cells.filter(({ input }) => plain(mine[input.name]) !== plain(theirs[input.name]));
  table.tBodies[0].replaceChildren(...rows.map(({ row, input }) => {
    const line = document.createElement("tr");
    for (const text of [row.dataset.name, mine[input.name] || "未报", theirs[input.name] || "未报"]) {
      const cell = document.createElement(line.childElementCount ? "td" : "th");
      if (line.childElementCount) cell.className = "r num"; else cell.scope = "row";
      cell.textContent = text;
      line.append(cell);
    }
    return line;
  }));
  table.hidden = rows.length === 0;
}

// 1,200 and 1200 are the same; words that are no number stand for themselves.
function plain(text) {
  return String(read(text ?? "") ?? (text ?? "").trim());
}

function settle() {
  clash.hidden = true;
  keepHere();
  keepThere();
}

function recall() {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(place)); } catch { return; }
  if (!kept) return;
  if (kept.key !== draft.key) { localStorage.removeItem(place); return; }
  const now = JSON.stringify(collect());
  if (JSON.stringify(kept.fields) === now) return;
  if (kept.seen === draft.mark) { fill(kept.fields); say("草稿 已从本机恢复"); timer = setTimeout(keepThere, PAUSE); return; }
  const when = (iso) => new Date(iso).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
  explain(`本机草稿（${when(kept.at)}）与服务器上${draft.by}的草稿（${when(draft.mark)}）不一致，请选择保留哪一份。`, draft, kept.fields);
}

document.querySelector("[data-save-draft]").addEventListener("click", () => {
  clearTimeout(timer);
  keepHere();
  keepThere().then(() => toast(badge.textContent));
});
window.addEventListener("online", keepThere);

// --- handing it in ------------------------------------------------------------------------------

// Without a network the browser would leave for a page of its own: first see that we are reached.
const PATIENCE = 8000;
let reached = false;

async function reach(button) {
  try {
    await fetch(import.meta.url, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    reached = true;
    form.requestSubmit(button);
  } catch {
    keepHere();
    say("尚未提交（网络不通）", "yellow");
    toast("网络不通，日报尚未提交。已填内容存在本机，联网后请再按提交。", "red");
  }
}

form.addEventListener("submit", (event) => {
  clearTimeout(timer);
  field("draft_mark").value = seen;
  if (reached) return;
  event.preventDefault();
  reach(event.submitter);
});
window.addEventListener("pageshow", () => { reached = false; });

refresh();
// A page that came back with errors shows what was typed; the device's draft is older.
if (!form.dataset.bound) recall();
document.querySelector(".report-error")?.scrollIntoView({ block: "center" });
