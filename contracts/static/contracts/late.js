/* The late part of a page: asked for once the page is there, its pieces put where their places are kept. */

"use strict";

(() => {
  const places = [...document.querySelectorAll("[data-late]")];
  const asking = document.querySelector("[data-late-part]");
  if (!asking || !places.length) return;

  function failed() {
    /* The place keeps its link to the whole page. */
    asking.classList.add("failed");
    for (const place of places) place.removeAttribute("aria-busy");
  }

  async function fill() {
    try {
      const answer = await fetch(asking.dataset.latePart, { redirect: "error" });
      if (!answer.ok) return failed();
      const part = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const place of places) {
        const piece = part.querySelector(`[data-late="${place.dataset.late}"]`);
        place.replaceWith(...(piece ? piece.childNodes : []));
      }
      document.documentElement.dataset.lateDone = "1";
      const named = window.location.hash && document.getElementById(window.location.hash.slice(1));
      if (named) named.scrollIntoView();
    } catch {
      failed();
    }
  }

  fill();
})();
