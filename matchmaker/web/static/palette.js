// Ctrl+K: go to a page by a part of its name, or find what was typed. Every page of it is reached by links as well.
(() => {
  const dialog = document.getElementById("palette");
  const field = dialog.querySelector("input[name=q]");
  const pages = [...dialog.querySelectorAll("li")];
  const button = document.getElementById("palette-open");
  const open = () => { dialog.showModal(); field.select(); };
  const shown = () => pages.filter((page) => !page.hidden).map((page) => page.querySelector("a"));
  const narrow = () => {
    const words = field.value.trim().toLocaleLowerCase();
    for (const page of pages) page.hidden = !page.textContent.toLocaleLowerCase().includes(words);
  };
  const step = (by) => {
    const stops = [field, ...shown()];
    const next = stops[stops.indexOf(document.activeElement) + by];
    if (next) next.focus();
  };
  button.hidden = false;
  button.addEventListener("click", open);
  field.addEventListener("input", narrow);
  document.addEventListener("keydown", (event) => {
    if (event.code === "KeyK" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      if (dialog.open) dialog.close();
      else open();
    }
  });
  field.addEventListener("keydown", (event) => {
    const [first] = shown();
    if (!event.code.endsWith("Enter") || !field.value.trim() || !first) return;
    event.preventDefault();
    first.click();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.code !== "ArrowDown" && event.code !== "ArrowUp") return;
    event.preventDefault();
    step(event.code === "ArrowDown" ? 1 : -1);
  });
})();
