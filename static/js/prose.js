// Before the prose editor: its words in the language of the page, and a name for its text box.
// A classic script on purpose: the editor reads window.gettext when its module is evaluated.
(() => {
  const words = JSON.parse(document.querySelector("#prose-words").textContent);
  window.gettext = (text) => words[text] ?? text;

  document.addEventListener("prose-editor:ready", (event) => {
    const { textarea } = event.detail;
    const editor = textarea.closest(".prose-editor");
    const box = editor.querySelector('[contenteditable="true"]');
    const label = document.querySelector(`label[for="${textarea.id}"]`);
    if (label) {
      label.id ||= `${textarea.id}_label`;
      box.setAttribute("aria-labelledby", label.id);
      label.addEventListener("click", () => box.focus());
    }
    box.setAttribute("aria-multiline", "true");
    box.removeAttribute("translate");
    const described = textarea.getAttribute("aria-describedby");
    if (described) box.setAttribute("aria-describedby", described);
    if (textarea.getAttribute("aria-invalid")) box.setAttribute("aria-invalid", "true");

    for (const button of editor.querySelectorAll(".prose-menubar__button")) {
      button.title = words[button.title] ?? button.title;
      button.setAttribute("aria-label", button.title);
    }
    for (const option of editor.querySelectorAll(".prose-menubar__option > *")) {
      option.textContent = words[option.textContent] ?? option.textContent;
    }
  });
})();
