// A field that finds firms while one types: arrows walk the list, Enter or a click takes one. The form works without it.
(() => {
  for (const field of document.querySelectorAll("[data-suggest]")) {
    const list = document.createElement("ul");
    list.className = "suggest";
    list.hidden = true;
    field.insertAdjacentElement("afterend", list);
    let asked = 0;
    let timer;
    const close = () => { list.hidden = true; list.replaceChildren(); };
    const take = (firm) => {
      if (field.dataset.fill === undefined) {
        field.value = firm.key;
        field.form.requestSubmit();
        return;
      }
      for (const name of field.dataset.fill.split(" ")) field.form.elements[name].value = firm[name] || "";
      close();
      field.focus();
    };
    const show = (firms) => {
      list.replaceChildren(...firms.map((firm) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = [firm.name, firm.inn, firm.city].filter(Boolean).join(" · ");
        button.addEventListener("click", () => take(firm));
        item.append(button);
        return item;
      }));
      list.hidden = firms.length === 0;
    };
    const look = async () => {
      const words = field.value.trim();
      const mine = ++asked;
      if (words.length < 2) { close(); return; }
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(words)}`, { redirect: "manual" }).catch(() => null);
      if (!answer || !answer.ok) return;
      const firms = await answer.json();
      if (mine === asked) show(firms);
    };
    const step = (by) => {
      const all = [field, ...list.querySelectorAll("button")];
      const next = all[all.indexOf(document.activeElement) + by];
      if (next) next.focus();
    };
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 150); });
    field.parentElement.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.code === "Escape") { event.stopPropagation(); close(); field.focus(); }
      if (event.code === "ArrowDown" || event.code === "ArrowUp") {
        event.preventDefault();
        step(event.code === "ArrowDown" ? 1 : -1);
      }
    });
    field.parentElement.addEventListener("focusout", (event) => {
      if (!field.parentElement.contains(event.relatedTarget)) close();
    });
  }
})();
