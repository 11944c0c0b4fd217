// A form that saves by itself carries the version that its reader saw, and the answer to each saving brings the
// next one. Who presses the button while a saving is under way waits for that answer; otherwise one's own words
// would come back as somebody else's.
const saving = new WeakSet();
const waiting = new Map();

const savesItself = (form) => form.matches?.('form[hx-trigger*="input"]');

document.addEventListener("htmx:beforeRequest", (event) => {
  if (savesItself(event.target)) saving.add(event.target);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target;
  saving.delete(form);
  if (!waiting.has(form)) return;
  const button = waiting.get(form);
  waiting.delete(form);
  form.requestSubmit(button);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!saving.has(form)) return;
  event.preventDefault();
  waiting.set(form, event.submitter);
});
