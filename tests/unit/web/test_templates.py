"""Templates can be read and compared line by line, and their layout does not glue together what it is shown apart."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from matchmaker import resources

LONGEST = 140
FOLDER = Path(str(resources.folder("templates")))
TEMPLATES = sorted(path for path in FOLDER.rglob("*.*") if path.suffix in {".html", ".txt", ".typ"})
MACROS = sorted((FOLDER / "macros").glob("*.html"))
PAGES = [path for path in TEMPLATES if path.suffix == ".html" and path not in MACROS]
_FIELD = re.compile(r"<(?:input|select|textarea)\b")
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


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_fields_come_from_the_macros(path: Path) -> None:
    assert _FIELD.findall(path.read_text(encoding="utf-8")) == []


def test_a_macro_is_imported_where_it_is_called() -> None:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    trees = {path: environment.parse(path.read_text(encoding="utf-8")) for path in (*PAGES, *MACROS)}
    macros = {macro.name for path in MACROS for macro in trees[path].find_all(nodes.Macro)}
    forgotten = {
        (str(path.relative_to(FOLDER)), name)
        for path, tree in trees.items()
        for name in (_called(tree) & macros) - _at_hand(tree)
    }
    assert forgotten == set()


def _called(tree: nodes.Template) -> set[str]:
    return {call.node.name for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}


def _at_hand(tree: nodes.Template) -> set[str]:
    """The macros that a template imports or defines."""
    named = {macro.name for macro in tree.find_all(nodes.Macro)}
    for imported in tree.find_all(nodes.FromImport):
        named |= {name if isinstance(name, str) else name[1] for name in imported.names}
    return named
