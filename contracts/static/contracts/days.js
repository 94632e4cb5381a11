/* A calendar beside every day, month and moment that is typed as text: the browser's own, asked for by a button. */

"use strict";

(() => {
  const ISO = /^(\d{4})[-/.年]\s*(\d{1,2})[-/.月]\s*(\d{1,2})日?(.*)$/;
  const two = (number) => number.padStart(2, "0");

  /* 2025/4/1 becomes 2025-04-01; what else people write is for the server to read. */
  function tidied(text) {
    const folded = text.normalize("NFKC").trim();
    const found = folded.match(ISO);
    return found ? `${found[1]}-${two(found[2])}-${two(found[3])}${found[4]}` : folded;
  }

  function beside(field) {
    if (field.dataset.calendarReady) return;
    field.dataset.calendarReady = "yes";
    const kind = field.dataset.calendar;
    const calendar = document.createElement("input");
    calendar.type = kind;
    calendar.tabIndex = -1;
    calendar.setAttribute("aria-hidden", "true");
    calendar.className = "calendar-of";
    if (typeof calendar.showPicker !== "function") return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "calendar";
    button.setAttribute("aria-label", document.documentElement.lang === "en" ? "Calendar" : "カレンダー");
    const holder = document.createElement("span");
    holder.className = "calendar-holder";
    holder.append(button, calendar);
    field.after(holder);
    button.addEventListener("click", () => {
      const now = tidied(field.value);
      calendar.value = kind === "datetime-local" ? now.replace(" ", "T") : now;
      try {
        calendar.showPicker();
      } catch {
        field.focus();
      }
    });
    calendar.addEventListener("change", () => {
      field.value = calendar.value.replace("T", " ");
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
      field.focus();
    });
    field.addEventListener("blur", () => {
      const tidy = kind === "month" ? field.value : tidied(field.value);
      if (tidy !== field.value) {
        field.value = tidy;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }

  const all = (root) => root.querySelectorAll("input[data-calendar]").forEach(beside);
  all(document);
  /* Lines that a form draws later have days too. */
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.nodeType === Node.ELEMENT_NODE) all(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
})();
