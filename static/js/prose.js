// Before the prose editor: its words in the language of the page, and a name for its text box.
// A classic script on purpose: the editor reads window.gettext when its module is evaluated.
(() => {
  const words = JSON.parse(document.querySelector("#prose-words").textContent);
  window.gettext = (text) => words[text] ?? text;

  // Only what differs is written: writing is a change too, and changes call this again.
  const relabel = (editor) => {
    for (const button of editor.querySelectorAll(".prose-menubar__button")) {
      const word = words[button.title];
      if (!word || word === button.title) continue;
      button.title = word;
      button.setAttribute("aria-label", word);
    }
    for (const option of editor.querySelectorAll(".prose-menubar__option > *")) {
      const word = words[option.textContent];
      if (word && word !== option.textContent) option.textContent = word;
    }
  };

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

    // The menu is drawn after this event, and drawn again when the selection changes what it offers.
    relabel(editor);
    new MutationObserver(() => relabel(editor)).observe(editor, { childList: true, subtree: true });
  });
})();
