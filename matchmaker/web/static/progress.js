// Shows how far a file is, and the page anew once it is done. Without it a link does the same.
(() => {
  const box = document.querySelector("[data-progress]");
  if (!box) return;
  const bar = box.querySelector("progress");
  const percent = box.querySelector(".percent");
  const pace = box.querySelector(".pace");
  const look = async () => {
    const answer = await fetch(box.dataset.progress, { redirect: "manual" }).catch(() => null);
    if (!answer || !answer.ok) return;
    const found = await answer.json();
    bar.value = found.progress;
    percent.textContent = found.progress;
    if (pace && found.pace) pace.textContent = found.pace;
    if (found.state !== box.dataset.state) location.reload();
  };
  setInterval(look, 1500);
})();
