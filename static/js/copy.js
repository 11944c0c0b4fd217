// <button data-copy="#id" hidden>: copies the text of that element and says so on the button.
const read = (element) => ("value" in element ? element.value : element.textContent.trim());

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  event.preventDefault();
  const source = document.querySelector(button.dataset.copy);
  if (!source) return;
  const said = button.querySelector("[data-copy-said]");
  try {
    await navigator.clipboard.writeText(read(source));
    if (said) said.textContent = button.dataset.copied ?? "";
  } catch {
    // No permission or no secure context: select it, so that one key copies.
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    if (said) said.textContent = button.dataset.selected ?? "";
  }
});
