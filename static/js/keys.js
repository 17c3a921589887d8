// Keys for those who work all evening in lists: go somewhere, walk along the rows, tick, open.
// The base template names the addresses; nothing happens while somebody types.

const places = document.querySelector("[data-keys]")?.dataset ?? {};
const GOES = { h: places.keyHome, r: places.keyRound, m: places.keyMissing, i: places.keyInbox };
const PAUSE = 1000;
let waitsForPlace = 0;

const rows = () => [...document.querySelectorAll("#list table.t tbody tr")];
const at = () => rows().findIndex((row) => row.classList.contains("row-at"));

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const next = all[Math.min(Math.max(at() + step, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle("row-at", row === next));
  next.scrollIntoView({ block: "nearest" });
}

function isTyping(target) {
  return target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], dialog[open]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const row = rows()[at()];
  if (waitsForPlace > Date.now()) {
    waitsForPlace = 0;
    if (GOES[event.key]) window.location.assign(GOES[event.key]);
  } else if (event.key === "g") waitsForPlace = Date.now() + PAUSE;
  else if (event.key === "?" && places.keyHelp) window.location.assign(places.keyHelp);
  else if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "x" && row) row.querySelector("input[type=checkbox]")?.click();
  else if (event.key === "Enter" && row && event.target === document.body) row.querySelector("a.rows")?.click();
});
