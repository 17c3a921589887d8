// Behaviour every page shares. Pages work without it: forms post, links lead, lists filter.

document.documentElement.classList.add("js");

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// --- toasts -----------------------------------------------------------------------------------

export function toast(text, tone = "green") {
  const note = document.createElement("div");
  note.className = `note note-${tone}`;
  note.setAttribute("role", tone === "red" ? "alert" : "status");
  const words = document.createElement("span");
  words.textContent = text;
  note.append(words);
  document.getElementById("toasts")?.append(note);
  setTimeout(() => note.remove(), tone === "red" ? 9000 : 4000);
}

document.addEventListener("portal:toast", (event) => toast(event.detail.text, event.detail.tone));
document.addEventListener("htmx:sendError", () => toast("网络不通，刚才的操作没有送达，请稍后再试。", "red"));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 403) toast("您没有这项权限，或页面已过期，请刷新后再试。", "red");
  else if (status >= 500) toast("系统出错，这一步没有完成，请稍后再试。", "red");
  else if (status !== 409 && status !== 422) toast("没有完成，请刷新页面后再试。", "red");
});

// --- filters: an address without empty parameters, always back on page one ---------------------

document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  const parameters = event.detail.parameters;
  for (const key of Object.keys(parameters)) if (parameters[key] === "") delete parameters[key];
});
document.addEventListener("click", (event) => {
  // Removing a chip must also empty its field, so the whole page is fetched.
  const chip = event.target.closest(".chip, .chip-clear");
  if (chip) chip.classList.add("is-going");
});

// --- confirm: one dialog for every question, listing names where many are meant ----------------

function ask(question, { names = [], yes = "确定" } = {}) {
  const dialog = document.getElementById("confirm");
  if (!dialog) return Promise.resolve(window.confirm(question));
  dialog.querySelector("#confirm-title").textContent = question;
  dialog.querySelector("[data-confirm-yes]").textContent = yes;
  const list = dialog.querySelector("[data-confirm-names]");
  list.replaceChildren(...names.map((name) => Object.assign(document.createElement("li"), { textContent: name })));
  list.hidden = names.length === 0;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true }));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-confirm-yes]")) document.getElementById("confirm").close("yes");
  if (event.target.closest("[data-confirm-no]")) document.getElementById("confirm").close("no");
  if (event.target.closest("[data-dialog-close]")) document.getElementById("dialog").close();
  event.target.closest("[data-dismiss]")?.closest(".note").remove();
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask(event.detail.question).then((yes) => yes && event.detail.issueRequest(true));
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  const bulk = button?.dataset.bulkConfirm;
  const question = bulk ?? form.dataset.confirm;
  if (!question || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const names = bulk ? all("[data-tick]:checked").map((box) => box.dataset.name) : (form.dataset.confirmNames || "").split("\n").filter(Boolean);
  if (!(await ask(question, { names, yes: form.dataset.confirmLabel || button?.textContent.trim() || "确定" }))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(button);
  delete form.dataset.confirmed;
}, true);

// --- a form is sent once ------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  const button = event.submitter;
  // After the browser has read the form: a disabled button would lose its own value.
  setTimeout(() => { if (button) { button.disabled = true; button.setAttribute("aria-busy", "true"); } });
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  all("[data-once]").forEach((form) => delete form.dataset.sent);
  all("[aria-busy]").forEach((button) => { button.disabled = false; button.removeAttribute("aria-busy"); });
});

// --- ticking rows -------------------------------------------------------------------------------

function countTicks() {
  const form = document.querySelector("[data-bulk]");
  if (!form) return;
  const boxes = all("[data-tick]");
  const chosen = boxes.filter((box) => box.checked).length;
  const count = form.querySelector("[data-bulk-count]");
  count.textContent = count.textContent.replace(/\d+/, chosen);
  all("button", form).forEach((button) => { button.disabled = chosen === 0; });
  const head = document.querySelector("[data-tick-all]");
  if (head) { head.checked = chosen > 0 && chosen === boxes.length; head.indeterminate = chosen > 0 && chosen < boxes.length; }
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) all("[data-tick]").forEach((box) => { box.checked = event.target.checked; });
  if (event.target.matches("[data-tick], [data-tick-all]")) countTicks();
});

// --- clock, text size, keys, copying ------------------------------------------------------------

function tick() {
  for (const clock of all("[data-countdown]")) {
    const left = Math.max(0, Math.floor((new Date(clock.dataset.countdown) - Date.now()) / 60000));
    const pad = (n) => String(n).padStart(2, "0");
    clock.querySelector("[data-countdown-text]").textContent = `${pad(Math.floor(left / 60))}:${pad(left % 60)}`;
    clock.classList.toggle("is-near", left < 30);
  }
}
setInterval(tick, 15000);
tick();

document.addEventListener("click", (event) => {
  const size = event.target.closest("[data-textsize-set]")?.dataset.textsizeSet;
  if (size) {
    document.cookie = `textsize=${size}; path=/; max-age=31536000; samesite=lax`;
    document.documentElement.dataset.textsize = size;
    all("[data-textsize-set]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.textsizeSet === size)));
  }
  const reveal = event.target.closest("[data-reveal]");
  if (reveal) {
    const input = document.querySelector(reveal.dataset.reveal);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    reveal.setAttribute("aria-pressed", String(!shown));
    reveal.querySelector(".ti").className = `ti ti-eye${shown ? "" : "-off"}`;
  }
  const copier = event.target.closest("[data-copy]");
  if (copier) copy(document.querySelector(copier.dataset.copy)?.textContent ?? "");
});

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Clipboard access needs https; on a plain intranet address the old way still works.
    const area = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) { toast("浏览器不允许复制，请手工选中文字复制。", "red"); return; }
  }
  toast("已复制，可粘贴到微信或短信。");
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.querySelector("[data-slash]");
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  }
});

// --- parts that arrive later --------------------------------------------------------------------

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "dialog-body") document.getElementById("dialog").showModal();
});
document.addEventListener("htmx:afterSettle", countTicks);
document.querySelector("[data-focus]")?.focus();
