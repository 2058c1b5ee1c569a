from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from matchmaker.domain.records import SupplierRecord
from matchmaker.models import Fact, IndexedDocument, Outbox, SpareCapacity
from matchmaker.models.base import new_public_id, now
from matchmaker.models.database import Sessions
from matchmaker.services.core.journal import OutboxTaken
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.index import documents, index_feed, index_snapshot, indexing, outbox
from matchmaker.services.index.index_feed import IndexFeed
from matchmaker.services.needs import needs
from matchmaker.services.profiles import capacity, suppliers
from matchmaker.services.profiles.supplier_bulk import SavedSupplier, SavingRules
from tests.support.asked import RECOGNISER
from tests.support.fakes import FakeEngine, indexer
from tests.support.records import any_supplier, supplier


def raiser(error: Exception) -> Callable[..., None]:
    def fail(*_given: object) -> None:
        raise error

    return fail


def feed(sessions: Sessions, engine: FakeEngine) -> IndexFeed:
    return IndexFeed(indexer(sessions, engine), RECOGNISER)


def save(
    sessions: Sessions,
    records: Sequence[SupplierRecord],
    fed: IndexFeed | None = None,
    *,
    adding: bool = False,
) -> list[SavedSupplier]:
    """Save records as an import does, and let the feed have those that are published."""
    taken = OutboxTaken(fed.token, outbox.LEASE) if fed else None
    with sessions.begin() as session:
        origin = RecordOrigin(needs.centre_of(session, "centre"), "file", "tester")
        saved = suppliers.save_many(
            session, records, RECOGNISER, origin, SavingRules(taken=taken, adding=adding)
        )
    if fed:
        fed.add(one.published for one in saved if one.published)
    return saved


def named(*names: str, employees: int = 1) -> list[SupplierRecord]:
    return [supplier(id=name, inn=None, name={"en": name}, employees=employees) for name in names]


def waiting(sessions: Sessions) -> dict[str, int]:
    with sessions() as session:
        rows = session.execute(select(Outbox.state, func.count()).group_by(Outbox.state))
        return {row[0]: row[1] for row in rows}


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(record=any_supplier)
@example(record=supplier())
@example(record=supplier(lot={"min": 5, "max": 9}, capabilities=[{"process": "turning", "lot": {}}]))
@example(record=supplier(lot={}, updated=None))
@example(record=supplier(certificates=[{"standard": "ISO 9001 (в процессе внедрения)"}], equipment=None))
def test_a_fed_document_is_the_one_that_is_built_from_the_database(
    sessions: Sessions, record: SupplierRecord
) -> None:
    engine = FakeEngine()
    fed, fresh = feed(sessions, engine), record.model_copy(update={"id": new_public_id(), "inn": None})
    save(sessions, [fresh], fed)
    fed.flush()
    with sessions() as session:
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), fresh.id)
        built = documents.of_profile(profile, RECOGNISER, now().date())
    assert engine.documents == {profile.public_id: built}


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    before=any_supplier,
    after=any_supplier,
    adding=st.booleans(),
    stated=st.none() | st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    by_hand=st.booleans(),
)
@example(
    before=supplier(),
    after=supplier(name={"en": "Other"}, updated=None),
    adding=True,
    stated=None,
    by_hand=False,
)
def test_a_fed_document_of_a_changed_firm_is_the_one_that_is_built_from_the_database(
    sessions: Sessions,
    before: SupplierRecord,
    after: SupplierRecord,
    adding: bool,
    stated: date | None,
    by_hand: bool,
) -> None:
    engine, key = FakeEngine(), new_public_id()
    fed = feed(sessions, engine)
    save(sessions, [before.model_copy(update={"id": key, "inn": None})], fed)
    with sessions.begin() as session:
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), key)
        if stated is not None:
            profile.facts.append(Fact(field="equipment", stated_on=stated))
            profile.edited_at = now() if by_hand else None
    (saved,) = save(sessions, [after.model_copy(update={"id": key, "inn": None})], fed, adding=adding)
    fed.flush()
    with sessions() as session:
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), key)
        built = documents.of_profile(profile, RECOGNISER, now().date())
    waits = stated is not None and by_hand  # a person's word: the list's stands beside it
    assert (saved.published is not None) == (saved.status == "changed" and profile.is_published and not waits)
    if saved.published:
        assert engine.documents == {profile.public_id: built}


