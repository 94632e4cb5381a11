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

  /* A browser breaks a line after a hyphen, and so in a day, and before 円. */
  const DAY = /\d{4}-\d\d(?:-\d\d)?|\d[\d,]*円/g;
  const NEVER = "script, style, svg, textarea, select, title, .unbroken";

  function unbroken(root) {
    const texts = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
      const said = text.nodeValue;
      if (!said.match(DAY) || text.parentElement.closest(NEVER)) continue;
      const parts = document.createDocumentFragment();
      let from = 0;
      for (const found of said.matchAll(DAY)) {
        const whole = document.createElement("span");
        whole.className = "unbroken";
        whole.textContent = found[0];
        parts.append(said.slice(from, found.index), whole);
        from = found.index + found[0].length;
      }
      parts.append(said.slice(from));
      text.replaceWith(parts);
    }
  }

  const all = (root) => root.querySelectorAll("input[data-calendar]").forEach(beside);
  all(document);
  const content = document.getElementById("content");
  if (content) unbroken(content);
  /* Lines that a form draws later have days too. */
  function show(node) {
    all(node);
    if (!node.matches(".unbroken")) unbroken(node);
  }
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node.nodeType === Node.ELEMENT_NODE) show(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
})();
