// Brief messages: a button takes them away; those that say «done» leave by themselves after 8 s,
// unless somebody is reading them. Refusals stay until they are dismissed.
const STAY = 8000;

const prepare = (toast) => {
  if (toast.dataset.ready) return;
  toast.dataset.ready = "1";
  const button = toast.querySelector("[data-dismiss]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => toast.remove());
  }
  if (toast.matches(".toast--late, .toast--unknown, .toast--due")) return;
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else toast.remove();
  };
  setTimeout(leave, STAY);
};

const prepareAll = () => document.querySelectorAll("[data-toast]").forEach(prepare);

prepareAll();
document.addEventListener("htmx:afterSettle", prepareAll);
document.addEventListener("htmx:oobAfterSwap", prepareAll);
document.addEventListener("co:messages", prepareAll);
