// <fieldset data-choices>: the long list shows only for «another thing», and the chosen button says
// who attends to it and how soon.
for (const set of document.querySelectorAll("[data-choices]")) {
  const radios = [...set.querySelectorAll('input[type="radio"]')];
  const list = set.querySelector("[data-other]");
  const note = set.querySelector("[data-choice-note]");
  if (radios.length === 0) continue;
  const show = () => {
    const chosen = radios.find((radio) => radio.checked);
    const hasError = list.querySelector(".is-invalid") !== null;
    list.hidden = chosen?.value !== "other" && !hasError;
    note.hidden = !chosen?.dataset.note;
    note.querySelector("span").textContent = chosen?.dataset.note ?? "";
  };
  set.addEventListener("change", show);
  show();
}
