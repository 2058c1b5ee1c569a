"""Open data tells nothing that fewer than three firms make: checked against a plain recount of made-up rows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.errors import NotFound
from matchmaker.models.database import Sessions
from matchmaker.services.core.periods import Period
from matchmaker.services.figures import open_figures, period_reports
from matchmaker.services.figures.definitions import FIGURES
from matchmaker.services.figures.figure_values import FigureFirm, FigureRow, FigureSum, value_of
from matchmaker.services.figures.ledger import CountingRules
from matchmaker.services.figures.period_reports import FigureOfPeriod
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.wiring import load_taxonomy

ZONE = ZoneInfo("Europe/Moscow")
RULES = CountingRules(ZONE, load_taxonomy())
_rows = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["no", "yes", "unknown"])), max_size=12)
_BOUNDS = {"no": (0.0, 0.0), "yes": (1.0, 1.0), "unknown": (0.0, 1.0)}
SHARE = next(one for one in FIGURES if one.how is FigureSum.SHARE)
COUNT = next(one for one in FIGURES if one.how is FigureSum.COUNT)


def figure(definition: object, rows: list[tuple[int, str]]) -> FigureOfPeriod:
    made = tuple(
        FigureRow("need", f"n{place}", "", FigureFirm(f"f{firm}", None, None), *_BOUNDS[said])
        for place, (firm, said) in enumerate(rows)
    )
    return FigureOfPeriod(definition, value_of(made, definition.how), made, None)  # type: ignore[arg-type,attr-defined]


@given(_rows)
def test_a_count_is_told_of_three_firms_or_of_none(rows: list[tuple[int, str]]) -> None:
    assert open_figures.is_told(figure(COUNT, rows)) == (len({firm for firm, _ in rows}) not in {1, 2})


@given(_rows)
def test_a_share_is_told_where_neither_its_part_nor_the_rest_is_of_few(rows: list[tuple[int, str]]) -> None:
    firms = {firm for firm, _ in rows}
    part = {firm for firm, said in rows if said != "no"}
    rest = {firm for firm, said in rows if said != "yes"}
    told = not rows or all(len(one) >= 3 for one in (firms, part, rest) if one)
    assert open_figures.is_told(figure(SHARE, rows)) == told


def test_only_a_locked_period_that_was_published_is_read_and_a_reopened_one_no_more(
    sessions: Sessions,
) -> None:
    period = Period.parse("2026-Q1")
    with sessions.begin() as session, time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        centre = needs.centre_of(session, "centre")
        user = accounts.create_user(session, accounts.AccountDetails("o@example.org", "O"), by="tester")
        with pytest.raises(NotFound):
            open_figures.publish(session, centre, period, user, published=True)
        period_reports.lock(session, centre, period, RULES, user)
        with pytest.raises(NotFound):
            open_figures.report_of(session, "centre", "2026-Q1", RULES)
        for _ in range(2):
            open_figures.publish(session, centre, period, user, published=True)
        assert [str(one.period) for one in open_figures.listed(session)] == ["2026-Q1"]
        assert open_figures.report_of(session, "centre", "2026-Q1", RULES).is_locked
        for wrong in ("2026-Q2", "never", "2026-Q9"):
            with pytest.raises(NotFound):
                open_figures.report_of(session, "centre", wrong, RULES)
        period_reports.reopen(session, centre, period, user)
        assert open_figures.listed(session) == []
