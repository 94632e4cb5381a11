/* Several boxes of one question: a button above them marks all, or none where all are marked. */

"use strict";

(() => {
  const { all, none } = document.currentScript.dataset;
  const FEWEST = 3;

  function offer(group) {
    const boxes = [...group.querySelectorAll("input[type=checkbox]")];
    if (boxes.length < FEWEST) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "all-boxes";
    const marked = () => boxes.every((box) => box.checked);
    const name = () => { button.textContent = marked() ? none : all; };
    button.addEventListener("click", () => {
      const wanted = !marked();
      boxes.forEach((box) => { box.checked = wanted; });
      boxes[0].dispatchEvent(new Event("change", { bubbles: true }));
    });
    group.addEventListener("change", name);
    group.closest("form").addEventListener("kept-restored", name);
    group.prepend(button);
    name();
  }

  document.querySelectorAll(".verb .value[role=group]").forEach(offer);
})();
