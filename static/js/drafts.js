// What was typed in a quiz and has not arrived yet, kept in this tab so that it outlives a reload.
// One draft for each form, under the address that the form is saved at. Signing out forgets all
// (forms.js).
import { recall, remember } from "./storage.js";

const PREFIX = "draft:";
// Names the page, not what was answered: a page of today has another one.
const LEFT_OUT = "csrf_token";

function store() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

export function keep(address, data, sent = false) {
  const fields = [...data].filter(([name]) => name !== LEFT_OUT);
  remember(PREFIX + address, JSON.stringify({ fields, sent }), store());
}

export function find(address) {
  try {
    return JSON.parse(recall(PREFIX + address, store()) ?? "null");
  } catch {
    return null;
  }
}

export function forget(address) {
  remember(PREFIX + address, null, store());
}

export function addresses() {
  try {
    return Object.keys(store() ?? {})
      .filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
  }
}
