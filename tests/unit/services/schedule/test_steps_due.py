"""Steps that are due reach who owns the next one: in one e-mail a day at most, once a week, and nobody who does not want them."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.domain.lifecycle import CardState, CertificationStage, EntryState
from matchmaker.models import (
    CertificationStep,
    DevelopmentCard,
    Match,
    Need,
    OrderEntry,
    Profile,
    PurchaseOrder,
    Session,
    User,
)
from matchmaker.models.base import now
from matchmaker.services.mail import preferences
from matchmaker.services.people import accounts
from matchmaker.services.schedule import steps_due
from matchmaker.services.schedule.due_day import DueDay
from tests.support.small_centre import EDITOR, OPERATOR, Centre, small_centre

DUE = date(2040, 5, 10)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        made.invite()
        yield made


def post(centre: Centre, late: int) -> list[tuple[str, str]]:
    """Recipients and texts of what is posted so many days after DUE."""
    before = len(centre.mails())
    day = DueDay(DUE + timedelta(days=late), lambda _session, _key: [], lambda code, _: code, {})
    with centre.application.sessions.begin() as session:
        posted = sum(1 for _ in steps_due.tell(session, day))
    mails = centre.mails()[before:]
    assert len(mails) == posted
    return [(mail.recipient, mail.text) for mail in mails]


def order(session: Session) -> PurchaseOrder:
    """An order of a hundred pieces by DUE."""
    lines = [{"id": "", "title": "Shaft", "quantity": 100, "price_minor": None}]
    match = session.scalars(select(Match)).one()
    made = PurchaseOrder(match_id=match.id, match=match, lines=lines, due_on=DUE)
    made.opened_at = now() - timedelta(minutes=1)
    session.add(made)
    session.flush()
    return made


def deliver(session: Session, pieces: int, state: EntryState = EntryState.SAID) -> None:
    said = {"line": "", "pieces": pieces, "day": DUE, "side": "supplier", "state": state}
    made = session.scalars(select(PurchaseOrder)).one()
    session.add(OrderEntry(order_id=made.id, kind="delivery", by_id=None, **said))


def step(session: Session, owner: User | None = None, **given: object) -> None:
    profile = session.scalars(select(Profile)).one()
    told = {"place": 1, "stage": CertificationStage.DOCUMENTED, "on": date(2026, 1, 1)}
    told |= {"next_step": "Audit", "next_on": DUE, "owner": owner, **given}
    session.add(CertificationStep(profile=profile, standard="iso-9001", **told))


def card(session: Session, owner: User | None = None, state: CardState = CardState.OPEN) -> None:
    profile, need = session.scalars(select(Profile)).one(), session.scalars(select(Need)).one()
    told = {"requirement": "certification", "closes": "certificate", "what": "ISO 9001", "due_on": DUE}
    session.add(DevelopmentCard(profile=profile, need=need, owner=owner, state=state, before={}, **told))


def test_a_late_order_is_the_suppliers_step_once_a_week_for_two_weeks(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        order(session)
    told = [(late, [reader for reader, _ in post(centre, late)]) for late in (0, 1, 1, 6, 7, 8, 14, 15)]
    assert [late for late, readers in told if readers == [EDITOR]] == [1, 7, 14]
    assert sum(len(readers) for _, readers in told) == 3


def test_what_has_come_and_is_not_confirmed_is_the_contractors_step(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        made = order(session)
        assert made.match.need.contractor is not None
        made.match.need.details = {**(made.match.need.details or {}), "contact": "plant@example.org"}
        deliver(session, 100)
    ((reader, words),) = post(centre, 1)
    assert reader == "plant@example.org"
    assert "/answers/order/" in words


def test_all_that_is_due_for_a_person_stands_in_one_letter(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        order(session)
        step(session)
        card(session)
    ((reader, words),) = post(centre, 1)
    assert reader == EDITOR
    for path in ("/orders/", "/shop/ladders/", "/shop/cards/", "/account#letters"):
        assert path in words
    with centre.application.sessions.begin() as session:
        step(session, place=2, on=date(2026, 2, 1))
    assert post(centre, 1) == [], "one letter a day"
    assert len(post(centre, 2)) == 1, "what came since is told the next day"


def test_a_step_is_its_owners_and_leads_to_the_page_that_the_owner_may_open(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        operator = accounts.by_email(session, OPERATOR)
        step(session, operator)
        card(session, operator)
    ((reader, words),) = post(centre, 0)
    assert reader == OPERATOR
    assert "/work/ladders/" in words
    assert "/work/cards/" in words


def test_nothing_is_told_of_what_is_over_or_unwanted_or_of_a_blocked_firm(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        card(session, state=CardState.DONE)
        step(session, next_on=DUE - timedelta(days=15))
        order(session).due_on = DUE - timedelta(days=15)
    assert post(centre, 0) == []
    with centre.application.sessions.begin() as session:
        session.scalars(select(PurchaseOrder)).one().due_on = DUE
        editor = accounts.by_email(session, EDITOR)
        preferences.want_mails(session, editor, {"steps_due": False})
    assert post(centre, 1) == []
    with centre.application.sessions.begin() as session:
        preferences.want_mails(session, accounts.by_email(session, EDITOR), {})
        session.scalars(select(Profile)).one().organisation.blocked = True
    assert post(centre, 1) == []


def test_a_new_day_begins_anew(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        order(session)
    assert len(post(centre, 1)) == 1
    with centre.application.sessions.begin() as session:
        session.scalars(select(PurchaseOrder)).one().due_on = DUE + timedelta(days=1)
    assert len(post(centre, 2)) == 1


@given(st.integers(0, 40), st.integers(0, 40))
def test_two_days_of_one_week_are_one_telling(one: int, other: int) -> None:
    due = steps_due.DueStep("order x", DUE, "", "", "", ())
    turns = {steps_due._turn(due, DUE + timedelta(days=days)) for days in (one, other)}
    assert (len(turns) == 1) == (one // 7 == other // 7)
