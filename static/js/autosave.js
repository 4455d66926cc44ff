// Answers are kept as they are given.
//   form[data-autosave=address]   is posted there after a change, and again until it arrives
//   input[name=turn] in it        counts the posts: requests may overtake each other on their way
//   [data-saved]                  says so: "Saved 10:42", "Not saved. Retrying…"
//   .saved                        around it: gets the class "failed" while that is not so

const TYPING_PAUSE = 1200;
const FIRST_RETRY = 2000;
const LAST_RETRY = 30_000;
const drafts = new Map();

function draftOf(form) {
  if (!drafts.has(form)) {
    drafts.set(form, {
      form, dirty: false, busy: false, refused: false, timer: 0, retry: FIRST_RETRY,
    });
  }
  return drafts.get(form);
}

function say(form, words, failed) {
  const place = form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]");
  if (!place) return;
  place.textContent = words;
  place.closest(".saved")?.classList.toggle("failed", failed);
}

function saved(draft) {
  draft.refused = false;
  draft.retry = FIRST_RETRY;
  const time = new Date().toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  say(draft.form, `Saved ${time}`, false);
}

function takeTurn(form) {
  const turn = form.elements.namedItem("turn");
  if (turn) turn.value = Number(turn.value) + 1;
}

function later(draft, milliseconds) {
  clearTimeout(draft.timer);
  draft.timer = setTimeout(() => save(draft), milliseconds);
}

function failed(draft, answer) {
  draft.dirty = draft.refused = true;
  // A refusal does not get better by asking again: the attempt ended, or one is signed out.
  if (answer && answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
    say(draft.form, "Not saved. Load the page again.", true);
    return;
  }
  say(draft.form, "Not saved. Retrying…", true);
  later(draft, draft.retry);
  draft.retry = Math.min(draft.retry * 2, LAST_RETRY);
}

async function save(draft, keepalive = false) {
  clearTimeout(draft.timer);
  if (draft.busy || !draft.dirty) return;
  draft.busy = true;
  draft.dirty = false;
  let answer = null;
  takeTurn(draft.form);
  try {
    answer = await fetch(draft.form.dataset.autosave, {
      method: "POST", body: new FormData(draft.form), keepalive,
      headers: { "X-Requested-With": "fetch" },
    });
  } catch {
    // No network: `answer` stays null, and we try again.
  }
  draft.busy = false;
  if (!answer?.ok || answer.redirected) failed(draft, answer);
  else if (draft.dirty) save(draft);
  else saved(draft);
}

function changed(event, milliseconds) {
  const form = event.target.form;
  if (!form?.matches("form[data-autosave]")) return;
  const draft = draftOf(form);
  draft.dirty = true;
  later(draft, milliseconds);
}

document.addEventListener("input", (event) => changed(event, TYPING_PAUSE));
document.addEventListener("change", (event) => changed(event, 0));

// Sending the form saves too; nothing must arrive after it.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.matches("form[data-autosave]")) return;
  takeTurn(event.target);
  const draft = drafts.get(event.target);
  if (!draft) return;
  clearTimeout(draft.timer);
  draft.dirty = false;
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) for (const draft of drafts.values()) save(draft, true);
});

window.addEventListener("online", () => {
  for (const draft of drafts.values()) save(draft);
});

// Leaving: what is fresh is sent along; only what could not be saved asks the person to stay.
window.addEventListener("beforeunload", (event) => {
  for (const draft of drafts.values()) {
    if (draft.dirty && draft.refused) event.preventDefault();
    else save(draft, true);
  }
});
