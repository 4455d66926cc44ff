// Words selected in a text become what a form cites: of a new fact, in the editor of a question,
// or of one whose words were not found again.
//   [data-reader]           the texts; each paragraph has its id in `data-passage`
//   [data-picked]           says which words were taken
//   [data-cite]             takes what is selected, in place of a fact that was chosen, and goes on
//                           to the first field to write in ([data-start], or the question)

function words(range) {
  const copy = range.cloneContents();
  // The number of the paragraph is no text of it.
  for (const extra of copy.querySelectorAll(".pn")) extra.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function take(form, passage, exact, isAsked) {
  const { fact } = form.elements;
  if (fact && fact.value !== "new") {
    if (!isAsked) return;
    fact.value = "new";
  }
  const place = form.elements.fact_passage ?? form.elements.passage;
  const field = form.elements.fact_exact ?? form.elements.exact;
  place.value = passage.dataset.passage;
  field.value = exact;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const status = form.querySelector("[data-picked]");
  if (status) status.textContent = `Taken from ${passage.querySelector(".pn").textContent}: “${exact}”`;
}

// A drag that begins or ends within a word means the whole of it.
function widen(range) {
  const { startContainer: first, endContainer: last } = range;
  const within = (node, at) => node.nodeType === Node.TEXT_NODE
    && /\p{L}|\p{N}/u.test(node.data[at - 1] ?? "") && /\p{L}|\p{N}/u.test(node.data[at] ?? "");
  while (within(first, range.startOffset)) range.setStart(first, range.startOffset - 1);
  while (within(last, range.endOffset)) range.setEnd(last, range.endOffset + 1);
}

function paragraph(node) {
  return (node instanceof Element ? node : node.parentElement)?.closest("[data-passage]");
}

function pick(isAsked = false) {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return;
  const range = selection.getRangeAt(0).cloneRange();
  const start = paragraph(range.startContainer);
  if (!start?.closest("[data-reader]")) return;
  // A triple click selects a paragraph up to the first place of the next one.
  if (range.endOffset === 0 && paragraph(range.endContainer) !== start) {
    range.setEnd(start, start.childNodes.length);
  }
  // Words of two paragraphs prove nothing in one place.
  if (paragraph(range.endContainer) !== start) return;
  widen(range);
  const exact = words(range);
  if (exact) take(start.closest("form"), start, exact, isAsked);
}

document.addEventListener("click", (event) => {
  const { form } = event.target.closest("[data-cite]") ?? {};
  if (!form) return;
  pick(true);
  (form.querySelector("[data-start]") ?? form.querySelector("[name^=content_]"))?.focus();
});

for (const kind of ["mouseup", "touchend", "keyup"]) {
  document.addEventListener(kind, (event) => event.target.closest?.("[data-reader]") && pick());
}

// The cited paragraph may be far down in the texts; only they are scrolled, not the page.
const reader = document.querySelector("[data-reader]");
const cited = reader?.querySelector(".on");
if (cited) reader.scrollTop = cited.offsetTop;
