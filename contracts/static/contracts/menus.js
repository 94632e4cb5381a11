"use strict";
// Menus of verbs (details.choose) and the help of a screen: one is open at a time, and Escape, a click beside it or leaving it by Tab closes
// it. Arrows walk through a menu's links.

(() => {
  const MENUS = "details.choose, details.screen-help";

  function closeMenus(but) {
    for (const menu of document.querySelectorAll(MENUS)) {
      if (menu !== but) menu.open = false;
    }
  }

  function step(event, menu) {
    const all = [menu.querySelector("summary"), ...menu.querySelectorAll("a")];
    const next = all[all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
    if (!all.includes(event.target) || (!menu.open && event.key === "ArrowUp")) return;
    event.preventDefault();
    menu.open = true;
    if (next) next.focus();
  }

  document.addEventListener("click", (event) => closeMenus(event.target.closest(MENUS)));
  document.addEventListener("focusin", (event) => closeMenus(event.target.closest(MENUS)));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = document.querySelector("details.choose[open], details.screen-help[open]");
      closeMenus(null);
      if (open) open.querySelector("summary").focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const menu = event.target.closest("details.choose");
      if (menu) step(event, menu);
    }
  });
})();
