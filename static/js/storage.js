// Small preferences of this browser. Storage may be switched off: then nothing is remembered.

export function recall(name, store = localStorageOrNone()) {
  try {
    return store?.getItem(name) ?? null;
  } catch {
    return null;
  }
}

export function remember(name, value, store = localStorageOrNone()) {
  try {
    if (value === null) store?.removeItem(name);
    else store?.setItem(name, value);
  } catch {
    // Full or forbidden: the choice holds for this page.
  }
}

function localStorageOrNone() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
