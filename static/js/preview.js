// The live preview of an editor: shows what the server makes of the form, while one types.
//   form[data-preview=address]   is posted there 300 ms after the last change
//   data-preview-target=id       the element whose content is replaced by the answer

const PAUSE = 300;
const waiting = new WeakMap();

async function show(form, signal) {
  const target = document.getElementById(form.dataset.previewTarget);
  if (!target) return;
  const data = new FormData(form);
  data.delete("picture_file");
  try {
    const answer = await fetch(form.dataset.preview, {
      method: "POST", body: data, signal, headers: { "X-Requested-With": "fetch" },
    });
    // 422 is a preview too: it says what is wrong.
    if ((answer.ok && !answer.redirected) || answer.status === 422) {
      target.innerHTML = await answer.text();
    }
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("form[data-preview]")) return;
  const before = waiting.get(form);
  clearTimeout(before?.timer);
  before?.controller.abort();
  const controller = new AbortController();
  const timer = setTimeout(() => show(form, controller.signal), PAUSE);
  waiting.set(form, { timer, controller });
});
