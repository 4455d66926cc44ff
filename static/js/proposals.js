// What the live preview proposes for a new fact goes into its fields, until their author types.
//   [data-proposal=statement][data-topic=id]   in the preview
//   [data-quiet]                               a field in the preview: typing in it renews nothing
const preview = document.getElementById("preview");
const form = preview?.closest("form");

function propose() {
  const found = preview.querySelector("[data-proposal]");
  if (!found) return;
  const { fact_statement: statement, fact_topic: topic, proposed } = form.elements;
  if (!statement.value.trim() || statement.value === proposed.value) {
    statement.value = proposed.value = found.dataset.proposal;
  }
  if (!topic.value) topic.value = found.dataset.topic;
}

if (form) {
  new MutationObserver(propose).observe(preview, { childList: true });
  // Ahead of the preview, which would take the field away from under the person who types.
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-quiet]")) event.stopPropagation();
  }, true);
}
