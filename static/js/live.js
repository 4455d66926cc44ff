// A form that only asks: its answer follows while one moves a slider.
//   form[data-live=address]   is sent there (GET) shortly after each change
//   data-live-target=id       the element whose content is replaced by the answer
//   [data-live-hides]         a button that is needed only without this script

const PAUSE = 60;
const waiting = new WeakMap();

async function show(form, signal) {
  const target = document.getElementById(form.dataset.liveTarget);
  if (!target) return;
  try {
    const address = `${form.dataset.live}?${new URLSearchParams(new FormData(form))}`;
    const answer = await fetch(address, { signal, headers: { "X-Requested-With": "fetch" } });
    if (answer.ok && !answer.redirected) target.innerHTML = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("form[data-live]")) return;
  const before = waiting.get(form);
  clearTimeout(before?.timer);
  before?.controller.abort();
  const controller = new AbortController();
  const timer = setTimeout(() => show(form, controller.signal), PAUSE);
  waiting.set(form, { timer, controller });
});

for (const button of document.querySelectorAll("form[data-live] [data-live-hides]")) {
  button.hidden = true;
}
