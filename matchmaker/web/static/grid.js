// A grid of cells one can walk like a spreadsheet: a copied block fills the cells from the one it is pasted into, Enter goes down,
// Shift+Enter up, arrows up and down. Without this the cells are plain fields, and the block goes into the text field below.
(() => {
  document.querySelectorAll("table[data-grid]").forEach((table) => {
    const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("input.cell")]);
    const said = document.getElementById(table.dataset.grid);
    const at = (cell) => { const row = rows.findIndex((cells) => cells.includes(cell)); return [row, row < 0 ? -1 : rows[row].indexOf(cell)]; };
    const go = (row, column) => { const cell = rows[row] && rows[row][column]; if (cell) { cell.focus(); cell.select(); } };

    table.addEventListener("paste", (event) => {
      const text = (event.clipboardData || window.clipboardData).getData("text").replace(/\r/g, "").replace(/\n+$/, "");
      const [row, column] = at(event.target);
      if (row < 0 || !/[\t\n]/.test(text)) return;
      event.preventDefault();
      let filled = 0;
      let left = 0;
      text.split("\n").forEach((line, down) => line.split("\t").forEach((value, across) => {
        const cell = rows[row + down] && rows[row + down][column + across];
        if (!cell) { if (value.trim()) left += 1; return; }
        cell.value = value.trim();
        cell.dispatchEvent(new Event("input", { bubbles: true }));
        filled += 1;
      }));
      if (said) said.textContent = (left ? table.dataset.partly : table.dataset.filled).replace("{filled}", filled).replace("{left}", left);
    });

    table.addEventListener("keydown", (event) => {
      const [row, column] = at(event.target);
      if (row < 0 || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
      const step = event.code.endsWith("Enter") ? (event.shiftKey ? -1 : 1) : event.code === "ArrowDown" ? 1 : event.code === "ArrowUp" ? -1 : 0;
      if (!step) return;
      event.preventDefault();
      if (rows[row + step]) go(row + step, column);
      else if (event.code.endsWith("Enter") && step > 0) go(0, column + 1);
    });
  });
})();
