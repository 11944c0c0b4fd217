// <input type="file" data-names="#id">: says which files were chosen, for the input itself is hidden.
for (const input of document.querySelectorAll("input[data-names]")) {
  const said = document.querySelector(input.dataset.names);
  input.addEventListener("change", () => {
    said.textContent = [...input.files].map((file) => file.name).join(", ");
  });
}
