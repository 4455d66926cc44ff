// The time left in a quiz. The server decides when time is up; this only shows it.
//   [data-deadline]          an ISO time; `data-now`: the server's time when it drew the page
//   [data-time] in it        gets "9:40"
//   data-time-up=id          the form to send when no time is left
//   [data-hide-timer]        a button that hides [data-timer] and shows it again
import { recall, remember } from "./storage.js";

const ANNOUNCED = [[300, "5 minutes left"], [60, "1 minute left"]];

function words(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

function run(timer) {
  // The device's clock may be wrong; its speed is right.
  const ahead = timer.dataset.now ? Date.now() - Date.parse(timer.dataset.now) : 0;
  const deadline = Date.parse(timer.dataset.deadline) + ahead;
  if (Number.isNaN(deadline)) return;
  const speaker = document.createElement("p");
  speaker.className = "sr";
  speaker.setAttribute("role", "status");
  timer.after(speaker);
  let before = Infinity;
  let clock = 0;

  const tick = () => {
    const left = Math.max(0, Math.ceil((deadline - Date.now()) / 1000));
    (timer.querySelector("[data-time]") ?? timer).textContent = words(left);
    timer.classList.toggle("t-warn", left <= 60);
    for (const [seconds, text] of ANNOUNCED) {
      if (left <= seconds && before > seconds && before !== Infinity) speaker.textContent = text;
    }
    before = left;
    if (left > 0) return;
    clearInterval(clock);
    speaker.textContent = "Time is up";
    document.getElementById(timer.dataset.timeUp)?.requestSubmit();
  };
  clock = setInterval(tick, 1000);
  tick();
}

function hide(button, hidden) {
  button.dataset.hiding = String(hidden);
  button.textContent = hidden ? "Show time" : "Hide time";
  for (const timer of document.querySelectorAll("[data-timer]")) timer.hidden = hidden;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hide-timer]");
  if (!button) return;
  const hidden = button.dataset.hiding !== "true";
  hide(button, hidden);
  remember("timer", hidden ? "hidden" : null, window.sessionStorage);
});

document.querySelectorAll("[data-deadline]").forEach(run);
const button = document.querySelector("[data-hide-timer]");
if (button && recall("timer", window.sessionStorage) === "hidden") hide(button, true);
