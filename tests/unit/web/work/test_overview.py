"""Pictures for the centre and for a shop: every one says in a table what it shows."""

import re
from datetime import date

from matchmaker.services.profiles import capacity
from matchmaker.services.profiles.capacity import MapCell
from matchmaker.services.reports import overview
from tests.support.browser import Browser, text


def test_the_operator_sees_what_work_lacks_suppliers_and_what_ends(operator: Browser) -> None:
    page = text(operator.get("/work/overview/"))
    assert page.index("Work in demand") < page.index("Expiring certificates")
    assert page.count("<svg") >= 3
    assert page.count("The same as a table") >= 1
    assert "/suppliers?process=" in page
    assert "/work/overview/" in text(operator.get("/work/"))


def test_the_operator_sees_which_certificates_are_in_demand_and_who_holds_them(operator: Browser) -> None:
    page = text(operator.get("/work/overview/"))
    shown = page[page.index('id="papers"') : page.index("Expiring certificates")]
    assert "ISO 9001" in shown
    assert int(re.search(r'data-label="Needs that demand it">(\d+)', shown)[1]) > 0  # type: ignore[index]
    assert int(re.search(r'data-label="Suppliers that hold it">\s*(\d+)', shown)[1]) > 0  # type: ignore[index]


def test_the_scarcest_work_comes_first(operator: Browser) -> None:
    page = text(operator.get("/work/overview/"))
    counts = [int(part.split("<")[0]) for part in page.split('data-label="Suppliers">')[1:]]
    needs = [int(part.split("<")[0]) for part in page.split('data-label="Open needs">')[1:]]
    shares = [have / want for have, want in zip(counts, needs, strict=True)]
    assert shares == sorted(shares)
    assert len(shares) > 3


def test_invitations_are_counted_up_to_many() -> None:
    assert overview.by_invitations([0, 0, 1, 6, 9]) == [
        ("0", 2),
        ("1", 1),
        ("2", 0),
        ("3", 0),
        ("4", 0),
        ("5", 0),
        ("6+", 2),
    ]


def test_free_hours_of_all_groups_are_added_by_week() -> None:
    today = date(2026, 11, 25)
    first, second, *_ = capacity.weeks(today)
    grid = {
        "lathe": {first: MapCell(40, 12), second: MapCell(40, 0)},
        "mill": {first: MapCell(10, 0)},
    }
    free = capacity.free_by_week(grid, today)
    assert free[:3] == [(date(2026, 11, 23), 38), (date(2026, 11, 30), 40), (date(2026, 12, 7), 0)]
