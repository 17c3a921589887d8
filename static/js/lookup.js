// A choice among too many rows: type, fetch, pick. Keyboard and screen reader as a combobox.

const WAIT = 200;

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-lookup-text]")) return;
  event.stopPropagation(); // the filter form must wait for a choice, not for each letter
  const box = event.target.closest("[data-lookup]");
  if (event.target.value === "") choose(box, "", "");
  clearTimeout(box.waiting);
  box.waiting = setTimeout(() => fetchOptions(box), WAIT);
}, true);

document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-lookup-text]")) fetchOptions(event.target.closest("[data-lookup]"));
});
document.addEventListener("focusout", (event) => {
  if (!event.target.matches("[data-lookup-text]")) return;
  const box = event.target.closest("[data-lookup]");
  setTimeout(() => { close(box); restore(box); }, 150);
});

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest(".lookup-options li[data-id]");
  if (!option) return;
  event.preventDefault();
  choose(option.closest("[data-lookup]"), option.dataset.id, option.textContent);
});

document.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-lookup-text]")) return;
  const box = event.target.closest("[data-lookup]");
  const options = [...box.querySelectorAll("li[data-id]")];
  const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark(box, options, (now + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length);
  } else if (event.key === "Enter" && now >= 0) {
    event.preventDefault();
    choose(box, options[now].dataset.id, options[now].textContent);
  } else if (event.key === "Escape") {
    close(box);
  }
});

async function fetchOptions(box) {
  const text = box.querySelector("[data-lookup-text]");
  const asked = text.value === box.dataset.chosen ? "" : text.value;
  const url = new URL(box.dataset.lookup, location.origin);
  url.searchParams.set("q", asked);
  let results;
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    ({ results } = await answer.json());
  } catch {
    show(box, [line("查询失败，请再试一次")]);
    return;
  }
  if (document.activeElement !== text) return;
  show(box, results.length ? results.map(({ id, text: label }) => line(label, id)) : [line("没有找到")]);
}

function line(label, id) {
  const item = document.createElement("li");
  item.textContent = label;
  item.setAttribute("role", "option");
  if (id === undefined) item.className = "none";
  else { item.dataset.id = id; item.setAttribute("aria-selected", "false"); }
  return item;
}

function show(box, items) {
  const list = box.querySelector(".lookup-options");
  items.forEach((item, n) => { item.id = `${list.id}_${n}`; });
  list.replaceChildren(...items);
  list.hidden = false;
  box.querySelector("[data-lookup-text]").setAttribute("aria-expanded", "true");
}

function mark(box, options, n) {
  options.forEach((option, i) => option.setAttribute("aria-selected", String(i === n)));
  options[n]?.scrollIntoView({ block: "nearest" });
  box.querySelector("[data-lookup-text]").setAttribute("aria-activedescendant", options[n]?.id ?? "");
}

function close(box) {
  box.querySelector(".lookup-options").hidden = true;
  box.querySelector("[data-lookup-text]").setAttribute("aria-expanded", "false");
}

function choose(box, id, label) {
  const value = box.querySelector("[data-lookup-value]");
  const changed = value.value !== id;
  value.value = id;
  box.dataset.chosen = label;
  box.querySelector("[data-lookup-text]").value = label;
  close(box);
  if (changed) value.dispatchEvent(new Event("change", { bubbles: true }));
}

// Letters that chose nothing go away again, so that what is read is what is sent.
function restore(box) {
  const text = box.querySelector("[data-lookup-text]");
  if (box.querySelector("[data-lookup-value]").value) text.value = box.dataset.chosen ?? text.value;
  else text.value = "";
}

document.querySelectorAll("[data-lookup]").forEach((box) => {
  box.dataset.chosen = box.querySelector("[data-lookup-text]").value;
});
