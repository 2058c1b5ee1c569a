"""Every input of the list gets the answer that stands beside it, and what pages read as lists is known."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from matchmaker.web.edge.sent_values import SEVERAL
from matchmaker.wiring import Application
from tests.checks import edge

_WEB = Path(edge.__file__).parents[2] / "matchmaker" / "web"


@pytest.fixture(scope="module")
def answers(own_product: Application) -> Mapping[edge.Input, str]:
    return {id(one): wrong for one, wrong in edge.results(own_product)}  # type: ignore[misc]


@pytest.mark.parametrize("given", edge.INPUTS, ids=lambda one: f"{one.number} {one.words}"[:60])
def test_an_input_gets_its_answer(given: edge.Input, answers: Mapping[int, str]) -> None:
    assert answers[id(given)] == ""


def test_a_name_may_repeat_where_a_page_reads_a_list() -> None:
    read = {
        name
        for file in _WEB.rglob("*.py")
        for name in re.findall(r'getlist\("(\w+)"\)', file.read_text(encoding="utf-8"))
    }
    assert read <= SEVERAL
    assert SEVERAL - read <= {"file"}
