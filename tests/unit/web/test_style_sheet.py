"""The style sheet is whole: a bracket too few would silently switch off what follows it, on some screens or on all."""

from importlib.resources import files


def test_every_block_is_closed_on_the_way() -> None:
    sheet = (files("matchmaker.web") / "static" / "site.css").read_text(encoding="utf-8")
    depth = 0
    for number, line in enumerate(sheet.splitlines(), 1):
        if line.startswith("@"):
            assert depth == 0, f"a block above line {number} is not closed"
        depth += line.count("{") - line.count("}")
        assert 0 <= depth <= 1, f"line {number}"
    assert depth == 0
