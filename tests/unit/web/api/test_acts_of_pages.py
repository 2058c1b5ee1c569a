"""The table of docs/api.md says for every page and every act of a page how a program does the same, or that none may."""

import re
from collections import Counter
from pathlib import Path

from flask import Flask

from matchmaker.web.views.api.api_description import operations
from tests.access.matrix import ROWS

DOCS = Path(__file__).parents[4] / "docs" / "api.md"
OPERATION = re.compile(r"(?:GET|POST|PUT|DELETE) /\S+")


def table() -> list[tuple[list[str], str]]:
    """The rows under "What the pages do": pages by endpoint, and what stands beside them."""
    lines = DOCS.read_text(encoding="utf-8").partition("## What the pages do")[2].splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| `")]
    return [(re.findall(r"`([\w.]+)`", pages), programs) for pages, programs in cells]


def plain(path: str) -> str:
    """An address without the names of its parts."""
    return re.sub(r"\{\w+\}|[A-Z]{3,}", "*", path)


def test_every_page_is_there_once() -> None:
    named = Counter(page for pages, _ in table() for page in pages)
    assert [page for page, times in named.items() if times > 1] == []
    assert set(named) == {row.endpoint for row in ROWS if not row.endpoint.startswith("api")}


def test_every_address_of_the_table_is_an_operation(own_site: Flask) -> None:
    known = {
        f"{one.method.upper()} {plain(one.path.removeprefix('/api/v1'))}" for one in operations(own_site)
    }
    told = {
        f"{said.partition(' ')[0]} {plain(said.partition(' ')[2])}"
        for _, programs in table()
        for said in re.findall(r"`([^`]+)`", programs)
        if OPERATION.fullmatch(said)
    }
    assert told - known == set(), "the table names what is not there"
    assert known - told == set(), "the table leaves these out"


def test_a_page_without_an_operation_has_its_reason() -> None:
    for pages, programs in table():
        if not OPERATION.search(programs):
            assert re.match(r"never: \w|\w+ \w+ \w+", programs), pages
