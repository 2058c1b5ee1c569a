"""The figures that participants tell of a year, against a plain recount of made answers."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.domain.errors import NotFound
from matchmaker.domain.lifecycle import MatchState, MembershipState, NeedState, ProfileState
from matchmaker.models import Centre, Decision, Membership, Need, Organisation, Profile, User, YearAnswer
from matchmaker.models.database import Session, Sessions
from matchmaker.models.reporting import REVENUE_BANDS
from matchmaker.services.core.periods import Period
from matchmaker.services.figures import period_reports
from matchmaker.services.figures.definitions import FIGURES
from matchmaker.services.figures.ledger import CountingRules
from matchmaker.services.figures.year_figures import REVENUES, YEAR_FIGURES
from matchmaker.services.people import accounts
from matchmaker.wiring import load_taxonomy

ZONE = ZoneInfo("Europe/Moscow")
RULES = CountingRules(ZONE, load_taxonomy())
YEAR = Period.parse("2025")
# 1 January 2025 and 2026 begin at 21:00 UTC of the day before in Moscow.
BEFORE, WITHIN = datetime(2024, 12, 31, 20, tzinfo=UTC), datetime(2025, 12, 31, 20, tzinfo=UTC)
AFTER = datetime(2025, 12, 31, 21, tzinfo=UTC)
_numbers = count(1)


@dataclass
class MadeParticipant:
    """A supplier as made: all that the recount asks about it."""

    home: Centre
    state: ProfileState
    published: datetime
    blocked: bool
    has_account: bool
    invited: datetime | None
    answer: YearAnswer | None

    def took_part(self) -> bool:
        invited = self.invited is not None and BEFORE < self.invited < AFTER
        asked = self.state == ProfileState.PUBLISHED and self.published < AFTER
        return not self.blocked and (self.answer is not None or (asked and (self.has_account or invited)))


def _participant(session: Session, rnd: Random, home: Centre, user: User) -> MadeParticipant:
    number = next(_numbers)
    firm = Organisation(centre_id=home.id, name_ru=f"ООО «Цех {number}»", blocked=rnd.random() < 0.1)
    session.add(firm)
    session.flush()
    state = rnd.choice((ProfileState.PUBLISHED, ProfileState.PUBLISHED, ProfileState.DRAFT))
    published = rnd.choice((BEFORE, WITHIN, AFTER))
    profile = Profile(organisation_id=firm.id, state=state, published_at=published)
    session.add(profile)
    session.flush()
    has_account, invited = rnd.random() < 0.5, rnd.choice((None, None, BEFORE, WITHIN, AFTER))
    if has_account:
        held = Membership(
            user_id=user.id, organisation_id=firm.id, role="supplier_editor", state=MembershipState.ACTIVE
        )
        session.add(held)
    if invited:
        need = Need(centre_id=home.id, external_id=f"year-{number}", title="Вал", state=NeedState.PUBLISHED)
        session.add(need)
        session.flush()
        said = Decision(
            need_id=need.id, profile_id=profile.id, kind=MatchState.INVITED, at=invited, by_id=user.id
        )
        session.add(said)
    answer = None
    if rnd.random() < 0.6:
        answer = YearAnswer(
            profile_id=profile.id,
            year=rnd.choice((2025, 2025, 2025, 2024)),
            staff=rnd.choice((None, 0, 7, 120)),
            revenue_band=rnd.choice((None, *REVENUE_BANDS)),
            export_percent=rnd.choice((None, 0, 5, 100)),
            new_products=rnd.choice((None, 0, 3)),
            new_jobs=rnd.choice((None, 0, 11)),
            invested_minor=rnd.choice((None, 0, 150_050)),
        )
        session.add(answer)
    session.flush()
    told = answer if answer is not None and answer.year == 2025 else None
    return MadeParticipant(home, state, published, firm.blocked, has_account, invited, told)


def _recount(made: list[MadeParticipant], centre: Centre) -> dict[str, tuple[float | None, float | None]]:
    ours = [one for one in made if one.home is centre and one.took_part()]
    told = [one.answer for one in ours if one.answer is not None]
    least = most = workers = 0.0
    export_least = export_most = 0.0
    revenue = [0.0, 0.0]
    open_revenue = open_productivity = open_export = False
    for one in told:
        if one.revenue_band is None:
            continue
        low, high = REVENUES[one.revenue_band]
        revenue = [revenue[0] + low, revenue[1] + (high or 0)]
        open_revenue |= high is None
        if one.staff:
            workers, least, most = workers + one.staff, least + low, most + (high or 0)
            open_productivity |= high is None
        if one.export_percent:
            export_least += low * one.export_percent / 100
            export_most += (high or 0) * one.export_percent / 100
            open_export |= high is None
    exports = [one.export_percent > 0 for one in told if one.export_percent is not None]
    answered = 100 * len(told) / len(ours) if ours else None
    exporters = 100 * sum(exports) / len(exports) if exports else None
    productivity = (
        (least / workers, None if open_productivity else most / workers) if workers else (None, None)
    )

    def total(*values: float | None) -> tuple[float, float]:
        added = sum(value for value in values if value is not None)
        return added, added

    return {
        "year-answers": (answered, answered),
        "year-staff": total(*(one.staff for one in told)),
        "year-revenue": (revenue[0], None if open_revenue else revenue[1]),
        "year-productivity": productivity,
        "year-exporters": (exporters, exporters),
        "year-export": (export_least, None if open_export else export_most),
        "year-products": total(*(one.new_products for one in told)),
        "year-jobs": total(*(one.new_jobs for one in told)),
        "year-investment": total(*(one.invested_minor and one.invested_minor / 100 for one in told)),
    }


@pytest.fixture
def with_a_person(each_sessions: Sessions) -> Sessions:
    with each_sessions.begin() as session:
        accounts.create_user(session, accounts.AccountDetails("o@example.org", "Operator"), by="tester")
    return each_sessions


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rnd=st.randoms(use_true_random=False))
def test_every_figure_of_a_year_is_what_a_plain_recount_gives(with_a_person: Sessions, rnd: Random) -> None:
    with with_a_person() as session:
        number = next(_numbers)
        centre, other = Centre(code=f"y-{number}", name_ru="Центр"), Centre(code=f"z-{number}")
        session.add_all([centre, other])
        session.flush()
        user = session.query(User).one()
        made = [
            _participant(session, rnd, rnd.choice((centre, centre, other)), user)
            for _ in range(rnd.randint(0, 6))
        ]
        report = period_reports.report(session, centre, YEAR, RULES)
        for code, (low, high) in _recount(made, centre).items():
            value = report.of(code).value
            assert value.low == pytest.approx(low, abs=0.006), code
            assert value.high == (None if high is None else pytest.approx(high, abs=0.006)), code
        session.rollback()


def test_figures_of_years_stand_in_no_quarter(with_a_person: Sessions) -> None:
    with with_a_person.begin() as session:
        centre = Centre(code=f"q-{next(_numbers)}", name_ru="Центр")
        session.add(centre)
        session.flush()
        of_year, quarter = Period.parse("2025"), Period.parse("2025-Q4")
        shown = [one.figure.code for one in period_reports.report(session, centre, of_year, RULES).figures]
        assert shown == [one.code for one in FIGURES]
        shown = [one.figure.code for one in period_reports.report(session, centre, quarter, RULES).figures]
        assert not set(shown) & {one.code for one in YEAR_FIGURES}
        with pytest.raises(NotFound):
            period_reports.one_figure(session, centre, quarter, RULES, "year-staff")
