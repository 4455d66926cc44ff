// The time left in a quiz. The server decides when time is up; this only shows it.
//   [data-deadline]          an ISO time; `data-now`: the server's time when it drew the page
//   data-started             when the time began: what is announced is less than the whole of it
//   [data-time] in it        gets "9:40"
//   data-time-up=id          the form to send when no time is left, once there is a network
//   data-silent              show and say nothing: only send the form in time
//   [data-hide-timer]        a button that hides [data-timer] and shows it again
import { recall, remember } from "./storage.js";

const ANNOUNCED = [[60, "1 minute left"], [300, "5 minutes left"]];
const SAID = "timer-said";
// How late a mark may be named as it is: a tick or a page in between.
const LATE = 15;

// Each page of an attempt has a timer of its own: what one of them said, the next does not repeat,
// and what fell between two pages is said by the next. `whole`: the seconds that there ever were.
function announce(deadline, left, whole) {
  const due = ANNOUNCED.find(([seconds]) => left <= seconds && seconds < whole);
  if (!due || left <= 0) return "";
  const [of, last] = (recall(SAID, window.sessionStorage) ?? "").split(" ").map(Number);
  if (of === deadline && last <= due[0]) return "";
  remember(SAID, `${deadline} ${due[0]}`, window.sessionStorage);
  return due[0] - left > LATE ? `Less than ${due[1]}` : due[1];
}

function send(id) {
  const form = document.getElementById(id);
  if (navigator.onLine) form?.requestSubmit();
  else window.addEventListener("online", () => form?.requestSubmit(), { once: true });
}

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
  speaker.className = "timer-said";
  speaker.setAttribute("role", "status");
  timer.after(speaker);
  const silent = "silent" in timer.dataset;
  const started = Date.parse(timer.dataset.started);
  const whole = Number.isNaN(started) ? Infinity : (deadline - ahead - started) / 1000;
  let clock = 0;

  const tick = () => {
    const left = Math.max(0, Math.ceil((deadline - Date.now()) / 1000));
    if (!silent) {
      (timer.querySelector("[data-time]") ?? timer).textContent = words(left);
      timer.classList.toggle("t-warn", left <= 60);
      const said = announce(Date.parse(timer.dataset.deadline), left, whole);
      if (said) speaker.textContent = said;
    }
    if (left > 0) return;
    clearInterval(clock);
    if (!silent) speaker.textContent = "Time is up";
    send(timer.dataset.timeUp);
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
