// Copies a field's text. Where the browser has no clipboard for us, the text is selected instead.
(() => {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      const done = await (navigator.clipboard ? navigator.clipboard.writeText(field.value).then(() => true, () => false) : false);
      if (done) button.textContent = button.dataset.done;
    });
  }
})();
