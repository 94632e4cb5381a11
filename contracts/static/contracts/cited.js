/* A clause's own words beside every place that cites it: each 第10条第2項第8号, 別紙4第1項 or I-38 on a page becomes a button that
   opens them. What a citation looks like is told by the server (contracts.terms.citations), which also has the words. */

"use strict";

(() => {
  const { pattern, words, label, close, failed } = document.currentScript.dataset;
  const CITATION = new RegExp(pattern, "g");
  const NEVER = "a, button, label, select, textarea, input, script, style, svg, title, summary, nav, [data-cited='never'], .cited-words";

  const place = document.createElement("div");
  let opener = null;

  function button(text) {
    const found = document.createElement("button");
    found.type = "button";
    found.className = "cited";
    found.textContent = text;
    found.setAttribute("aria-haspopup", "dialog");
    return found;
  }

  /* A bracket stays with the citation that it opens or closes: no line ends with 「（」 or begins with 「）」, 「、」, 「。」. */
  const OPENS = /[（「]$/, CLOSES = /^[）」、。]+/;

  function held(before, cited, after) {
    const found = document.createElement("span");
    found.className = "unbroken";
    found.append(before, cited, after);
    return found;
  }

  /* The citations of one text, each as a button; the rest of the text stays as it is. */
  function mark(node) {
    const text = node.nodeValue;
    const parts = document.createDocumentFragment();
    let from = 0;
    for (const found of text.matchAll(CITATION)) {
      const before = text.slice(from, found.index), end = found.index + found[0].length;
      const opens = OPENS.exec(before)?.[0] || "", closes = CLOSES.exec(text.slice(end))?.[0] || "";
      const cited = button(found[0]);
      parts.append(before.slice(0, before.length - opens.length), opens || closes ? held(opens, cited, closes) : cited);
      from = end + closes.length;
    }
    if (!from) return;
    parts.append(text.slice(from));
    node.replaceWith(parts);
  }

  function markAll(root) {
    if (root.nodeType === Node.TEXT_NODE) {
      if (root.parentElement && !root.parentElement.closest(NEVER)) mark(root);
      return;
    }
    if (root.nodeType !== Node.ELEMENT_NODE || root.closest(NEVER)) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
      if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
      return node.matches(NEVER) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
    });
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    texts.forEach(mark);
  }

  /* Below the button, or above it where there is more room; within the window. */
  function put() {
    const at = opener.getBoundingClientRect();
    const room = window.innerHeight - at.bottom;
    const above = room < place.offsetHeight + 16 && at.top > room;
    place.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - place.offsetWidth - 8))}px`;
    place.style.top = above ? `${Math.max(8, at.top - place.offsetHeight - 6)}px` : `${at.bottom + 6}px`;
    place.style.maxHeight = `${Math.max(120, (above ? at.top : room) - 20)}px`;
  }

  async function open(from) {
    opener = from;
    const said = from.textContent;
    const body = place.querySelector(".body");
    body.textContent = "…";
    place.showPopover();
    from.setAttribute("aria-expanded", "true");
    put();
    place.querySelector("button").focus({ preventScroll: true });
    try {
      const answer = await fetch(`${words}?${new URLSearchParams({ said })}`, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const text = await answer.text();
      if (opener !== from) return;
      body.innerHTML = text;
    } catch {
      body.textContent = failed;
    }
    put();
  }

  function prepare() {
    place.className = "cited-words";
    place.id = "cited-words";
    place.popover = "auto";
    place.setAttribute("role", "dialog");
    place.setAttribute("aria-label", label);
    const shut = document.createElement("button");
    shut.type = "button";
    shut.className = "shut";
    shut.textContent = close;
    shut.addEventListener("click", () => place.hidePopover());
    const body = document.createElement("div");
    body.className = "body";
    body.setAttribute("aria-live", "polite");
    body.tabIndex = 0;
    place.append(shut, body);
    document.body.append(place);
    place.addEventListener("toggle", (event) => {
      if (event.newState !== "closed" || !opener) return;
      opener.removeAttribute("aria-expanded");
      if (document.activeElement === document.body || place.contains(document.activeElement)) opener.focus();
      opener = null;
    });
    window.addEventListener("resize", () => opener && place.hidePopover());
  }

  document.addEventListener("DOMContentLoaded", () => {
    const content = document.getElementById("main") || document.body;
    prepare();
    markAll(content);
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(markAll))).observe(content, {
      childList: true,
      subtree: true,
    });
    document.addEventListener("click", (event) => {
      const from = event.target.closest("button.cited");
      if (from) open(from);
    });
  });
})();
