"""Letters that a date brings: each once, to whom it concerns, and never about what a file brought."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from matchmaker.domain.lifecycle import NeedState
from matchmaker.models import CertificateRow, Decision, Match, Need, Profile, User
from matchmaker.models.base import now
from matchmaker.services.core import undoing
from matchmaker.services.mail import preferences
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import freshness
from matchmaker.services.schedule import daily_run, due_day
from matchmaker.services.shortlist import match_decisions
from matchmaker.services.shortlist.match_decisions import NewDecision
from matchmaker.worker import Worker
from tests.support.small_centre import Centre, small_centre

EDITOR = "editor@example.org"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        with made.application.sessions.begin() as session:
            for row in session.scalars(select(CertificateRow)):
                row.valid_until = date(2040, 1, 1)
            for user in session.scalars(select(User)):
                preferences.want_mails(
                    session,
                    user,
                    dict.fromkeys(("weekly_capacity", "digest", "facts_stale", "year_asked"), False),
                )
        yield made


def post(centre: Centre, days: int = 0) -> list[tuple[str, str]]:
    """Recipients and subjects of what the day that many days from now posts."""
    before = len(centre.mails())
    with centre.application.sessions() as session:
        fitting = session.scalars(select(Need)).all()
    day = due_day.DueDay(
        now().date() + timedelta(days=days),
        lambda _session, _key: fitting,
        lambda code, _language: code,
        centre.application.taxonomy.given_reasons,
    )
    daily_run.run(centre.application.sessions, day)
    return [(mail.recipient, mail.subject) for mail in centre.mails()[before:]]


def decide(centre: Centre, kind: str) -> None:
    with centre.application.sessions.begin() as session:
        match = session.scalars(select(Match)).one()
        match_decisions.decide(session, match, NewDecision(kind), None, revision=match.revision)


def wish(centre: Centre, kind: str) -> None:
    with centre.application.sessions.begin() as session:
        user = accounts.by_email(session, EDITOR)
        preferences.want_mails(session, user, {**preferences.wanted_mails(user), kind: True})


def test_an_unanswered_invitation_is_recalled_once(centre: Centre) -> None:
    centre.invite()
    assert post(centre) == []
    assert post(centre, 4) == [(EDITOR, "Please answer: Валы из 40Х (Shaft · Steel 40Kh)")]
    assert post(centre, 5) == []


def test_an_answered_invitation_is_not_recalled(centre: Centre) -> None:
    centre.invite()
    decide(centre, "declined")
    assert post(centre, 4) == []


def end(
    centre: Centre, state: NeedState, reason: str | None = None, *, since: timedelta = undoing.UNDO
) -> None:
    """End the need, so long ago that nobody can take it back."""
    with centre.application.sessions.begin() as session:
        need = session.scalars(select(Need)).one()
        need.state = NeedState.NEGOTIATION
        needs.move(session, need, state, by="tester", reason=reason)
        need.changed_at = now() - since


def test_an_end_that_can_still_be_taken_back_is_told_nobody(centre: Centre) -> None:
    centre.invite()
    end(centre, NeedState.CLOSED, "need-cancelled", since=timedelta())
    assert post(centre) == []


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (NeedState.CONTRACTED, "with another company"),
        (NeedState.EXPIRED, "no supplier was chosen"),
        (NeedState.CLOSED, "without a contract"),
    ],
)
def test_whoever_was_invited_learns_the_outcome_once(centre: Centre, state: NeedState, words: str) -> None:
    centre.invite()
    end(centre, state, "need-cancelled" if state == NeedState.CLOSED else None)
    assert post(centre) == [(EDITOR, "Outcome: Валы из 40Х (Shaft · Steel 40Kh)")]
    text = centre.mails("Outcome")[0].text
    assert words in text
    assert "Reason: " in text
    assert post(centre) == []


def test_whoever_asked_to_be_invited_in_vain_learns_the_outcome(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        need, profile = session.scalars(select(Need)).one(), session.scalars(select(Profile)).first()
        need.state = NeedState.PUBLISHED
        assert profile is not None
        match_decisions.ask(session, need, profile, accounts.by_email(session, EDITOR))
    end(centre, NeedState.CLOSED, "need-cancelled")
    assert post(centre) == [(EDITOR, "Outcome: Валы из 40Х (Shaft · Steel 40Kh)")]
    assert post(centre) == []


def test_who_was_not_invited_gets_no_outcome(centre: Centre) -> None:
    centre.invite()
    with centre.application.sessions.begin() as session:
        session.execute(update(Decision).values(source="file.csv"))
    end(centre, NeedState.CLOSED)
    assert post(centre) == []


def test_a_deal_is_asked_about_three_times_and_no_more_once_it_is_known(centre: Centre) -> None:
    centre.invite()
    decide(centre, "interested")
    found = {days: len(post(centre, days)) for days in (29, 31, 32, 91, 181, 400)}
    assert found == {29: 0, 31: 1, 32: 0, 91: 1, 181: 1, 400: 0}
    mail = centre.mails("Did it lead")[0]
    yes = next(path for path in centre.links(mail) if path.startswith("/answers/deal/"))
    assert centre.browser.post(yes, page=yes).status_code == 200
    assert centre.state() == "contracted"


def test_certificates_are_recalled_at_180_90_30_and_7_days(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        session.scalars(select(CertificateRow)).one().valid_until = now().date() + timedelta(days=200)
    asked = (0, 20, 21, 110, 111, 169, 171, 192, 193, 194, 201)
    found = {days: len(post(centre, days)) for days in asked}
    assert found == {0: 0, 20: 1, 21: 0, 110: 1, 111: 0, 169: 0, 171: 1, 192: 0, 193: 1, 194: 0, 201: 0}
    assert "ISO 9001:2015 ends in 7 days" in [mail.subject for mail in centre.mails()]


def test_capacity_is_asked_for_once_a_week(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        for machine in session.scalars(select(Profile)).one().equipment:
            machine.type_codes = ["lathe"]
    wish(centre, "weekly_capacity")
    monday = 7 - now().weekday()
    found = [len(post(centre, monday + day)) for day in range(8)]
    assert found == [1, 0, 0, 0, 0, 0, 0, 1]
    paths = [path for path in centre.links(centre.mails()[0]) if "/capacity/" in path]
    assert len(set(paths)) == 3
    assert centre.browser.get(paths[2]).status_code == 200


def test_an_old_machine_list_is_asked_about_once_a_quarter_until_it_is_confirmed(centre: Centre) -> None:
    wish(centre, "facts_stale")
    with centre.application.sessions.begin() as session:
        session.scalars(select(Profile)).one().updated = now().date() - timedelta(days=300)
    found = {days: len(post(centre, days)) for days in (0, 64, 66, 67, 150, 160, 161)}
    assert found == {0: 0, 64: 0, 66: 1, 67: 0, 150: 0, 160: 1, 161: 0}
    link = next(path for path in centre.links(centre.mails()[0]) if path.startswith("/answers/fresh/"))
    assert "DMG CTX 450" in centre.browser.get(link).get_data(as_text=True)
    with centre.application.sessions() as session:
        assert freshness.stale(session.scalars(select(Profile)).one(), now().date() + timedelta(days=160))
    assert centre.browser.post(link, page=link).status_code == 200
    assert centre.browser.get(link).status_code == 410
    assert post(centre, 170) == []
    assert centre.browser.get(f"{link}x").status_code == 404


def test_the_dates_of_a_certificate_are_asked_for_at_once_and_every_quarter(centre: Centre) -> None:
    wish(centre, "certificate_dates")
    with centre.application.sessions.begin() as session:
        row = session.scalars(select(CertificateRow)).one()
        row.issued = row.valid_until = None
        row.said_on = now().date()
    found = {days: len(post(centre, days)) for days in (0, 1, 89, 91, 92)}
    assert found == {0: 1, 1: 0, 89: 0, 91: 1, 92: 0}
    link = next(path for path in centre.links(centre.mails()[0]) if path.startswith("/answers/fresh/"))
    assert "date unknown" in centre.browser.get(link).get_data(as_text=True)
    with centre.application.sessions.begin() as session:
        session.scalars(select(CertificateRow)).one().said_on = now().date() - timedelta(days=900)
    assert centre.browser.post(link, page=link).status_code == 200
    with centre.application.sessions() as session:
        assert session.scalars(select(CertificateRow)).one().said_on == centre.application.today()


def test_a_digest_comes_once_a_week_where_something_new_fits(centre: Centre) -> None:
    wish(centre, "digest")
    with centre.application.sessions.begin() as session:
        session.scalars(select(Need)).one().published_at = now()
    assert post(centre) == [(EDITOR, "1 need fits you this week")]
    assert post(centre) == []
    assert post(centre, 14) == []


def test_the_worker_posts_and_sends(centre: Centre) -> None:
    wish(centre, "digest")
    with centre.application.sessions.begin() as session:
        session.scalars(select(Need)).one().published_at = now()
    centre.invite()
    done = Worker(centre.application).work()
    assert done.sent >= 1
    assert list((centre.application.data / "mail").glob("*.eml"))
