"""Rates of currencies: read as people type them, the last of each currency holds, none is older than a year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import Centre, User
from matchmaker.models.database import Sessions
from matchmaker.services.quotes import exchange_rates
from matchmaker.services.quotes.exchange_rates import DatedRates

TODAY = date(2026, 11, 30)


@given(st.integers(1, exchange_rates.MOST * 1_000_000))
def test_a_rate_is_read_back_as_it_is_shown(micro: int) -> None:
    for typed in (exchange_rates.shown(micro), exchange_rates.shown(micro).replace(".", ",")):
        given = {"currency": "EUR", "roubles": typed, "on": "2026-11-30"}
        assert exchange_rates.read(given, TODAY).micro_roubles == micro


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"currency": "RUB"}, "currency"),
        ({"roubles": "0"}, "roubles"),
        ({"roubles": "1,5 rub"}, "roubles"),
        ({"roubles": "1.234,5"}, "roubles"),
        ({"roubles": "1000001"}, "roubles"),
        ({"on": "2026-12-01"}, "on"),
        ({"on": "2025-01-01"}, "on"),
        ({"on": "yesterday"}, "on"),
    ],
)
def test_what_is_no_rate_is_told_by_its_field(given: dict[str, str], field: str) -> None:
    typed = {"currency": "EUR", "roubles": "91,5", "on": "2026-11-30", **given}
    with pytest.raises(InvalidRecord) as told:
        exchange_rates.read(typed, TODAY)
    assert [one.path for one in told.value.problems] == [field]


def test_the_last_rate_of_each_currency_holds_for_its_own_centre(sessions: Sessions) -> None:
    with sessions.begin() as session:
        ours, theirs = (Centre(code=code, name_ru="Центр", name_en="Centre") for code in ("one", "two"))
        session.add_all((ours, theirs))
        user = User(email="op@example.org", email_key="op@example.org", name="Operator", password_hash="x")
        session.add(user)
        session.flush()
        for days, roubles in ((40, "90"), (2, "91,5"), (2, "92"), (400, "50")):
            on = (TODAY - timedelta(days=days)).isoformat()
            try:
                rate = exchange_rates.read({"currency": "EUR", "roubles": roubles, "on": on}, TODAY)
            except InvalidRecord:
                assert days == 400
                continue
            exchange_rates.set_rate(session, ours, rate, user)
        session.flush()
        found = exchange_rates.latest(session, ours.id, TODAY)
        assert {code: exchange_rates.shown(row.micro_roubles) for code, row in found.items()} == {"EUR": "92"}
        assert exchange_rates.latest(session, theirs.id, TODAY) == {}
        assert exchange_rates.latest(session, ours.id, TODAY + timedelta(days=365)) == {}
        assert exchange_rates.as_rates(found).converted(100, "EUR", "RUB") == 9_200
        assert exchange_rates.as_rates(found).converted(9_200, "RUB", "EUR") == 100
        assert exchange_rates.as_rates(found).converted(100, "USD", "RUB") is None


@pytest.mark.parametrize(
    ("day", "kopecks"),
    [
        (date(2026, 1, 9), None),  # before the first rate
        (date(2026, 1, 10), 900),
        (date(2026, 1, 12), 900),
        (date(2026, 1, 20), 1005),
        (date(2027, 1, 21), 1005),
        (date(2027, 1, 22), None),  # older than a year
    ],
)
def test_an_amount_counts_by_the_last_rate_up_to_its_day(day: date, kopecks: int | None) -> None:
    rates = DatedRates({"EUR": [(date(2026, 1, 10), 90_000_000), (date(2026, 1, 20), 100_500_000)]})
    assert rates.roubles(10, "EUR", day) == kopecks
    assert rates.roubles(10, "RUB", day) == 10
    assert rates.roubles(10, "USD", day) is None
