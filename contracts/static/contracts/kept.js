/* What is typed is kept in this browser until it is stored: a log-in that ran out, a log-in elsewhere or a closed tab lose
   nothing. A form with data-kept is kept under its address and its person; the server names by a cookie what it has stored. */

"use strict";

(() => {
  const PREFIX = "kept:";
  const MOST_AGE = 14 * 24 * 3600 * 1000;
  const NEVER = new Set(["csrfmiddlewaretoken", "once", "seen", "following", "entries_seen", "judged_on"]);

  const read = (key) => {
    try {
      return JSON.parse(window.localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const write = (key, entry) => {
    try {
      window.localStorage.setItem(key, JSON.stringify(entry));
    } catch {
      /* A browser that keeps nothing works as it did before. */
    }
  };
  const drop = (key) => {
    try {
      window.localStorage.removeItem(key);
    } catch {
      /* The same. */
    }
  };
  const keys = () => {
    try {
      return Object.keys(window.localStorage).filter((key) => key.startsWith(PREFIX));
    } catch {
      return [];
    }
  };

  /* What was stored, and what is older than anybody waits for, goes. */
  const stored = (document.cookie.match(/(?:^|; )stored=([0-9a-f-]+)/) || [])[1];
  if (stored) document.cookie = "stored=; path=/; max-age=0; samesite=lax";
  for (const key of keys()) {
    const entry = read(key);
    if (!entry || entry.once === stored || Date.now() - entry.at > MOST_AGE) drop(key);
  }

  /* Once the scripts of single pages are there, which know how to fill their own forms. */
  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form[data-kept]");
    if (form) keepForm(form);
  });

  function keepForm(form) {
    const address = window.location.pathname + window.location.search;
    const key = `${PREFIX}${form.dataset.kept}:${address}`;

    function fields() {
      const found = [];
      for (const field of form.elements) {
        if (!field.name || NEVER.has(field.name) || ["password", "submit", "file"].includes(field.type)) continue;
        if ((field.type === "checkbox" || field.type === "radio") && !field.checked) continue;
        if (field.tagName === "BUTTON" || field.disabled) continue;
        const values = field.multiple ? [...field.selectedOptions].map((option) => option.value) : [field.value];
        values.forEach((value) => found.push([field.name, value]));
      }
      return found;
    }

    /* A browser lets nobody choose a file for a person: what is kept of it is its name, to be told. */
    const files = () => [...form.elements].filter((field) => field.type === "file").flatMap((field) => [...field.files]);
    let chosen = [];

    function keep() {
      const names = files().map((file) => file.name);
      if (names.length) chosen = names;
      write(key, { once: form.elements.once.value, at: Date.now(), fields: fields(), chosen });
    }

    function restore(entry) {
      const taken = form.dispatchEvent(new CustomEvent("kept", { detail: entry.fields, cancelable: true }));
      if (!taken) return;
      const byName = new Map();
      entry.fields.forEach(([name, value]) => byName.set(name, [...(byName.get(name) || []), value]));
      for (const field of form.elements) {
        if (!field.name || field.type === "hidden" || field.type === "file" || NEVER.has(field.name) || field.tagName === "BUTTON") continue;
        const values = byName.get(field.name) || [];
        if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
        else if (field.multiple) [...field.options].forEach((option) => { option.selected = values.includes(option.value); });
        else if (values.length) field.value = values[0];
      }
      form.dispatchEvent(new CustomEvent("kept-restored"));
    }

    function tell(entry) {
      const told = document.createElement("div");
      told.className = "kept-note";
      told.setAttribute("role", "status");
      const words = document.createElement("p");
      const at = new Date(entry.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
      words.textContent = form.dataset.keptRestored.replace("{at}", at);
      if (chosen.length) words.textContent += ` ${form.dataset.keptFile.replace("{name}", chosen.join(", "))}`;
      const away = document.createElement("button");
      away.type = "button";
      away.textContent = form.dataset.keptDiscard;
      away.addEventListener("click", () => {
        typed = false;
        drop(key);
        window.location.replace(window.location.href);
      });
      told.append(words, away);
      form.prepend(told);
    }

    let typed = form.dataset.keptPosted === "yes";
    let waiting = null;
    const entry = read(key);
    if (entry) chosen = entry.chosen || [];
    if (typed) keep();
    else if (entry) {
      restore(entry);
      tell(entry);
      typed = true;
      keep();
    }

    const changed = () => {
      typed = true;
      clearTimeout(waiting);
      waiting = setTimeout(keep, 200);
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("kept-changed", changed);
    form.addEventListener("submit", () => { if (typed) keep(); });
    window.addEventListener("pagehide", () => { if (typed) keep(); });
  }
})();
