// Writing options, pairs or items with the hands on the keys.
//   [data-answer-rows]   the list; the fields of row 3 are named "<list>-3-<field>", the buttons
//                        beside it have the values "up-3" and "down-3"
// Enter goes on to the next row and makes one after the last; on an empty row it goes on to the
// explanation. On its way it reads "* Paris // The capital" as key, text and feedback, and "%50% Lyon"
// as half right. Lines that are pasted fill a row each. Rows are added and change places here as on
// the server, without loading the page again and with the focus kept.

const LISTS = "[data-answer-rows]";
const TEXTS = '[name$="-text"], [name$="-left"], [name$="-right"]';
const MOST = 30; // as on the server

const rows = (list) => [...list.children];
const rowOf = (element) => element.closest(`${LISTS} > *`);
const texts = (row) => [...row.querySelectorAll(TEXTS)];
const isEmpty = (row) => texts(row).every((input) => input.value.trim() === "");
const mover = (row, way) => row.querySelector(`button[value^="${way}-"]`);
const tell = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));

function limit(list) {
  const last = rows(list).findLastIndex((row) => !isEmpty(row));
  for (const [place, row] of rows(list).entries()) {
    for (const [way, stopped] of [["up", place === 0 || place > last], ["down", place >= last]]) {
      const button = mover(row, way);
      // Not where the focus is: disabling would take it away.
      button.disabled = stopped && button !== document.activeElement;
    }
  }
}

// What a row calls itself: "option D" becomes "option E", "pair 4" becomes "pair 5".
function renamed(words, from) {
  const letter = (number) => String.fromCharCode(65 + number);
  const lettered = words.replace(new RegExp(`\\b(option) ${letter(from)}\\b`, "i"), `$1 ${letter(from + 1)}`);
  return lettered === words ? words.replace(new RegExp(`\\b${from + 1}\\b`), from + 2) : lettered;
}

function renumber(element, from) {
  for (const name of ["id", "name", "for", "value", "aria-describedby"]) {
    const held = element.getAttribute(name);
    if (held) element.setAttribute(name, held.replace(new RegExp(`-${from}(?=-|$)`), `-${from + 1}`));
  }
  for (const name of ["aria-label", "placeholder"]) {
    const held = element.getAttribute(name);
    if (held) element.setAttribute(name, renamed(held, from));
  }
  if (element.matches(".sr")) element.textContent = renamed(element.textContent, from);
}

// An empty copy of the last row, with the next number in its names; none beyond the most.
function add(list) {
  const from = rows(list).length - 1;
  if (from + 1 >= MOST) return null;
  const row = list.lastElementChild.cloneNode(true);
  for (const wrong of row.querySelectorAll(".err")) wrong.remove();
  for (const element of row.querySelectorAll("*")) {
    renumber(element, from);
    if (element.matches("[type=radio]")) element.value = String(from + 1);
    if (element.matches("[type=radio], [type=checkbox]")) element.checked = false;
    else if (element.matches("input")) element.value = "";
    else if (element.matches("select")) element.selectedIndex = 0;
    element.removeAttribute("aria-invalid");
  }
  list.append(row);
  limit(list);
  return row;
}

// "* Paris // The capital" goes where it belongs. Feedback that is there is not overwritten.
function read(row) {
  const [first] = texts(row);
  const last = texts(row).at(-1);
  const key = row.querySelector('[name$="-key"]');
  const feedback = row.querySelector('[name$="-feedback"]');
  const mark = key && /^\s*([*-])\s+/.exec(first.value);
  if (mark) {
    first.value = first.value.slice(mark[0].length);
    if (mark[1] === "*" || key.type === "checkbox") key.checked = mark[1] === "*";
  }
  const cut = feedback?.value === "" && /\s+\/\/\s+/.exec(last.value);
  if (cut) {
    feedback.value = last.value.slice(cut.index + cut[0].length);
    last.value = last.value.slice(0, cut.index);
  }
  const shared = readShare(row, first);
  if (mark || cut || shared) tell(first);
}

