// Typed text is kept in this browser and, a little later, by the site until it is saved, and offered again after an accident,
// on another device too; signing out forgets it in this browser.
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
    let sent = "";
    const send = (words) => {
      if (!form.dataset.keepAt || words === sent) return;
      sent = words;
      const body = new URLSearchParams({ page: location.pathname, given, typed: words, csrf_token: form.elements.csrf_token.value });
      // Without a network the browser's own copy remains, and the next change tries again.
      fetch(form.dataset.keepAt, { method: "POST", body, keepalive: body.toString().length < 60000 }).catch(() => { sent = ""; });
    };
    let waiting = 0;
    let sending = 0;
    form.addEventListener("input", () => {
      clearTimeout(waiting); waiting = setTimeout(save, 400);
      clearTimeout(sending); sending = setTimeout(() => send(typed() === given ? "" : typed()), 3000);
    });
    window.addEventListener("pagehide", () => {
      if (waiting) { clearTimeout(waiting); save(); }
      if (sending) { clearTimeout(sending); send(typed() === given ? "" : typed()); }
    });
    // What is sent is kept by the site, which gives it back if anything in it is wrong.
    form.addEventListener("submit", () => {
      clearTimeout(waiting); clearTimeout(sending); waiting = sending = 0;
      store((kept) => kept.removeItem(name));
      if (sent) send("");
    });

    const offer = (found) => {
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
      const drop = () => { store((kept) => kept.removeItem(name)); sent = " "; send(""); };
      bar.append(words, button(form.dataset.restore, restore), button(form.dataset.discard, drop));
      form.before(bar);
    };
    const own = store((kept) => JSON.parse(kept.getItem(name) || "null"));
    if (own && own.given === given) { sent = own.typed; offer(own); return; }
    if (own) store((kept) => kept.removeItem(name));
    if (!form.dataset.keepAt) return;
    fetch(`${form.dataset.keepAt}?page=${encodeURIComponent(location.pathname)}`, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : {}))
      .then((found) => { if (found.typed && found.given === given && found.typed !== typed()) { sent = found.typed; offer(found); } })
      .catch(() => {});
  });
})();
