// Selecting rows of a list to do one thing to all of them.
//   [data-picking]     the list with its bar
//   [data-pick]        the tick box of a row; Shift and a click ticks all between two
//   [data-pick-all]    ticks every row of the page
//   [data-pick-more]   stands for all that fit, on every page
//   [data-picked]      says how many are ticked
// Without a script the bar is there as soon as a box is ticked, by CSS.

let last = null;

const boxes = (list) => [...list.querySelectorAll("[data-pick]")];

function tell(list) {
  const all = boxes(list);
  const ticked = all.filter((box) => box.checked);
  const whole = list.querySelector("[data-pick-all]");
  const more = list.querySelector("[data-pick-more]");
  const label = list.querySelector("[data-picked]");
  whole.checked = ticked.length > 0 && ticked.length === all.length;
  whole.indeterminate = ticked.length > 0 && !whole.checked;
  if (label) label.textContent = more?.checked ? "All selected" : `${ticked.length} selected`;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-pick]");
  const list = box?.closest("[data-picking]");
  if (!list) return;
  const all = boxes(list);
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
  if (event.shiftKey && from >= 0) {
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
  tell(list);
});

document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-picking]");
  if (!list) return;
  if (event.target.matches("[data-pick-all]")) {
    for (const box of boxes(list)) box.checked = event.target.checked;
  }
  tell(list);
});

document.addEventListener("reset", (event) => {
  const list = event.target.closest("[data-picking]");
  if (list) setTimeout(() => tell(list)); // the boxes are cleared after this event
});

for (const list of document.querySelectorAll("[data-picking]")) tell(list);
