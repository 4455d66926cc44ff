// Runs before the first paint, so it is neither a module nor deferred: it sets the chosen theme,
// and tells the style sheets that scripts run (what needs them is hidden otherwise).
"use strict";
document.documentElement.dataset.script = "";
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's theme stays.
}
// A fade between two pages that the browser skips, because a key was faster, is no error.
for (const kind of ["pageswap", "pagereveal"]) {
  addEventListener(kind, ({ viewTransition }) => {
    viewTransition?.ready.catch(() => {});
    viewTransition?.finished.catch(() => {});
  });
}
