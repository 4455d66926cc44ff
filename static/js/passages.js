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

function isTwice(text, words) {
  return text.indexOf(words) !== text.lastIndexOf(words);
}

// Words that stand in the paragraph more than once do not say which are meant: take in what follows
// them, word by word, then what goes before, until they stand there once.
function single(passage, range, exact) {
  const upTo = document.createRange();
  upTo.selectNodeContents(passage);
  const all = words(upTo);
  upTo.setEnd(range.startContainer, range.startOffset);
  let from = all.indexOf(exact, words(upTo).length);
  if (from < 0) return exact;
  let to = from + exact.length;
  while (isTwice(all, all.slice(from, to)) && (from > 0 || to < all.length)) {
    if (to < all.length) to = `${all} `.indexOf(" ", to + 1);
    else from = all.lastIndexOf(" ", from - 2) + 1;
  }
  return all.slice(from, to);
}

function take(form, passage, selected, exact, isAsked) {
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
  const more = exact === selected ? "" : ", with the words around it, since it stands there more than once";
  const where = passage.querySelector(".pn").textContent;
  if (status) status.textContent = `Taken from ${where}${more}: “${exact}”`;
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
  if (exact) take(start.closest("form"), start, exact, single(start, range, exact), isAsked);
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
