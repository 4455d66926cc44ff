// One key, one action, declared on the control that the key stands for:
//   data-key="f"        clicks it (a field is focused); several keys with spaces: "space enter"
//   data-key-ctrl="s"   with Ctrl or Command, also while typing; "z" and "y" are the field's own
//                       once something was typed in it
//   data-key-alt="p"    with Alt, also while typing
//   data-key-go="t"     after G, within 1.5 seconds
// Plain keys are ignored while typing, and can be switched off (WCAG 2.1.4).
import { recall } from "./storage.js";

const FIELDS = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
const GO_MILLISECONDS = 1500;
const EDITING = new Set(["y", "z"]);
const typedIn = new WeakSet();
let goUntil = 0;

function name(event) {
  return event.key === " " ? "space" : event.key.toLowerCase();
}

function usable(element) {
  const seen = element.checkVisibility?.({ visibilityProperty: true })
    ?? element.getClientRects().length > 0;
  return seen && !element.disabled;
}

function find(attribute, key) {
  const all = document.querySelectorAll(`[${attribute}~="${CSS.escape(key)}"]`);
  // Radio buttons and tick boxes are drawn by their label and are not visible themselves.
  return [...all].find((element) => usable(element.closest("label") ?? element));
}

function act(element, event) {
  event.preventDefault();
  if (element.matches(FIELDS)) element.focus();
  else element.click();
  if (element.matches("[type=radio], [type=checkbox]")) element.focus();
}

function withModifier(event, key) {
  if (EDITING.has(key) && typedIn.has(event.target)) return;
  const attribute = event.altKey ? "data-key-alt" : "data-key-ctrl";
  const element = event.altKey && (event.ctrlKey || event.metaKey) ? null : find(attribute, key);
  if (element) act(element, event);
}

function isOverlaid() {
  return document.querySelector(":popover-open, [data-menu][open]") !== null;
}

// Controls have their own meaning for Space and Enter.
function belongsToControl(key, target) {
  if (key !== "space" && key !== "enter") return false;
  if (key === "space" && target.matches("[type=radio], [type=checkbox]")) return true;
  return target.closest("a, button, summary") !== null;
}

function plain(event, key) {
  if (event.target.closest(FIELDS) || recall("single-keys") === "off" || isOverlaid()) return;
  if (goUntil > performance.now()) {
    goUntil = 0;
    const tab = find("data-key-go", key);
    if (tab) return act(tab, event);
  }
  if (belongsToControl(key, event.target)) return;
  const element = find("data-key", key);
  if (element) act(element, event);
  else if (key === "g") goUntil = performance.now() + GO_MILLISECONDS;
}

document.addEventListener("input", (event) => typedIn.add(event.target));
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || !event.key) return;
  if (event.ctrlKey || event.metaKey || event.altKey) withModifier(event, name(event));
  else if (!event.repeat) plain(event, name(event));
});
