// Moving through a list: J and K go down and up, X selects, Enter opens (a link does so itself).
//   [data-rows]   the list or table body
//   [data-row]    one entry; its first link takes the focus, its tick box is what X changes
import { recall } from "./storage.js";

const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";

function move(rows, step) {
  const all = [...rows.querySelectorAll("[data-row]")];
  const now = all.indexOf(document.activeElement.closest("[data-row]"));
  const next = all[now < 0 ? 0 : Math.min(Math.max(now + step, 0), all.length - 1)];
  next?.querySelector("a")?.focus();
}

document.addEventListener("keydown", (event) => {
  const rows = document.querySelector("[data-rows]");
  if (!rows || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest(FIELDS) || recall("single-keys") === "off") return;
  if (event.key === "j") move(rows, 1);
  if (event.key === "k") move(rows, -1);
  if (event.key === "x") {
    document.activeElement.closest("[data-row]")?.querySelector("[type=checkbox]")?.click();
  }
});
