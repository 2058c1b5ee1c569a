"""Counts over all suppliers are held while no supplier changes, and taken again after any change."""

from datetime import timedelta
from functools import partial
from weakref import ref

import pytest
from sqlalchemy import select

from matchmaker.domain.lifecycle import ProfileState
from matchmaker.domain.records import SupplierRecord, parse
from matchmaker.models import CertificateRow, Profile, Session
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.index import supplier_counts
from matchmaker.services.index.supplier_counts import SupplierCounts
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import certificates, suppliers
from matchmaker.services.profiles.certificates import Verification
from matchmaker.services.shortlist import work_queues
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from tests.support.asked import RECOGNISER, TODAY

SHOP = {
    "name": {"ru": "Цех"},
    "region": "RU-SVE",
    "certificates": [{"standard": "ISO 9001", "valid_until": (TODAY + timedelta(days=20)).isoformat()}],
}


def saved(application: Application, *numbers: int) -> None:
    records = [parse(SupplierRecord, {"id": f"s-{number}", **SHOP}) for number in numbers]
    with application.sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save_many(session, records, RECOGNISER, RecordOrigin(centre, "file", "tester"))


def told(application: Application, counts: SupplierCounts) -> tuple[object, ...]:
    """What pages count, held and afresh."""
    with application.sessions() as session:
        asked = ["centre"], TODAY
        held = work_queues.queues(session, *asked, counts)
        assert held == work_queues.queues(session, *asked)
        regions = counts.of(session, "regions", lambda: suppliers.by_region(session))
        assert regions == suppliers.by_region(session)
        return {one.name: one.count for one in held}, regions


def test_counts_are_those_of_the_suppliers_as_they_are(settings: Settings) -> None:
    application, counts = Application(settings, clock=lambda: TODAY), SupplierCounts()
    saved(application, 1, 2)
    before, regions = told(application, counts)
    assert (before["unverified"], regions) == (2, {"RU-SVE": 2})
    application.index.catch_up()
    assert told(application, counts) == (before, regions)
    saved(application, 3)  # its outbox row may have the number of one that is gone
    assert told(application, counts)[0]["unverified"] == 3
    with application.sessions.begin() as session:
        user = accounts.create_user(
            session, accounts.AccountDetails("o@people.example", "O", "a-long-password-1", "en"), by="test"
        )
        row = session.scalars(select(CertificateRow)).first()
        assert row is not None
        certificates.verify(session, row, Verification("register"), user)
    assert told(application, counts)[0]["unverified"] == 2
    with application.sessions.begin() as session:
        profile = session.scalars(select(Profile)).first()
        assert profile is not None
        suppliers.move(session, profile, ProfileState.BLOCKED, by="tester")
    assert told(application, counts)[1] == {"RU-SVE": 2}
    application.close()


def test_nothing_is_counted_twice_while_nobody_changes(settings: Settings) -> None:
    application, counts, asked = Application(settings, clock=lambda: TODAY), SupplierCounts(), list[int]()
    saved(application, 1)
    with application.sessions() as session:
        for _ in range(3):
            counts.of(session, "some", lambda: asked.append(1) or 5)
    assert asked == [1]
    application.close()


def test_what_was_counted_before_a_change_is_let_go(settings: Settings) -> None:
    class Found:
        pass

    application, counts = Application(settings, clock=lambda: TODAY), SupplierCounts()
    with application.sessions() as session:
        held = ref(counts.of(session, "some", Found))
        assert counts.of(session, "some", Found) is held() is not None
    saved(application, 1)
    with application.sessions() as session:
        counts.of(session, "other", Found)
    assert held() is None
    application.close()


def test_certificates_that_end_are_counted_by_day(settings: Settings) -> None:
    application = Application(settings, clock=lambda: TODAY)
    saved(application, 1, 2)
    with application.sessions() as session:
        centre = needs.centre_of(session, "centre")
        assert certificates.ends_by_day(session, centre, TODAY, 30) == {TODAY + timedelta(days=20): 2}
        assert certificates.ends_by_day(session, centre, TODAY, 10) == {}
        assert len(certificates.ending(session, centre, TODAY, 1)) == 1
    application.close()


@pytest.mark.parametrize(("took", "told"), [(0.02, [1, 2, 2]), (0.04, [1, 1, 2])])
def test_a_dear_count_is_told_again_for_a_while(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, took: float, told: list[int]
) -> None:
    application, counts = Application(settings, clock=lambda: TODAY), SupplierCounts()
    spent, clock, found = [0.0], [100.0], list[int]()
    monkeypatch.setattr(supplier_counts, "thread_time", lambda: spent[0])
    monkeypatch.setattr(supplier_counts, "monotonic", lambda: clock[0])

    def count(session: Session) -> int:
        spent[0] += took
        return suppliers.count(session)

    for number, later in ((1, 0.0), (2, 3.9), (2, 0.2)):
        saved(application, number)
        clock[0] += later
        with application.sessions() as session:
            found.append(counts.roughly(session, "suppliers", partial(count, session)))
    assert found == told
    application.close()
