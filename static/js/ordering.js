// Putting items in order: buttons move an item, and every position follows.
//   [data-ordering]        the list; in each entry a <select> holds its position, "" for none
//   [data-move="-1"]       a button that moves its entry up ("1": down)
//   [data-item]            the words of an entry
//   [data-ordering-said]   after the list: says what moved where
// Without this script the positions are chosen one by one.

// A change that we make is told to other scripts, and is not acted on again here.
let isOurs = false;

const entries = (list) => [...list.children];
const position = (entry) => entry.querySelector("select");

function say(list, entry) {
  const all = entries(list);
  const said = list.parentElement.querySelector("[data-ordering-said]");
  const words = entry.querySelector("[data-item]").textContent.trim();
  if (said) said.textContent = `${words}: moved to position ${all.indexOf(entry) + 1} of ${all.length}`;
}

// What a page that was sent without a script says of its positions, no longer holds.
function forget(list) {
  for (const entry of entries(list)) {
    entry.classList.remove("error");
    entry.querySelector(".err")?.remove();
    for (const name of ["aria-invalid", "aria-describedby"]) position(entry).removeAttribute(name);
  }
}

function limit(list) {
  const all = entries(list);
  for (const [place, entry] of all.entries()) {
    // Not disabled: that would take the focus away from under the person who moves the entry.
    entry.querySelector('[data-move="-1"]').setAttribute("aria-disabled", place === 0);
    entry.querySelector('[data-move="1"]').setAttribute("aria-disabled", place === all.length - 1);
  }
}

function put(list, entry, place, focused) {
  const others = entries(list).filter((one) => one !== entry);
  list.insertBefore(entry, others[place] ?? null);
  for (const [index, one] of entries(list).entries()) position(one).value = String(index + 1);
  forget(list);
  limit(list);
  say(list, entry);
  focused.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-ordering] [data-move]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  const entry = button.closest("[data-ordering] > *");
  const list = entry.parentElement;
  put(list, entry, entries(list).indexOf(entry) + Number(button.dataset.move), button);
  isOurs = true;
  position(entry).dispatchEvent(new Event("change", { bubbles: true }));
  isOurs = false;
});

// On the way down to the select: whoever listens to the form meets the positions that follow.
document.addEventListener("change", (event) => {
  if (isOurs || !event.target.matches?.("[data-ordering] select")) return;
  const entry = event.target.closest("[data-ordering] > *");
  const list = entry.parentElement;
  if (event.target.value) {
    put(list, entry, Number(event.target.value) - 1, event.target);
    return;
  }
  for (const one of entries(list)) position(one).value = "";
  forget(list);
}, true);

// Show the positions that were saved, if there is one for each.
for (const list of document.querySelectorAll("[data-ordering]")) {
  const all = entries(list);
  const given = new Set(all.map((entry) => position(entry).value));
  if (given.size === all.length && !given.has("")) {
    all.sort((one, other) => position(one).value - position(other).value);
    list.append(...all);
  }
  limit(list);
}
