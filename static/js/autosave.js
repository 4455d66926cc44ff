// Answers are kept as they are given.
//   form[data-autosave=address]   is posted there after a change, and again until it arrives
//   input[name=turn] in it        counts the posts: requests may overtake each other on their way
//   form[data-offline-safe]       is not sent while there is no network: the page would be lost
//   [data-saved]                  says so: "Saved 10:42", "Not saved. Retrying…"
//   .saved                        around it: gets the class "failed" while that is not so
// What has not arrived outlives a reload (drafts.js); the server takes it once, however often it
// is sent, because it carries the nonce of the page that it was typed in.
import * as drafts from "./drafts.js";

const TYPING_PAUSE = 1200;
const FIRST_RETRY = 2000;
const LAST_RETRY = 30_000;
const OFFLINE = "You are offline. Your answers are kept here and sent when the network is back.";
const HEADERS = { "X-Requested-With": "fetch" };
const pending = new Map();

function draftOf(form) {
  if (!pending.has(form)) {
    pending.set(form, {
      form, dirty: false, busy: false, refused: false, over: false, restored: false,
      timer: 0, retry: FIRST_RETRY,
    });
  }
  return pending.get(form);
}

function say(form, words, failed, link) {
  const place = form.querySelector("[data-saved]") ?? document.querySelector("[data-saved]");
  if (!place) return;
  place.textContent = words;
  if (link) {
    const anchor = document.createElement("a");
    [anchor.href, anchor.textContent] = [link, "See the results"];
    place.append(" ", anchor);
  }
  place.closest(".saved")?.classList.toggle("failed", failed);
}

function done(draft) {
  draft.refused = draft.restored = false;
  draft.retry = FIRST_RETRY;
  drafts.forget(draft.form.dataset.autosave);
}

function saved(draft, reply) {
  // Another tab has answered since: this page must not show what no longer counts.
  const stale = draft.restored && reply.unchanged;
  done(draft);
  if (stale) {
    location.reload();
    return;
  }
  say(draft.form, `Saved ${reply.saved}`.trim(), false);
}

function takeTurn(form) {
  const turn = form.elements.namedItem("turn");
  if (turn) turn.value = Number(turn.value) + 1;
}

function later(draft, milliseconds) {
  clearTimeout(draft.timer);
  draft.timer = setTimeout(() => save(draft), milliseconds);
}

async function failed(draft, answer) {
  draft.dirty = draft.refused = true;
  // A refusal does not get better by asking again: it is too long, or one is signed out.
  if (answer && answer.status < 500 && answer.status !== 408 && answer.status !== 429) {
    const reply = answer.status === 422 ? await answer.json().catch(() => ({})) : {};
    const why = reply.problems?.join(" ") ?? "Load the page again.";
    say(draft.form, `Not saved. ${why}`, true);
    return;
  }
  say(draft.form, navigator.onLine ? "Not saved. Retrying…" : OFFLINE, true);
  later(draft, draft.retry);
  draft.retry = Math.min(draft.retry * 2, LAST_RETRY);
}

function told(draft, reply) {
  if (reply.results || reply.final) {
    done(draft);
    draft.over = true;
    say(draft.form, reply.final ?? "This quiz is handed in.", false, reply.results);
  } else if (draft.dirty) save(draft);
  else saved(draft, reply);
}

async function save(draft, keepalive = false) {
  clearTimeout(draft.timer);
  if (draft.busy || !draft.dirty || draft.over) return;
  draft.busy = true;
  draft.dirty = false;
  let answer = null;
  takeTurn(draft.form);
  const body = new FormData(draft.form);
  drafts.keep(draft.form.dataset.autosave, body);
  try {
    answer = await fetch(draft.form.dataset.autosave, {
      method: "POST", body, keepalive, headers: HEADERS,
    });
  } catch {
    // No network: `answer` stays null, and we try again.
  }
  draft.busy = false;
  const reply = answer?.ok && !answer.redirected ? await answer.json().catch(() => null) : null;
  if (reply) told(draft, reply);
  else await failed(draft, answer);
}

function changed(event, milliseconds) {
  const form = event.target.form;
  if (!form?.matches("form[data-autosave]")) return;
  const draft = draftOf(form);
  if (draft.over) return;
  draft.dirty = true;
  drafts.keep(form.dataset.autosave, new FormData(form));
  later(draft, milliseconds);
}

