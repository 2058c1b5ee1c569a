"""The style sheet is whole: a brace too few would silently switch off all that follows."""

from pathlib import Path


def test_every_brace_is_closed_on_the_way() -> None:
    sheet = Path(__file__).parents[3] / "matchmaker" / "web" / "static" / "site.css"
    depth = 0
    for number, line in enumerate(sheet.read_text(encoding="utf-8").splitlines(), 1):
        depth += line.count("{") - line.count("}")
        assert 0 <= depth <= 1, f"line {number}"
    assert depth == 0
