/* The curve of a unit's prospect: a pointer or the arrow keys choose a day, and what it costs is said; and the button that prints. */

"use strict";

(() => {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  const chart = document.querySelector("svg.days");
  if (!chart) return;
  const days = JSON.parse(document.getElementById("curve-days").textContent);
  const output = chart.parentElement.querySelector("output");
  const [line, circle] = chart.querySelectorAll(".cursor");
  let chosen = 0;

  function show(at) {
    chosen = Math.max(0, Math.min(days.length - 1, at));
    const day = days[chosen];
    line.setAttribute("x1", day.x);
    line.setAttribute("x2", day.x);
    circle.setAttribute("cx", day.x);
    circle.setAttribute("cy", day.y);
    for (const mark of [line, circle]) mark.setAttribute("visibility", "visible");
    chart.setAttribute("aria-valuenow", chosen);
    chart.setAttribute("aria-valuetext", day.said);
    output.textContent = day.said;
  }

  function nearest(event) {
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(chart.getScreenCTM().inverse());
    return days.reduce((best, day, at) => (Math.abs(day.x - place.x) < Math.abs(days[best].x - place.x) ? at : best), 0);
  }

  function open() {
    const address = new URL(window.location.href);
    address.searchParams.set("on", days[chosen].on);
    address.hash = "day";
    window.location.assign(address);
  }

  const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -30, PageUp: 30 };
  chart.addEventListener("pointermove", (event) => show(nearest(event)));
  chart.addEventListener("click", (event) => {
    show(nearest(event));
    open();
  });
  chart.addEventListener("focus", () => show(chosen));
  chart.addEventListener("keydown", (event) => {
    if (event.key in steps) show(chosen + steps[event.key]);
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(days.length - 1);
    else if (event.key === "Enter") open();
    else return;
    event.preventDefault();
  });
})();
