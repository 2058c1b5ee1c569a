// Ctrl+K: go to a page by a part of its name in either language, to a need or a firm by its name or number, or look
// further for what was typed. Every page of it is reached by links as well.
(() => {
  const dialog = document.getElementById("palette");
  const field = dialog.querySelector("input[name=q]");
  const said = document.getElementById("palette-said");
  const list = dialog.querySelector("ul");
  const pages = [...list.children];
  const button = document.getElementById("palette-open");
  const { find } = dialog.dataset;
  const open = () => { dialog.showModal(); field.select(); };
  const shown = () => [...list.querySelectorAll("li:not([hidden]) a")];
  const tell = () => { said.textContent = shown().length ? "" : said.dataset.nothing; };
  const forget = () => { for (const one of list.querySelectorAll("li.found")) one.remove(); };
  let asked = 0;
  let timer;
  const found = (row) => {
    const item = document.createElement("li");
    item.className = "found";
    for (const link of row.querySelectorAll("a")) {
      const copy = document.createElement("a");
      copy.href = link.href;
      copy.textContent = link.textContent.trim();
      item.append(copy);
    }
    const beside = row.querySelector(".hint");
    if (beside) {
      const hint = document.createElement("span");
      hint.className = "hint";
      hint.textContent = beside.textContent;
      item.firstChild.after(hint);
    }
    return item;
  };
  const look = async (words, mine) => {
    const answer = await fetch(`${find}?q=${encodeURIComponent(words)}`, { redirect: "manual" }).catch(() => null);
    if (mine !== asked) return;
    forget();
    if (answer && answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== asked) return;
      list.append(...[...page.querySelectorAll("main [data-keys] > *")].slice(0, 20).map((row) => found(row)));
    }
    tell();
  };
  const narrow = () => {
    const words = field.value.trim();
    const lower = words.toLocaleLowerCase();
    for (const page of pages) {
      page.hidden = !`${page.textContent} ${page.dataset.also}`.toLocaleLowerCase().includes(lower);
    }
    clearTimeout(timer);
    const mine = ++asked;
    if (find && words.length > 1) {
      timer = setTimeout(() => look(words, mine), 150);
      if (shown().length) said.textContent = "";
      return;
    }
    forget();
    tell();
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