document.addEventListener("input", (event) => changed(event, TYPING_PAUSE));
document.addEventListener("change", (event) => changed(event, 0));

// Ahead of every other listener: what is not sent must not look as if it were.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (navigator.onLine || !form.matches("form[data-autosave], form[data-offline-safe]")) return;
  event.preventDefault();
  if (form.matches("[data-autosave]") && pending.has(form)) failed(draftOf(form), null);
  say(form, OFFLINE, true);
}, true);

// Sending the form saves too; nothing must arrive after it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-autosave]")) return;
  takeTurn(form);
  const draft = pending.get(form);
  if (!draft) return;
  clearTimeout(draft.timer);
  if (draft.dirty || draft.busy) drafts.keep(form.dataset.autosave, new FormData(form), true);
  draft.dirty = false;
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) for (const draft of pending.values()) save(draft, true);
});

window.addEventListener("online", () => {
  for (const draft of pending.values()) save(draft);
  sendRest();
});

// Leaving: what is fresh is sent along; only what could not be saved asks the person to stay.
window.addEventListener("beforeunload", (event) => {
  for (const draft of pending.values()) {
    if (draft.dirty && draft.refused) event.preventDefault();
    else save(draft, true);
  }
});

// Drafts of other pages of this tab. One that went with its form arrived if that led here.
async function sendRest() {
  const form = document.querySelector("form[data-autosave]");
  const token = document.querySelector("input[name=csrf_token]")?.value ?? "";
  for (const address of drafts.addresses()) {
    if (address === form?.dataset.autosave) continue;
    const draft = drafts.find(address);
    if (!draft || (draft.sent && document.referrer === new URL(address, location.href).href)) {
      drafts.forget(address);
      continue;
    }
    const body = new FormData();
    for (const [name, value] of [...draft.fields, ["csrf_token", token]]) body.append(name, value);
    try {
      const answer = await fetch(address, { method: "POST", body, headers: HEADERS });
      // What is too long waits until somebody looks at it; what belongs to nobody here is gone.
      const gone = answer.ok || answer.status === 404 || answer.status === 403;
      if (gone && !answer.redirected) drafts.forget(address);
    } catch {
      return; // still no network
    }
  }
}

function fill(form, fields) {
  const given = new Map();
  for (const [name, value] of fields) given.set(name, [...(given.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name || field.name === "csrf_token" || field.type === "submit") continue;
    const values = given.get(field.name) ?? [];
    if (field.type === "radio" || field.type === "checkbox") {
      field.checked = values.includes(field.value);
    } else if (values.length) [field.value] = values;
  }
}

function answerIn(fields) {
  const ofThePage = ["csrf_token", "nonce", "turn", "seen"];
  return JSON.stringify(fields.filter(([name]) => !ofThePage.includes(name)));
}

function isTouched(field) {
  if (!field.matches("input:not([type=hidden]), select, textarea")) return false;
  if (field.type === "select-one") {
    const first = Math.max([...field.options].findIndex((one) => one.defaultSelected), 0);
    return field.selectedIndex !== first;
  }
  if (field.type === "radio" || field.type === "checkbox") {
    return field.checked !== field.defaultChecked;
  }
  return field.value !== field.defaultValue;
}

// On a slow line people answer before this script has come: nobody told it of that.
function takeEarly(form) {
  if (![...form.elements].some((field) => field.name && isTouched(field))) return;
  const draft = draftOf(form);
  draft.dirty = true;
  save(draft);
}

// What this page could not send before it was loaded again stands in it, and is sent now. Where
// the server shows the same, only its acknowledgement was lost.
function restore(form) {
  const kept = drafts.find(form.dataset.autosave);
  if (!kept) {
    takeEarly(form);
    return;
  }
  if (answerIn([...new FormData(form)]) === answerIn(kept.fields)) {
    drafts.forget(form.dataset.autosave);
    return;
  }
  fill(form, kept.fields);
  const draft = draftOf(form);
  draft.dirty = draft.restored = true;
  save(draft);
}

document.querySelectorAll("form[data-autosave]").forEach(restore);
sendRest();
