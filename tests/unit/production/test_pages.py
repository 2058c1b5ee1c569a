"""What the pages of docs tell an administrator to do can be done."""

import re
from pathlib import Path

import pytest

from tests.support import production
from tests.support.production import ROOT

PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TARGETS = {
    *re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE),
    *(f"check-{path.stem}" for path in (ROOT / "tests" / "checks").iterdir()),
}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_setting_and_command_of_a_page_is_real(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert production.unknown_settings(text) == set()
    assert [
        wrong for words in production.commands_in(text) if (wrong := production.unknown_command(words))
    ] == []
    assert set(re.findall(r"`make ([a-z][a-z-]*)", text)) <= TARGETS


@pytest.mark.parametrize(
    "row", [line for line in SECURITY.splitlines() if re.match(r"\| (?!promise|what is done|---)", line)]
)
def test_a_promise_has_its_check(row: str) -> None:
    promise, *_, check = [cell.strip() for cell in row.strip("|").split(" | ")]
    assert promise
    assert "`" in check or check == "no command yet", "the command, or these words"
    for path in re.findall(r"tests/[\w/.]+", check):
        assert (ROOT / path).exists(), path
    for paths, chosen in re.findall(r"pytest ((?:tests/[\w/.]+ ?)+)-k (\w+|\"[^\"]+\")", check):
        written = "".join(_tests_in(path) for path in paths.split())
        for word in set(re.findall(r"\w+", chosen)) - {"or", "and", "not"}:
            assert word in written, f"no test of {paths}is chosen by {word}"


def _tests_in(path: str) -> str:
    """The text of a file of tests, or of those of a folder."""
    place = ROOT / path
    files = place.rglob("*.py") if place.is_dir() else [place]
    return "".join(file.read_text(encoding="utf-8") for file in files)
