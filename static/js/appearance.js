// Light and dark, and whether single keys do anything.
//   [data-theme-toggle]         a button that changes between light and dark
//   [data-theme-choice=…]       radio buttons: light, dark, or system to follow the device
//   input[data-single-keys]     a tick box: single keys on or off in this browser
import { recall, remember } from "./storage.js";

const root = document.documentElement;

function isDark() {
  const theme = root.dataset.theme;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function choose(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  remember("theme", theme === "system" ? null : theme);
  showChoices();
}

function showChoices() {
  const theme = root.dataset.theme ?? "system";
  for (const input of document.querySelectorAll("[data-theme-choice]")) {
    input.checked = input.dataset.themeChoice === theme;
  }
  for (const input of document.querySelectorAll("input[data-single-keys]")) {
    input.checked = recall("single-keys") !== "off";
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-toggle]")) choose(isDark() ? "light" : "dark");
});

document.addEventListener("change", (event) => {
  const { themeChoice } = event.target.dataset;
  if (themeChoice) choose(themeChoice);
  if (event.target.matches("input[data-single-keys]")) {
    remember("single-keys", event.target.checked ? null : "off");
  }
});

showChoices();
