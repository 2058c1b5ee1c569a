// Says under a field, while one types, how the search understands each word; a press takes a word that it knows instead.
(() => {
  for (const list of document.querySelectorAll("[data-understood]")) {
    const field = document.getElementById(list.dataset.of);
    let asked = 0;
    let timer;
    const look = async () => {
      const mine = ++asked;
      const answer = await fetch(`${list.dataset.understood}&q=${encodeURIComponent(field.value)}`, { redirect: "manual" }).catch(() => null);
      if (answer && answer.ok) {
        const { html } = await answer.json();
        if (mine === asked) list.innerHTML = html;
      }
    };
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 300); });
    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-instead]");
      if (!button) return;
      field.value = field.value.replace(button.dataset.word, () => button.dataset.instead);
      field.focus();
      look();
    });
  }
})();
