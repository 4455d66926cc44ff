// The question editor: words selected in a text become the citation of a new fact.
//   [data-reader]           the texts; each paragraph has its id in `data-passage`
//   [data-picked]           says which words were taken
//   [data-change-type]      the button that changes the form; pressed when the menu changes

function words(range) {
  const copy = range.cloneContents();
  // How often words are cited stands between them, and the number before them: neither is text.
  for (const extra of copy.querySelectorAll("i, .pn")) extra.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function take(form, passage, exact) {
  const { fact, fact_passage: place, fact_exact: field } = form.elements;
  if (fact.value !== "new") return;
  place.value = passage.dataset.passage;
  field.value = exact;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const status = form.querySelector("[data-picked]");
  if (status) status.textContent = `Taken from ${passage.querySelector(".pn").textContent}: “${exact}”`;
}

function pick() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return;
  const range = selection.getRangeAt(0);
  const start = range.startContainer.parentElement?.closest("[data-reader] [data-passage]");
  const end = range.endContainer.parentElement?.closest("[data-passage]");
  // Words of two paragraphs prove nothing in one place.
  if (!start || start !== end) return;
  const exact = words(range);
  if (exact) take(start.closest("form"), start, exact);
}

for (const kind of ["mouseup", "touchend", "keyup"]) {
  document.addEventListener(kind, (event) => event.target.closest?.("[data-reader]") && pick());
}

document.addEventListener("change", (event) => {
  if (event.target.name !== "type") return;
  const button = event.target.form?.querySelector("[data-change-type]");
  if (button) event.target.form.requestSubmit(button);
});
