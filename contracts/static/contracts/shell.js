/* The search on every page: "/" goes there, typing shows what is found, arrows walk through it, Enter opens the first, Escape leaves. */

"use strict";

(() => {
  const form = document.getElementById("search");
  if (!form) return;
  const field = form.elements.q;
  const found = document.getElementById("search-found");
  const WAIT = 150;
  let waiting = null;
  let asking = null;
  let shown = "";
  let opens = false;

  const links = () => [...found.querySelectorAll("a")];
  const typing = (element) => element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);

  function close() {
    found.hidden = true;
  }

  async function ask() {
    const term = field.value.trim();
    if (asking) asking.abort();
    if (!term) {
      shown = "";
      return close();
    }
    asking = new AbortController();
    try {
      const query = new URLSearchParams({ q: term, part: "1" });
      const answer = await fetch(`${form.action}?${query}`, { signal: asking.signal, redirect: "error" });
      if (!answer.ok) return close();
      /* Made by the server, which escapes whatever people typed. */
      found.innerHTML = await answer.text();
      shown = term;
      found.hidden = false;
      if (opens) openFirst();
    } catch {
      /* Asked for something else meanwhile, or signed out: the page of the search tells. */
    }
  }

  function openFirst() {
    opens = false;
    const first = links()[0];
    if (first) window.location.assign(first.href);
  }

  field.addEventListener("input", () => {
    opens = false;
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT);
  });
  field.addEventListener("focus", () => {
    if (shown && shown === field.value.trim()) found.hidden = false;
  });
  form.addEventListener("submit", (event) => {
    const term = field.value.trim();
    if (term && term === shown && links().length) {
      event.preventDefault();
      openFirst();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "Escape" && !found.hidden && form.contains(event.target)) {
      close();
      field.focus();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !found.hidden && form.contains(event.target)) {
      const all = [field, ...links()];
      const at = all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
      if (all[at]) {
        event.preventDefault();
        all[at].focus();
      }
    }
  });
  document.addEventListener("focusin", (event) => { if (!form.contains(event.target)) close(); });
  document.addEventListener("pointerdown", (event) => { if (!form.contains(event.target)) close(); });
})();
