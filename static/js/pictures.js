// A picture or sound can be pasted or dropped into a text of the editor; its fields work without this.
//   [data-picture]  holds a file field, a field for words, and a list of texts by their names
const part = document.querySelector("[data-picture]");

// Take a file for the text that it came to; what it shows is still to be said.
function take(event, files) {
  const text = event.target.closest?.("textarea, input.input");
  const into = part.querySelector("select");
  if (!files?.length || !text || ![...into.options].some((one) => one.value === text.name)) return;
  event.preventDefault();
  const held = new DataTransfer();
  held.items.add(files[0]);
  part.querySelector("input[type=file]").files = held.files;
  into.value = text.name;
  part.open = true;
  part.querySelector("input:not([type=file])").focus();
}

if (part) {
  const form = part.closest("form");
  form.addEventListener("paste", (event) => take(event, event.clipboardData?.files));
  form.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  form.addEventListener("drop", (event) => take(event, event.dataTransfer?.files));
}
