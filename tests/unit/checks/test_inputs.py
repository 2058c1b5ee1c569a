"""The table of bad inputs: each of the 64 is held by a request, a file or a test that there is."""

import ast
from pathlib import Path

import pytest

from tests.checks import inputs
from tests.support.hostile_files import corpus

TESTS = Path(inputs.__file__).parents[1]


@pytest.mark.parametrize(("number", "held"), inputs.holders().items())
def test_an_input_is_held_by_what_there_is(number: int, held: tuple[str, ...]) -> None:
    assert held, number
    titles = {one.title for one in corpus()}
    for one in held:
        if inputs.is_test(one):
            file, _, name = one.partition("::")
            tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
            assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, one
        else:
            assert one == "edge" or one in titles
