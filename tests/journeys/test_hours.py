"""Spare hours typed like in a spreadsheet: a copied block fills the cells, Enter goes down; without scripts the text field does."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.walker import Walker

PASTE = """(cell, text) => {
  const data = new DataTransfer();
  data.setData("text", text);
  cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_a_block_is_pasted_into_the_cells_and_enter_goes_down(
    chromium: Browser, address: str, width: int
) -> None:
    with chromium.new_context(viewport={"width": width, "height": 800}, locale="ru") as context:
        walker = Walker(context.new_page(), address)
        page = walker.page
        walker.sign_in("supplier")
        walker.go("/shop/capacity/")
        cells = page.locator("input.cell")
        rows = page.locator("tbody tr").filter(has=page.locator("input.cell")).count()
        assert rows >= 2
        across = cells.count() // rows
        cells.first.evaluate(PASTE, "40\t40/10\r\n30\t20\r\n")
        filled = [cells.nth(at).input_value() for at in (0, 1, across, across + 1)]
        assert filled == ["40", "40/10", "30", "20"]
        assert page.locator("#pasted").inner_text() != ""
        cells.first.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == cells.nth(across).get_attribute("id")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == cells.nth(across + 1).get_attribute("id")
        walker.press("main form button.main >> nth=-1")
        walker.go("/shop/capacity/")
        assert [cells.nth(at).input_value() for at in (0, 1, across, across + 1)] == filled
        assert walker.wrong == []
