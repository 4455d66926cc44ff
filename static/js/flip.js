// The flashcard. Without this file the <details> opens all the same.
//   details[data-flip]       its opening moves the focus to the proposed rating
//   [data-proposed]          the rating that Space and Enter choose
//   input[data-duration]     gets the milliseconds that the card was in view when the form is sent

let inView = 0;
let since = performance.now();

function restart() {
  inView = 0;
  since = performance.now();
}

// Time in another tab is not time spent remembering.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) inView += performance.now() - since;
  else since = performance.now();
});

document.addEventListener("toggle", (event) => {
  const card = event.target;
  if (!card.matches?.("details[data-flip]") || !card.open) return;
  const button = card.querySelector("[data-proposed]") ?? card.querySelector("button, input, a");
  button?.focus({ preventScroll: true });
  // On a small screen the options may fill it; the answer must not lie under the ratings.
  card.closest(".review")?.querySelector(".answer-side .a-big")?.scrollIntoView({ block: "nearest" });
}, true); // toggle events do not bubble

document.addEventListener("submit", (event) => {
  const milliseconds = inView + (document.hidden ? 0 : performance.now() - since);
  for (const field of event.target.querySelectorAll("input[data-duration]")) {
    field.value = Math.round(milliseconds);
  }
}, true);

window.addEventListener("pageshow", (event) => event.persisted && restart());
