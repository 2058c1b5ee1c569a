// Shows the page anew once its files are opened, unless something is chosen or typed in it. Without it a link does the same.
(() => {
  const box = document.querySelector("[data-opening]");
  if (!box) return;
  const isTouched = (one) => {
    if (one.type === "file") return one.files.length > 0;
    if (one.options) return [...one.options].some((option) => option.selected !== option.defaultSelected);
    return one.checked === undefined || one.type === "text" ? one.value !== one.defaultValue : one.checked !== one.defaultChecked;
  };
  let left = 90;
  const look = async () => {
    left -= 1;
    if (left < 0 || document.hidden) return;
    const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
    if (!answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const count = page.querySelector("[data-opening]")?.dataset.opening;
    if (count === box.dataset.opening) return;
    const fields = document.querySelectorAll("main input:not([type=hidden]), main textarea, main select");
    if (![...fields].some(isTouched)) location.reload();
  };
  setInterval(look, 2000);
})();
