// What was typed and is not saved yet is not lost to a link: the browser asks first.
const edits = new Map();
const sent = new WeakMap();

const guarded = (element) => {
  const form = element.form ?? element.closest?.("form");
  return form?.matches("[data-unsaved]") ? form : null;
};

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = guarded(event.target);
    if (form) edits.set(form, (edits.get(form) ?? 0) + 1);
  });
}

// On the window: after everybody who may still say no.
addEventListener("submit", (event) => {
  if (!event.defaultPrevented) edits.delete(event.target);
});

document.addEventListener("htmx:beforeRequest", (event) => sent.set(event.target, edits.get(event.target)));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target;
  if (event.detail.successful && edits.get(form) === sent.get(form)) edits.delete(form);
});

addEventListener("beforeunload", (event) => {
  if (edits.size > 0) event.preventDefault();
});
