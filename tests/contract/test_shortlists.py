"""Two people at one shortlist at once, on both databases."""

import threading

from sqlalchemy import select

from matchmaker.models import Match, Need
from matchmaker.models.database import Sessions
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.profiles import suppliers
from matchmaker.services.shortlist import shortlists
from matchmaker.services.shortlist.shortlists import SupplierProposal
from tests.support.fakes import FakeRecogniser
from tests.support.records import need, supplier


def test_two_runs_at_once_propose_each_supplier_once(each_sessions: Sessions) -> None:
    with each_sessions.begin() as session:
        centre, recogniser = needs.centre_of(session, "centre"), FakeRecogniser()
        need_bulk.save(session, need(), recogniser, RecordOrigin(centre, "f", "x"))
        suppliers.save(session, supplier(), recogniser, RecordOrigin(centre, "f", "x"))
    with each_sessions() as session:
        key = next(suppliers.every(session)).public_id
    start, failed = threading.Barrier(4), []

    def run() -> None:
        start.wait()
        try:
            for _ in range(5):
                with each_sessions.begin() as session:
                    asked = session.scalars(select(Need)).one()
                    shortlists.propose(session, asked, [SupplierProposal(key, 0.5, {})], ranker="r", by="x")
        except Exception as error:  # noqa: BLE001 - whatever a thread met is the test's answer
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with each_sessions() as session:
        assert len(session.scalars(select(Match)).all()) == 1
