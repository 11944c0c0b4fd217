// Native dialogs. <a data-dialog="#id" href="page"> opens one; [data-close] closes it.
// data-confirm="sentence" on a form or on its button asks once before what cannot be undone.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.querySelector(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  event.target.closest("[data-close]")?.closest("dialog")?.close();
});

const ask = (sentence, verb) =>
  new Promise((resolve) => {
    const dialog = document.querySelector("#confirm");
    dialog.querySelector("[data-sentence]").textContent = sentence;
    const yes = dialog.querySelector('[value="yes"]');
    yes.textContent = verb ?? yes.dataset.verb;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });

// Capturing, so that htmx does not send before the answer.
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    const source = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!source.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!(await ask(source.dataset.confirm, source.dataset.confirmVerb))) return;
    form.dataset.confirmed = "1";
    form.requestSubmit(event.submitter);
    delete form.dataset.confirmed;
  },
  true,
);
