// The calendar by keyboard: arrows from day to day, PageUp and PageDown from month to month.
"use strict";

const calendar = document.getElementById("calendar");
const days = [...calendar.querySelectorAll("td")];
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

const first = days.find((day) => day.matches(".now")) || days.find((day) => !day.matches(".other"));
first.tabIndex = 0;

function go(day) {
  days.forEach((one) => { one.tabIndex = one === day ? 0 : -1; });
  day.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input, textarea, select")) return;
  const there = { PageUp: calendar.dataset.before, PageDown: calendar.dataset.after }[event.key];
  if (there) {
    event.preventDefault();
    window.location.assign(there);
    return;
  }
  const step = STEPS[event.key];
  if (!step) return;
  const at = days.indexOf(document.activeElement.closest("#calendar td"));
  if (at < 0) return;
  event.preventDefault();
  const day = days[at + step];
  if (day) go(day);
});
