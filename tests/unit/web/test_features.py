"""docs/features.md against the product: every page of it opens for somebody who may read it, and every command is there."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from matchmaker.cli import cli
from matchmaker.domain.access import AccessVerdict
from tests.access.matrix import ROWS, Row
from tests.access.world import SUBJECTS, World
from tests.support import routes

TOLD = (Path(__file__).parents[3] / "docs" / "features.md").read_text(encoding="utf-8")
LINES = [line for line in TOLD.splitlines() if line.startswith("| ") and not line.startswith("| what | who")]
NAMED = sorted({one for line in LINES for one in re.findall(r"`([^`]+)`", line)})
PAGES = [one for one in NAMED if one.startswith("/")]
COMMANDS = [one for one in NAMED if not one.startswith("/")]


def _rows(app: Flask, page: str) -> list[Row]:
    """The rows of the table of access for a page in which KEY and the like stand for what an address holds."""
    wanted = re.sub(r"\b[A-Z]+\b", "<>", page)
    rules = {
        rule.endpoint for rule in app.url_map.iter_rules() if re.sub(r"<[^>]*>", "<>", rule.rule) == wanted
    }
    return [row for row in ROWS if row.endpoint in rules and row.method == "GET"]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_that_is_named_opens_for_who_may_read_it(app: Flask, world: World, page: str) -> None:
    found = []
    for row in _rows(app, page):
        for thing in world.things(row.on).values():
            for name in SUBJECTS:
                if routes.expected_answer(world, row, name, thing) is AccessVerdict.OK:
                    found.append(routes.ask(app, world, row, name, thing).status_code)
                    if found[-1] == 200:
                        return
    pytest.fail(f"{page}: no such page, or nobody reads it: {found[:20]}")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_is_named_is_there(command: str) -> None:
    program, name = command.split()
    assert program == "matchmaker"
    assert CliRunner().invoke(cli, [name, "--help"]).exit_code == 0


def test_every_line_says_where() -> None:
    assert len(LINES) >= 54
    assert [line for line in LINES if "`" not in line] == []