def test_a_changed_firm_with_planned_hours_is_left_to_the_worker(sessions: Sessions) -> None:
    fed = feed(sessions, FakeEngine())
    save(sessions, named("a"), fed)
    fed.flush()
    with sessions.begin() as session:
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), "a")
        week = capacity.weeks(now().date(), 1)[0]
        profile.capacity.append(
            SpareCapacity(group_code="turning", week=week, maximum_hours=40, stated_at=now())
        )
    (saved,) = save(sessions, named("a", employees=2), fed)
    assert (saved.status, saved.published) == ("changed", None)
    assert waiting(sessions) == {"waiting": 1}


def test_what_the_feed_has_written_is_whole_and_nothing_waits(sessions: Sessions) -> None:
    engine = FakeEngine()
    fed = feed(sessions, engine)
    save(sessions, named("a", "b"), fed)
    assert waiting(sessions) == {"taken": 2}
    fed.flush()
    assert waiting(sessions) == {}
    assert engine.batches == [2]
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(IndexedDocument)) == 2


def test_many_are_written_before_the_end(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_feed, "MOST", 2)
    engine = FakeEngine()
    fed = feed(sessions, engine)
    save(sessions, named("a", "b"), fed)
    assert waiting(sessions) == {}
    save(sessions, named("c"), fed)
    assert waiting(sessions) == {"taken": 1}


def test_who_is_killed_leaves_the_rest_to_the_worker(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, named("a", "b"), feed(sessions, engine))
    assert indexing.drain(indexer(sessions, engine)) == indexing.DrainResult()
    with time_machine.travel(now() + outbox.LEASE + timedelta(seconds=1), tick=False):
        assert indexing.drain(indexer(sessions, engine)).indexed == 2
    assert waiting(sessions) == {}


def test_an_engine_that_is_away_leaves_the_rows_waiting(sessions: Sessions) -> None:
    engine = FakeEngine()
    engine.away = True
    fed = feed(sessions, engine)
    save(sessions, named("a"), fed)
    fed.flush()
    assert waiting(sessions) == {"waiting": 1}
    engine.away = False
    assert indexing.drain(indexer(sessions, engine)).indexed == 1


def test_a_database_that_is_away_when_the_index_is_written_leaves_the_rows_to_the_worker(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FakeEngine()
    fed = feed(sessions, engine)
    save(sessions, named("a"), fed)
    with monkeypatch.context() as broken:
        broken.setattr(index_snapshot, "keep", raiser(OperationalError("insert", {}, Exception("locked"))))
        fed.flush()
    assert waiting(sessions) == {"taken": 1}
    with time_machine.travel(now() + outbox.LEASE + timedelta(seconds=1), tick=False):
        assert indexing.drain(indexer(sessions, engine)).indexed == 1


def test_a_document_that_no_index_takes_is_left_to_the_worker_and_the_others_are_written(
    sessions: Sessions,
) -> None:
    engine = FakeEngine()
    fed = feed(sessions, engine)
    save(sessions, named("a", "poison"), fed)
    fed.flush()
    assert [one.names for one in engine.documents.values()] == [("a",)]
    assert waiting(sessions) == {"waiting": 1}
    assert indexing.drain(indexer(sessions, engine)).failed == 1


def test_a_change_behind_the_feed_wins(sessions: Sessions) -> None:
    engine = FakeEngine()
    fed = feed(sessions, engine)
    (first,) = save(sessions, named("a"), fed)
    assert first.published
    (second,) = save(sessions, named("a", employees=2))
    assert (second.status, second.published) == ("changed", None)
    indexing.drain(indexer(sessions, engine))
    fed.flush()
    assert engine.revisions() == {first.published.key: 2}
    assert waiting(sessions) == {}


def test_a_closed_firm_is_not_fed(sessions: Sessions) -> None:
    engine = FakeEngine()
    fed = feed(sessions, engine)
    save(sessions, [supplier(registration={"closed": "2020-01-01"})], fed)
    fed.flush()
    assert engine.documents == {}
    assert indexing.drain(indexer(sessions, engine)).removed == 1


def test_without_a_feed_all_wait_for_the_worker(sessions: Sessions) -> None:
    (saved,) = save(sessions, named("a"))
    assert saved.published is None
    assert waiting(sessions) == {"waiting": 1}
