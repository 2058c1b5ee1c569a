// An act in a list renews that list alone: the form's answer is read, and the part with the same id is put in place of the old one.
(() => {
  const parts = (form) => form.dataset.inPlace.split(" ");
  const send = async (form, sent) => {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(sent) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("main")) throw new Error("no page of the site came");
    if (!answer.ok || !parts(form).every((id) => page.getElementById(id))) {
      document.querySelector("main").replaceWith(page.querySelector("main"));
      history.pushState(null, "", answer.url);
      document.querySelector("main").focus();
      return;
    }
    const rows = [...document.querySelectorAll("[data-keys] > *")];
    const at = rows.findIndex((row) => row.contains(form));
    const key = at < 0 ? "" : rows[at].id;
    for (const id of parts(form)) document.getElementById(id).replaceWith(page.getElementById(id));
    document.querySelectorAll("main > .flash").forEach((old) => old.remove());
    document.querySelector("main").prepend(...page.querySelectorAll("main > .flash"));
    const now = [...document.querySelectorAll("[data-keys] > *")];
    const next = document.getElementById(key) || now[Math.min(Math.max(at, 0), now.length - 1)];
    if (next) next.focus();
    document.dispatchEvent(new Event("renewed"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.inPlace || event.defaultPrevented) return;
    event.preventDefault();
    const { submitter } = event;
    const sent = new FormData(form, submitter);
    if (submitter) submitter.disabled = true;
    // Where no answer comes the form goes its usual way, which tells why; an act that came twice is done once.
    send(form, sent).catch(() => {
      if (submitter) submitter.disabled = false;
      delete form.dataset.inPlace;
      form.requestSubmit(submitter);
    });
  });
})();
