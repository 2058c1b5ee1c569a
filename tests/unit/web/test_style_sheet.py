"""The style sheet is whole and in order: a bracket too few would silently switch off what follows it, on some screens or
on all, and a breakpoint that is opened twice is changed in one place only."""

import re
from importlib.resources import files

SHEET = (files("matchmaker.web") / "static" / "site.css").read_text(encoding="utf-8")
SECTIONS = ("Tokens", "Typeface", "Base", "Layout", "Components", "Desks", "Screens", "Print")


def test_every_block_is_closed_on_the_way() -> None:
    depth = 0
    for number, line in enumerate(SHEET.splitlines(), 1):
        if line.startswith("@"):
            assert depth == 0, f"a block above line {number} is not closed"
        depth += line.count("{") - line.count("}")
        assert 0 <= depth <= 2, f"line {number}"
        assert depth < 2 or line.startswith("  "), f"a block above line {number} is not closed"
    assert depth == 0


def test_a_line_says_one_thing() -> None:
    crowded = [
        number
        for number, line in enumerate(SHEET.splitlines(), 1)
        if sum(map(line.count, ";{}")) > 1 or len(line) > 140
    ]
    assert crowded == []


def test_every_breakpoint_is_opened_once() -> None:
    opened = [line for line in SHEET.splitlines() if line.startswith("@media")]
    assert len(opened) == len(set(opened))


def test_the_sections_are_in_order() -> None:
    starts = [SHEET.index(f"/* {section}") for section in SECTIONS]
    assert starts == sorted(starts)
    assert SHEET.index("@media") > starts[SECTIONS.index("Screens")]


def test_colours_are_tokens() -> None:
    """Named once, so that a dark screen and paper change all of them."""
    rules = SHEET[SHEET.index("/* Base") : SHEET.index("/* Screens")]
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(", rules) == []


def test_every_token_is_there_and_is_used() -> None:
    given = set(re.findall(r"^ +(--[a-z0-9-]+):", SHEET, re.MULTILINE))
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", SHEET))
    assert used - given == set()
    assert given - used == set()
