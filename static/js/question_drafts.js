// What is typed about a question is kept on the server, so that it survives a closed tab.
//   form[data-drafts=address]   is posted there after a pause; its fields `draft` and `draft_at`
//                               name the draft and when this page knows it was kept
//   [data-draft-saved]          says so: "Draft saved 14:05"; .saved around it gets "failed"
// Two pages with one draft do not overwrite each other: the later one goes on in a draft of its own.
const PAUSE = 1200;
const FIRST_RETRY = 3000;
const LAST_RETRY = 60_000;
const form = document.querySelector("form[data-drafts]");
const state = { timer: 0, retry: FIRST_RETRY, dirty: false, busy: false, over: false };

function say(words, failed) {
  const place = document.querySelector("[data-draft-saved]");
  if (!place) return;
  place.textContent = words;
  place.closest(".saved")?.classList.toggle("failed", failed);
}

function later(milliseconds) {
  clearTimeout(state.timer);
  state.timer = setTimeout(() => keep(), milliseconds);
}

function another() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  form.elements.draft.value = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  form.elements.draft_at.value = "";
}

async function failed(answer) {
  state.dirty = true;
  if (answer?.status === 409) {
    another();
    later(0);
    return;
  }
  if (answer?.status === 422) {
    const reply = await answer.json().catch(() => ({}));
    say(`Draft not saved. ${reply.problems?.join(" ") ?? ""}`, true);
    return;
  }
  if (answer && (answer.redirected || answer.status < 500)) {
    say("Draft not saved. Save the question, or sign in again in another tab.", true);
    return;
  }
  say("Draft not saved. Retrying…", true);
  later(state.retry);
  state.retry = Math.min(state.retry * 2, LAST_RETRY);
}

// What was typed; a file waits for its own button.
function typed() {
  const data = new FormData(form);
  data.delete("picture_file");
  return data;
}

async function keep(keepalive = false) {
  clearTimeout(state.timer);
  if (state.busy || !state.dirty || state.over) return;
  state.busy = true;
  state.dirty = false;
  let answer = null;
  try {
    answer = await fetch(form.dataset.drafts, {
      method: "POST", body: typed(), keepalive, headers: { "X-Requested-With": "fetch" },
    });
  } catch {
    // No network: `answer` stays null, and we try again.
  }
  state.busy = false;
  if (state.over) return;
  const reply = answer?.ok && !answer.redirected ? await answer.json().catch(() => null) : null;
  if (!reply) {
    await failed(answer);
    return;
  }
  form.elements.draft_at.value = reply.at;
  // Loading the page again, or opening its tab again, goes on with this draft.
  const here = new URL(location.href);
  here.searchParams.set("draft", form.elements.draft.value);
  history.replaceState(history.state, "", here);
  state.retry = FIRST_RETRY;
  say(`Draft saved ${reply.saved}`, false);
  if (state.dirty) later(PAUSE);
}

function changed(event) {
  if (event.target.form !== form || event.target.name === "face") return;
  state.dirty = true;
  later(PAUSE);
}

if (form) {
  // On the way down: some fields keep their events from whoever listens behind us.
  document.addEventListener("input", changed, true);
  document.addEventListener("change", changed, true);
  document.addEventListener("visibilitychange", () => document.hidden && keep(true));
  window.addEventListener("pagehide", () => keep(true));
  // Sending the form saves the question; nothing must arrive after it.
  document.addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    state.over = true;
    clearTimeout(state.timer);
  });
  // Back from the browser's memory: the page is as it was when the form left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) state.over = false;
  });
}
