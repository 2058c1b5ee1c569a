"""Templates can be read and compared line by line, and their layout does not glue together what it is shown apart."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from matchmaker import resources

LONGEST = 140
FOLDER = Path(str(resources.folder("templates")))
TEMPLATES = sorted(path for path in FOLDER.rglob("*.*") if path.suffix in {".html", ".txt", ".typ"})
# An attribute that is there sometimes. The line break after a statement is not rendered, nor the indent of the next.
_SOMETIMES = re.compile(r"\s*\{% if [^%]*%\}[\w-]+(=\"[^<]*\")?\{% endif %\}")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_line_can_be_read_at_once(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > LONGEST] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_attributes_that_may_be_absent_are_not_glued(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    glued = [
        number
        for number, (one, other) in enumerate(pairwise(lines), 2)
        if _SOMETIMES.fullmatch(one) and other.lstrip().startswith("{% if")
    ]
    assert glued == []
