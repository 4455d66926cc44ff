// Forms that are kind to fast fingers and slow networks.
//   form[data-once]              is sent once; its button turns busy after 300 ms
//   input[data-timezone]         is filled with the browser's time zone, if it is empty
//   [data-error-summary]         takes the focus when the page opens
//   form[data-submit-on-change]  is sent when a select, radio button or tick box changes
//   input[data-select]           is selected whole when it takes the focus, to be copied
//   form[action$="/sign-out"]    forgets what this tab keeps, drafts of answers included

const BUSY_AFTER = 300;
const FORGET_AFTER = 10_000; // a download leaves the page where it is: the form must work again

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-once]")) return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  const button = event.submitter;
  setTimeout(() => "sent" in form.dataset && button?.setAttribute("aria-busy", "true"), BUSY_AFTER);
  setTimeout(() => release(form), FORGET_AFTER);
});

document.addEventListener("submit", (event) => {
  if (!event.target.getAttribute("action")?.endsWith("/sign-out")) return;
  try {
    window.sessionStorage.clear();
  } catch {
    // Storage is switched off: there is nothing in it.
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form && event.target.matches("select, [type=radio], [type=checkbox]")) form.requestSubmit();
});

// Back from the browser's memory: the page is as it was when the form left.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) release(form);
});

for (const input of document.querySelectorAll("input[data-timezone]")) {
  input.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

document.querySelector("[data-error-summary]")?.focus();

document.addEventListener("focusin", (event) => {
  if (event.target.matches("input[data-select]")) event.target.select();
});
