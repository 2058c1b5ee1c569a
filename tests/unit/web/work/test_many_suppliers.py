"""The pages of operators ask for what they show: SQLite's plans, which are the same for twenty suppliers and for a hundred
thousand, read no table of suppliers from one end to the other.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from matchmaker.services.index.supplier_counts import SupplierCounts
from matchmaker.wiring import Application
from tests.support.browser import Browser, text

# A walk over the rows of suppliers, or over all certificates in the order of something else.
WALK = re.compile(r"(SCAN (organisation|profile|certificate)\b|ix_profile_state)")


@contextmanager
def plans(product: Application) -> Iterator[dict[str, list[str]]]:
    """How SQLite answers what it is asked meanwhile, by statement."""
    asked: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, statement: str, given: Any, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            asked[statement] = given

    engine, found = product.sessions.engine, dict[str, list[str]]()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        for statement, given in asked.items():
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            found[statement] = [row[3] for row in rows]


@pytest.mark.parametrize(
    "path", ["/work/", "/work/find?q=емел", "/work/find?q=7707083", "/work/certificates", "/work/duplicates/"]
)
def test_no_page_of_an_operator_reads_all_suppliers(
    path: str, operator: Browser, product: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.get(path)
    monkeypatch.setattr(product, "counts", SupplierCounts())  # as after a change of a supplier
    with plans(product) as found:
        assert operator.get(path).status_code == 200
    walks = {statement: plan for statement, plan in found.items() if any(map(WALK.search, plan))}
    assert found
    assert walks == {}


def test_a_part_of_a_name_is_looked_for_in_an_index_of_names(operator: Browser, product: Application) -> None:
    with plans(product) as found:
        page = text(operator.get("/work/find?q=металл"))
    assert "/suppliers/" in page
    named = [
        plan for statement, plan in found.items() if "is_contractor" in statement and "LIKE" in statement
    ]
    assert named
    for plan in named:
        assert any("COVERING INDEX ix_organisation_names" in line for line in plan) or "need" in str(plan)


def test_the_first_digits_of_an_inn_are_a_span_of_an_index(operator: Browser, product: Application) -> None:
    """Not the names of all firms in their order, each of which is looked up for its INN."""
    with plans(product) as found:
        operator.get("/work/find?q=7707083")
    of_firms = [
        "; ".join(plan)
        for statement, plan in found.items()
        if "inn BETWEEN" in statement and "FROM need" not in statement
    ]
    assert len(of_firms) == 2  # suppliers and contractors
    for plan in of_firms:
        assert "inn>? AND inn<?" in plan
        assert "ix_organisation_names" not in plan
