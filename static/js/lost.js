// A fragment that did not come is said in words; nothing on the page moves, and what was typed stays.
const say = (reason) => {
  const source = document.querySelector(`template[data-lost="${reason}"]`);
  const messages = document.querySelector("#messages");
  if (!source || !messages) return;
  messages.replaceChildren(source.content.cloneNode(true));
  document.dispatchEvent(new CustomEvent("co:messages"));
};

document.addEventListener("htmx:sendError", () => say("connection"));
document.addEventListener("htmx:timeout", () => say("connection"));
document.addEventListener("htmx:responseError", () => say("answer"));
