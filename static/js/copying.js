// Copying what stands in a field.
//   [data-copy="id"]   copies the field with that id and says so; where the clipboard is closed to
//                      us, the field is selected, ready to be copied by hand
//   [data-copied]      a field that selects itself when it is entered

const SHOWN_MS = 2_000;

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-copied]")) event.target.select();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  const label = button.querySelector("span");
  try {
    await navigator.clipboard.writeText(field.value);
    label.textContent = "Copied";
  } catch {
    field.focus();
    label.textContent = "Press Ctrl+C";
  }
  label.setAttribute("role", "status");
  setTimeout(() => { label.textContent = "Copy"; }, SHOWN_MS);
});