// "%50% Nearly" earns half, as in "Write it all at once"; a share that the menu lacks stays text.
function readShare(row, first) {
  const credit = row.querySelector('[name$="-credit"]');
  const found = credit && /^\s*%([-−+]?[\d.,]+)%\s*(?=\S)/.exec(first.value);
  const percent = found && Number(found[1].replace("−", "-").replace(",", "."));
  const choice = found && [...credit.options].find((one) => one.value && Math.abs(one.value - percent) < 0.01);
  if (!choice) return false;
  credit.value = choice.value;
  first.value = first.value.slice(found[0].length);
  const shares = row.closest("fieldset").querySelector("[data-shares]");
  if (shares) shares.checked = true;
  return true;
}

function goOn(field) {
  const row = rowOf(field);
  const own = texts(row);
  const place = own.indexOf(field);
  read(row);
  if (place >= 0 && place < own.length - 1) return own[place + 1].focus();
  const next = isEmpty(row) ? null : row.nextElementSibling ?? add(row.parentElement);
  return (next ? texts(next)[0] : field.form.elements.content_explanation)?.focus();
}

// A list may lack what was chosen in its neighbour's, where that was stated in a file.
function give(field, value, giver) {
  if (field.matches("select") && ![...field.options].some((one) => one.value === value)) {
    field.append([...giver.options].find((one) => one.value === value).cloneNode(true));
  }
  field.value = value;
}

// Ticks and texts change places; the rows keep their names and their numbers.
function swap(row, other) {
  const [ours, theirs] = [row, other].map((one) => [...one.querySelectorAll("input, select")]);
  for (const [index, field] of ours.entries()) {
    const to = theirs[index];
    const [value, toValue] = [field.value, to.value];
    if (field.type !== "radio") {
      give(field, toValue, to);
      give(to, value, field);
    }
    const checked = field.checked;
    const toChecked = to.checked;
    field.checked = toChecked;
    to.checked = checked;
  }
}

function move(button, way) {
  const row = rowOf(button);
  const other = way === "up" ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  swap(row, other);
  mover(other, way).disabled = false;
  mover(other, way).focus();
  limit(row.parentElement);
  tell(texts(other)[0]);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
  if (!event.target.matches?.("#question-form input:not([type=radio], [type=checkbox])")) return;
  // In a line of this form, Enter must not press a button that nobody looked at.
  event.preventDefault();
  if (rowOf(event.target)) goOn(event.target);
});

document.addEventListener("paste", (event) => {
  if (!event.target.matches?.(TEXTS) || !event.target.closest(LISTS)) return;
  const lines = (event.clipboardData?.getData("text/plain") ?? "").split(/[\r\n]+/)
    .map((line) => line.trim()).filter(Boolean);
  if (lines.length < 2) return;
  event.preventDefault();
  let row = rowOf(event.target);
  for (const [place, line] of lines.entries()) {
    if (place) row = row.nextElementSibling ?? add(row.parentElement);
    if (!row) break;
    texts(row)[0].value = line;
    read(row);
    texts(row)[0].focus();
  }
  tell(event.target);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[name=action]");
  const list = button?.closest("fieldset")?.querySelector(LISTS);
  const [, way] = /^(up|down)-/.exec(button?.value) ?? [];
  if (!list || (button.value !== "add-row" && !way)) return;
  event.preventDefault();
  if (way) move(button, way);
  else texts(add(list) ?? list.lastElementChild)[0].focus();
});

document.addEventListener("input", (event) => {
  const list = event.target.closest?.(LISTS);
  if (list) limit(list);
});

// Saving with Ctrl+Enter leaves a line as Enter does.
document.addEventListener("submit", (event) => {
  const row = event.target.contains(document.activeElement) && rowOf(document.activeElement);
  if (row) read(row);
}, true);

for (const list of document.querySelectorAll(LISTS)) limit(list);
