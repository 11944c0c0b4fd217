// `/` searches, `g h` goes home, `n` begins a new one. Never while somebody writes.
const WAIT = 900;
let lastKey = "";
let lastTime = 0;

const isWriting = (element) =>
  element.isContentEditable || element.matches("input, textarea, select, dialog *");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isWriting(event.target) || document.querySelector("dialog[open]:not(.co-dialog--static)")) return;

  const isSecond = event.timeStamp - lastTime < WAIT;
  if (event.key === "/") {
    const search = document.querySelector('[aria-keyshortcuts="/"]');
    if (search && search.offsetParent !== null) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if (event.key === "h" && lastKey === "g" && isSecond) {
    location.assign(document.body.dataset.homeUrl ?? "/");
  } else if (event.key === "n") {
    const address = document.querySelector("[data-new-url]")?.dataset.newUrl;
    if (address) location.assign(address);
  }
  lastKey = event.key;
  lastTime = event.timeStamp;
});
