"""Names of forms that are given several times: those that a page reads as a list, and no others."""

import re
from pathlib import Path

import matchmaker.web
from matchmaker.web.edge.sent_values import SEVERAL

_READ = re.compile(r'getlist\(\s*"([\w-]+)"\s*\)')


def test_the_names_are_those_that_a_page_reads_as_a_list() -> None:
    modules = Path(matchmaker.web.__file__).parent.rglob("*.py")
    assert {name for path in modules for name in _READ.findall(path.read_text(encoding="utf-8"))} == SEVERAL
