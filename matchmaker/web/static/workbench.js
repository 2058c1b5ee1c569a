// Keys, dragging and a look for other people's changes on the operator's lists. Every act is a form that works without it.
(() => {
  const list = document.getElementById("shortlist") || document.querySelector("[data-keys]");
  if (!list) return;
  let items = [];
  const gather = () => { items = [...document.querySelectorAll("#shortlist > li, [data-keys] > *")]; };
  gather();
  document.addEventListener("renewed", gather);
  const dialog = document.getElementById("keys");
  const off = document.getElementById("keys-off");
  const button = document.getElementById("keys-button");
  const stored = (value) => {
    try {
      if (value === undefined) return localStorage.getItem("keys-off") === "1";
      localStorage.setItem("keys-off", value ? "1" : "0");
    } catch (refused) { return false; }
    return value;
  };
  off.checked = stored();
  off.addEventListener("change", () => stored(off.checked));
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
  }

  const current = () => items.findIndex((item) => item.contains(document.activeElement));
  const focus = (index) => {
    const item = items[Math.max(0, Math.min(index, items.length - 1))];
    if (item) { item.focus(); item.scrollIntoView({ block: "nearest" }); }
  };
  const press = (item, selector) => { const found = item && item.querySelector(selector); if (found && !found.disabled) found.click(); };
  const acts = {
    j: (item, at) => focus(at + 1),
    k: (item, at) => focus(at < 0 ? 0 : at - 1),
    a: (item) => press(item, "button[value=approved], .approve"),
    r: (item) => {
      const reasons = item && item.querySelector("select[name=reason], .closing select");
      const folded = reasons && reasons.closest("details");
      if (folded) folded.open = true;
      if (reasons) reasons.focus();
    },
    i: (item) => press(item, "input[type=checkbox]"),
    x: (item) => press(item, "input[type=checkbox]"),
    u: (item) => press(item, "button.undo"),
    n: (item) => { const note = item && item.querySelector("details.note"); if (note) { note.open = true; note.querySelector("textarea").focus(); } },
    o: (item) => press(item, "a"),
    t: (item) => press(item, "button.take"),
    "/": () => { const field = document.querySelector("#f-find, #f-supplier"); if (field) field.focus(); },
    J: (item) => press(item, "button.move-down"),
    K: (item) => press(item, "button.move-up"),
    "?": () => dialog.showModal(),
  };
  // A letter is the key's place, whatever alphabet is on: "j" is the same key as the Russian "о".
  const pressed = (event) => {
    const letter = /^Key([A-Z])$/.exec(event.code);
    if (letter) return event.shiftKey ? letter[1] : letter[1].toLowerCase();
    if (event.code === "Slash") return event.shiftKey || event.key === "?" ? "?" : "/";
    return event.key;
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("dialog")) return;
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (event.target.matches("select[name=reason]") && event.code.endsWith("Enter") && event.target.value) {
      event.preventDefault();
      event.target.form.querySelector("button[value=rejected]").click();
      return;
    }
    if (event.code === "Escape" && typing) { focus(current()); return; }
    if (typing || off.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = acts[pressed(event)];
    if (!act) return;
    event.preventDefault();
    const at = current();
    act(items[at], at);
  });

  const all = document.getElementById("tick-all");
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      const boxes = [...document.querySelectorAll("input[name=need]")];
      const on = boxes.some((box) => !box.checked);
      boxes.forEach((box) => { box.checked = on; });
    });
  }

  const ticked = document.getElementById("ticked");
  if (ticked) {
    const count = () => {
      const found = list.querySelectorAll("input[name=match]:checked").length;
      ticked.textContent = found ? `${ticked.dataset.words} ${found}` : "";
    };
    list.addEventListener("change", count);
    count();
  }

  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target && items.includes(target)) target.focus();

  let dragged = null;
  items.forEach((item, index) => {
    const form = item.querySelector(".place-form");
    const rank = item.querySelector(".rank");
    if (!form || !rank) return;
    rank.draggable = true;
    rank.classList.add("handle");
    rank.addEventListener("dragstart", (event) => { dragged = item; event.dataTransfer.setData("text/plain", item.id); });
    rank.addEventListener("dragend", () => { dragged = null; items.forEach((one) => one.classList.remove("over")); });
    item.addEventListener("dragover", (event) => { if (dragged && dragged !== item) { event.preventDefault(); item.classList.add("over"); } });
    item.addEventListener("dragleave", () => item.classList.remove("over"));
    item.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!dragged || dragged === item) return;
      const moved = dragged.querySelector(".place-form");
      const to = document.createElement("input");
      Object.assign(to, { type: "hidden", name: "to", value: String(index + 1) });
      moved.append(to);
      moved.submit();
    });
  });

  const changes = list.dataset.changes;
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(changes, { redirect: "manual" }).catch(() => null);
    if (!answer || !answer.ok) return;
    const found = await answer.json();
    const same = items.length === Object.keys(found).length
      && items.every((item) => String(found[item.dataset.match]) === item.dataset.revision);
    document.getElementById("changed").hidden = same;
  };
  if (changes) setInterval(look, 15000);
})();
