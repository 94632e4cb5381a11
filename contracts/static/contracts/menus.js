"use strict";
// Menus of verbs (details.choose): one is open at a time, and Escape or a click beside it closes it.

function closeMenus(but) {
  for (const menu of document.querySelectorAll("details.choose[open]")) {
    if (menu !== but) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details.choose")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.choose[open]");
  closeMenus(null);
  if (open) open.querySelector("summary").focus();
});
