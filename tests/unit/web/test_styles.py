"""The style sheet is whole: a bracket left open hides every rule after it from some screens."""

from importlib.resources import files


def test_every_block_of_the_style_sheet_is_closed() -> None:
    sheet = (files("matchmaker.web") / "static" / "site.css").read_text(encoding="utf-8")
    depth = 0
    for number, line in enumerate(sheet.splitlines(), 1):
        if line.startswith("@"):
            assert depth == 0, f"a block above line {number} is not closed"
        depth += line.count("{") - line.count("}")
    assert depth == 0
