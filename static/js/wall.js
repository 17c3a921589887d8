// Says so when the wall has not been renewed: an old number must not pass for a new one.

const LIMIT = 3 * 60 * 1000;

setInterval(() => {
  const at = document.querySelector("[data-wall-at]");
  const note = document.querySelector("[data-wall-stale]");
  note.hidden = !at || Date.now() - new Date(at.dateTime) < LIMIT;
}, 15000);
