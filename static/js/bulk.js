// <form data-bulk>: the bar appears with the first tick and its buttons carry the number.
const update = (form) => {
  const boxes = [...form.querySelectorAll('input[type="checkbox"][name="ids"]')];
  const ticked = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest("tr, li")?.classList.toggle("is-selected", box.checked);
  for (const bar of form.querySelectorAll("[data-bulk-bar]")) bar.hidden = ticked.length === 0;
  for (const number of form.querySelectorAll("[data-bulk-count]")) {
    number.textContent = String(ticked.length);
  }
};

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-bulk]");
  if (!form) return;
  if (event.target.matches("[data-bulk-all]")) {
    for (const box of form.querySelectorAll('input[name="ids"]')) box.checked = event.target.checked;
  }
  update(form);
});
document.querySelectorAll("form[data-bulk]").forEach(update);
