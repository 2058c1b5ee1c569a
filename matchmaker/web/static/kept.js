// Typed text is kept in this browser until it is saved, and offered again after an accident; signing out forgets it.
(() => {
  const PREFIX = "kept:";
  const store = (act) => { try { return act(localStorage); } catch (refused) { return null; } };
  const forget = () => store((kept) => Object.keys(kept).filter((name) => name.startsWith(PREFIX)).forEach((name) => kept.removeItem(name)));
  document.querySelectorAll("form[action$='/logout']").forEach((form) => form.addEventListener("submit", forget));

  document.querySelectorAll("form[data-keep]").forEach((form) => {
    const name = PREFIX + form.dataset.keep + ":" + location.pathname;
    const fields = [...form.elements].filter((field) => field.name && !["hidden", "file", "password", "submit", "button", "checkbox"].includes(field.type));
    const typed = () => JSON.stringify(fields.map((field) => field.value));
    const given = typed();
    const save = () => store((kept) => (typed() === given ? kept.removeItem(name) : kept.setItem(name, JSON.stringify({ given, typed: typed() }))));
    let waiting = 0;
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(save, 400); });
    window.addEventListener("pagehide", () => { if (waiting) { clearTimeout(waiting); save(); } });
    // What is sent is kept by the site, which gives it back if anything in it is wrong.
    form.addEventListener("submit", () => { clearTimeout(waiting); waiting = 0; store((kept) => kept.removeItem(name)); });

    const found = store((kept) => JSON.parse(kept.getItem(name) || "null"));
    if (!found) return;
    if (found.given !== given) { store((kept) => kept.removeItem(name)); return; }
    const bar = document.createElement("div");
    bar.className = "flash row";
    bar.setAttribute("role", "status");
    const words = document.createElement("span");
    words.textContent = form.dataset.offer;
    const button = (text, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      made.addEventListener("click", () => { act(); bar.remove(); fields[0].focus(); });
      return made;
    };
    const restore = () => JSON.parse(found.typed).forEach((value, at) => { if (fields[at]) fields[at].value = value; });
    bar.append(words, button(form.dataset.restore, restore), button(form.dataset.discard, () => store((kept) => kept.removeItem(name))));
    form.before(bar);
  });
})();
