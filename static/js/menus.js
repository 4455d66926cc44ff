// Menus and short messages.
//   details[data-menu]   closes on Escape, on a click elsewhere and when the focus leaves it
//   [data-toast]         goes away after ten seconds, not while it is pointed at or focused
//   .subnav              is moved sideways until the present page is in sight

const TOAST_MILLISECONDS = 10_000;

function openMenus() {
  return document.querySelectorAll("details[data-menu][open]");
}

for (const kind of ["click", "focusin"]) {
  document.addEventListener(kind, (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
}

// Before the keys: Escape closes the menu and does nothing else.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.preventDefault();
  }
}, true);

const present = document.querySelector(".subnav [aria-current]");
if (present) {
  const bar = present.closest(".subnav");
  bar.scrollLeft = present.offsetLeft - (bar.clientWidth - present.offsetWidth) / 2;
}

function dismissLater(toast) {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), TOAST_MILLISECONDS);
  };
  for (const kind of ["pointerenter", "focusin"]) {
    toast.addEventListener(kind, () => clearTimeout(timer));
  }
  for (const kind of ["pointerleave", "focusout"]) toast.addEventListener(kind, wait);
  wait();
}

document.querySelectorAll("[data-toast]").forEach(dismissLater);
