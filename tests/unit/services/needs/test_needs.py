from typing import Any

import pytest
from sqlalchemy import func, select

from matchmaker.domain.errors import MoveNotAllowed, StaleRevision
from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import NeedRecord, OutcomeRecord, parse
from matchmaker.models import Decision, Need, Organisation
from matchmaker.models.database import Sessions
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.profiles import suppliers
from matchmaker.services.shortlist import outcomes
from tests.support.fakes import FakeRecogniser
from tests.support.records import need, supplier


def save(sessions: Sessions, *records: NeedRecord) -> list[str]:
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        saved = need_bulk.save_many(
            session, records, FakeRecogniser(), RecordOrigin(centre, "file", "tester")
        )
        return [one.status for one in saved]


def outcome(**changes: Any) -> OutcomeRecord:
    data = {"need": "n-3", "supplier": "s-17", "decision": "approved", "at": "2026-11-02"}
    return parse(OutcomeRecord, {**data, **changes})


PAPERS = {
    "any_of": ["НАКС", "ISO 3834-2"],
    "strength": "wish",
    "edition": "2021",
    "on": "2027-01-01",
    "dated": True,
}


@pytest.fixture
def filled(sessions: Sessions) -> Sessions:
    save(sessions, need())
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save(session, supplier(), FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
    return sessions


@pytest.mark.parametrize(
    "record",
    [
        need(),
        need(text=None, contractor=None, location=None, certification={}),
        need(
            title=None,
            certification={"level": "implementing", "verified": True},
            languages=["en"],
            sectors=["rail"],
        ),
        need(certification=[{"standard": "ISO 9001"}, PAPERS]),
        need(certification=[]),
        need(
            region="Пермский край",
            city="Пермь",
            updated="2026-11-01",
            roughness_ra_um=0.8,
            sheet_thickness_mm=3,
        ),
    ],
)
def test_a_saved_need_reads_back_as_the_same_record(sessions: Sessions, record: NeedRecord) -> None:
    assert save(sessions, record) == ["new"]
    with sessions() as session:
        (stored,) = needs.every(session)
        assert needs.record(stored) == record
        assert stored.state == NeedState.PUBLISHED


def test_the_same_need_again_changes_nothing_and_a_changed_one_is_updated(sessions: Sessions) -> None:
    assert save(sessions, need()) == ["new"]
    assert save(sessions, need()) == ["same"]
    assert save(sessions, need(quantity=7), need(quantity=8)) == ["changed", "changed"]
    with sessions() as session:
        stored = session.scalars(select(Need)).one()
        assert (stored.quantity, stored.revision) == (8, 3)


def test_needs_of_one_contractor_share_its_organisation(sessions: Sessions) -> None:
    unnamed = {"name": {"ru": "Завод без номера"}}
    save(
        sessions,
        need(),
        need(id="n-4"),
        need(id="n-5", contractor=unnamed),
        need(id="n-6", contractor=unnamed),
    )
    with sessions() as session:
        firms = session.scalars(select(Organisation).order_by(Organisation.id)).all()
        assert [(firm.name_ru, firm.inn, firm.is_contractor) for firm in firms] == [
            ("Завод «Сборка»", "7736050003", True),
            ("Завод без номера", None, True),
        ]


def test_a_supplier_that_posts_a_need_stays_one_organisation(filled: Sessions) -> None:
    save(filled, need(id="n-7", contractor={"name": {"ru": "Он же"}, "inn": "7707083893"}))
    with filled() as session:
        assert session.scalar(select(func.count()).where(Organisation.inn == "7707083893")) == 1
        firm = session.scalars(select(Organisation).where(Organisation.inn == "7707083893")).one()
        assert firm.is_contractor
        assert firm.external_id == "s-17"


def test_a_contractor_that_turns_out_a_supplier_is_the_same_organisation(sessions: Sessions) -> None:
    save(sessions, need(contractor={"name": {"ru": "ООО «Пример»"}, "inn": "7707083893"}))
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        firm, status = suppliers.save(
            session, supplier(), FakeRecogniser(), RecordOrigin(centre, "file", "tester")
        )
        assert (status, firm.external_id) == ("new", "s-17")
        assert session.scalar(select(func.count(Organisation.id))) == 1


def test_a_need_moves_only_where_it_may(filled: Sessions) -> None:
    with filled.begin() as session:
        stored = needs.by_external_id(session, needs.centre_of(session, "centre"), "n-3")
        with pytest.raises(MoveNotAllowed):
            needs.move(session, stored, NeedState.CONTRACTED, by="operator")
        needs.move(session, stored, NeedState.CLOSED, by="operator", reason="no money")
        assert list(needs.every(session, open_only=True)) == []
        assert stored.closed_why == "no money"


def test_a_posted_need_is_a_draft_under_its_public_id_and_an_old_form_is_refused(sessions: Sessions) -> None:
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        posted = needs.post(session, need(id="new"), centre=centre, by="buyer")
        assert (posted.state, posted.external_id) == ("draft", posted.public_id)
        needs.edit(session, posted, need(id="new", title="Other"), revision=1, by="buyer")
        with pytest.raises(StaleRevision):
            needs.edit(session, posted, need(id="new", title="Third"), revision=1, by="buyer")


@pytest.mark.parametrize(
    "record",
    [
        outcome(),
        outcome(at=None),
        outcome(at="2026-11-02T10:30:00+03:00", decision="rejected", reason="too far"),
    ],
)
def test_an_outcome_is_kept_once_and_reads_back(filled: Sessions, record: OutcomeRecord) -> None:
    with filled.begin() as session:
        centre = needs.centre_of(session, "centre")
        first = outcomes.save(session, record, RecordOrigin(centre, "file", "tester"))
        again = outcomes.save(session, record, RecordOrigin(centre, "file", "tester"))
        assert (first.status, again.status) == ("new", "same")
        assert list(outcomes.every(session)) == [record]


def test_an_outcome_between_strangers_names_both(filled: Sessions) -> None:
    with filled.begin() as session:
        centre = needs.centre_of(session, "centre")
        answer = outcomes.save(
            session, outcome(need="n-0", supplier="s-0"), RecordOrigin(centre, "file", "tester")
        )
        assert [problem.path for problem in answer.problems] == ["need", "supplier"]
        assert session.scalar(select(func.count(Decision.id))) == 0
