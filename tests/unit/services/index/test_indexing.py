import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import delete, func, select, update

from matchmaker.domain.errors import IndexMissing
from matchmaker.domain.lifecycle import ProfileState
from matchmaker.models import IndexedDocument, Outbox, Profile
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.index import drift, index_snapshot, index_status, indexing, mending, outbox
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from search.document import SearchDocument
from search.engines.protocol import EngineHealth
from tests.support.fakes import FakeEngine, FakeRecogniser, indexer
from tests.support.records import supplier


def save(sessions: Sessions, *names: str, employees: int = 1) -> None:
    records = [supplier(id=name, inn=None, name={"en": name}, employees=employees) for name in names]
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save_many(session, records, FakeRecogniser(), RecordOrigin(centre, "file", "tester"))


def names(engine: FakeEngine) -> set[str]:
    return {document.names[0] for document in engine.documents.values()}


def waiting(sessions: Sessions) -> dict[str, int]:
    with sessions() as session:
        rows = session.execute(select(Outbox.state, func.count()).group_by(Outbox.state))
        return {row[0]: row[1] for row in rows}


def in_seconds(seconds: float) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(seconds=seconds), tick=False)


def test_what_was_saved_is_indexed_once_and_the_outbox_is_empty(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, "a", "b")
    assert indexing.drain(indexer(sessions, engine)) == indexing.DrainResult(indexed=2)
    assert names(engine) == {"a", "b"}
    assert waiting(sessions) == {}
    assert indexing.drain(indexer(sessions, engine)) == indexing.DrainResult()


def test_a_supplier_changed_twice_is_written_once(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, "a")
    save(sessions, "a", employees=2)
    indexing.drain(indexer(sessions, engine))
    assert engine.batches == [1]
    assert list(engine.revisions().values()) == [2]


def test_a_blocked_supplier_leaves_the_index(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, "a", "b")
    indexing.drain(indexer(sessions, engine))
    with sessions.begin() as session:
        profile = suppliers.by_external_id(session, needs.centre_of(session, "centre"), "a")
        suppliers.move(session, profile, ProfileState.BLOCKED, by="operator")
    assert indexing.drain(indexer(sessions, engine)).removed == 1
    assert names(engine) == {"b"}
    with sessions() as session, index_snapshot.changes(session) as changes:
        kept, removed = list(changes.documents), list(changes.removed)
    assert [document.names[0] for document in kept] == ["b"]
    assert len(removed) == 1


def test_a_reader_of_documents_that_stops_leaves_no_stream_open(sessions: Sessions) -> None:
    save(sessions, "a", "b")
    indexing.drain(indexer(sessions, FakeEngine()))
    with sessions() as session, index_snapshot.changes(session) as changes:
        next(changes.documents)
    assert list(changes.documents) == []


def test_an_engine_that_is_away_costs_nothing_and_is_told(sessions: Sessions) -> None:
    engine = FakeEngine()
    engine.away = True
    save(sessions, "a")
    assert indexing.drain(indexer(sessions, engine)).away
    for step in range(1, 10):
        with in_seconds(step * 10):
            indexing.drain(indexer(sessions, engine))
    assert waiting(sessions) == {"waiting": 1}
    engine.away = False
    with in_seconds(200):
        assert indexing.drain(indexer(sessions, engine)).indexed == 1


@pytest.mark.parametrize("bad", ["poison", "unreadable"])
def test_a_document_that_cannot_be_written_delays_no_other_and_is_set_aside(
    sessions: Sessions, bad: str
) -> None:
    engine = FakeEngine()
    save(sessions, "a", bad, "c")
    drained = indexing.drain(indexer(sessions, engine))
    assert (drained.indexed, drained.failed) == (2, 1)
    assert names(engine) == {"a", "c"}
    for step in range(1, outbox.ATTEMPTS + 1):
        with in_seconds(step * 1000):
            indexing.drain(indexer(sessions, engine))
    assert waiting(sessions) == {"dead": 1}
    assert index_status.status(sessions, "taxonomy-1").dead == 1


def test_what_a_dead_worker_claimed_is_taken_up_when_its_lease_runs_out(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, "a")
    with sessions.begin() as session:
        session.execute(update(Outbox).values(state="taken", taken_by="dead", due_at=now() + outbox.LEASE))
    assert indexing.drain(indexer(sessions, engine)).indexed == 0
    with in_seconds(outbox.LEASE.total_seconds() + 1):
        assert indexing.drain(indexer(sessions, engine)).indexed == 1


def _lose(engine: FakeEngine, key: str) -> None:
    del engine.documents[key]


def _add(engine: FakeEngine, key: str) -> None:
    engine.documents["stranger"] = engine.documents[key]


def _age(engine: FakeEngine, key: str) -> None:
    document = engine.documents[key]
    engine.documents[key] = type(document)(document.key, 0, document.names, "")


@pytest.mark.parametrize(("harm", "kind"), [(_lose, "missing"), (_add, "extra"), (_age, "stale")])
def test_every_difference_is_named_and_repaired(
    sessions: Sessions, harm: Callable[[FakeEngine, str], None], kind: str
) -> None:
    engine = FakeEngine()
    save(sessions, "a", "b")
    indexing.drain(indexer(sessions, engine))
    assert drift.differences(sessions, engine) == []
    harm(engine, min(engine.documents))
    assert [difference.kind for difference in drift.differences(sessions, engine)] == [kind]
    assert mending.mend(indexer(sessions, engine)) == mending.MendResult(found=1)
    indexing.drain(indexer(sessions, engine))
    assert drift.differences(sessions, engine) == []


def test_a_rebuild_makes_everything_anew(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, "a", "b", "c")
    steps: list[int] = []
    assert indexing.rebuild(indexer(sessions, engine), steps.append) == 3
    assert sum(steps) == 3
    assert waiting(sessions) == {}
    assert drift.differences(sessions, engine) == []


def test_a_rebuild_forgets_suppliers_that_are_gone(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, "a", "b")
    indexing.drain(indexer(sessions, engine))
    with sessions.begin() as session:
        session.execute(update(Profile).where(Profile.id == 1).values(state="draft"))
    assert indexing.rebuild(indexer(sessions, engine)) == 1
    with sessions() as session, index_snapshot.changes(session) as changes:
        stamp, kept = changes.stamp, list(changes.documents)
        assert len(kept) == 1
        assert stamp == index_snapshot.current_stamp(session)


def test_an_engine_without_an_index_gets_one(sessions: Sessions) -> None:
    class Empty(FakeEngine):
        built = False

        def index(self, documents: object) -> int:
            if not self.built:
                raise IndexMissing
            return super().index(documents)  # type: ignore[arg-type]

        def rebuild(self, documents: object) -> int:
            self.built = True
            return super().rebuild(documents)  # type: ignore[arg-type]

    engine = Empty()
    save(sessions, "a", "b")
    assert indexing.drain(indexer(sessions, engine)).indexed == 2
    assert names(engine) == {"a", "b"}


def test_documents_since_a_stamp_are_only_the_changed_ones(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, "a", "b")
    indexing.drain(indexer(sessions, engine))
    with sessions() as session:
        stamp = index_snapshot.current_stamp(session)
    save(sessions, "b", employees=5)
    indexing.drain(indexer(sessions, engine))
    with sessions() as session, index_snapshot.changes(session, stamp) as changes:
        newer, changed, removed = changes.stamp, list(changes.documents), list(changes.removed)
    assert newer > stamp
    assert [document.names[0] for document in changed] == ["b"]
    assert changed[0] == engine.documents[changed[0].key]
    assert removed == []


def test_another_taxonomy_asks_for_a_rebuild(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, "a")
    indexing.drain(indexer(sessions, engine))
    newer = indexing.Indexer(sessions, engine, indexer(sessions, engine).build, "taxonomy-2")
    assert not index_status.status(sessions, "taxonomy-2").current
    indexing.rebuild(newer)
    assert index_status.status(sessions, "taxonomy-2").current


class Faulty(FakeEngine):
    """An engine whose index is broken until it is made anew."""

    broken = True

    def index(self, documents: Iterable[SearchDocument]) -> int:
        if self.broken:
            raise IndexMissing
        return super().index(documents)

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        count = super().rebuild(documents)
        self.broken = False
        return count

    def health(self) -> EngineHealth:
        return EngineHealth("fake", not self.broken, 0, lost=self.broken)


def test_an_engines_fault_costs_no_try_and_the_drain_goes_on_with_the_index_made_anew(
    sessions: Sessions,
) -> None:
    engine = Faulty()
    save(sessions, "a", "poison", "b")
    drained = indexing.drain(indexer(sessions, engine))
    assert (drained.indexed, drained.failed, drained.away) == (2, 1, "")
    with sessions() as session:
        assert session.scalars(select(Outbox.attempts)).all() == [1]  # the poisoned one's own


def test_an_index_that_stays_broken_leaves_the_rows_waiting_untried(sessions: Sessions) -> None:
    engine = Faulty()
    engine.rebuild = lambda _documents: 0  # type: ignore[method-assign]
    save(sessions, "a")
    for step in range(10):
        with in_seconds(step * 100):
            assert indexing.drain(indexer(sessions, engine)).away
    assert waiting(sessions) == {"waiting": 1}
    with sessions() as session:
        assert session.scalars(select(Outbox.attempts)).all() == [0]


def test_what_an_engines_fault_once_set_aside_is_revived_and_what_is_poisoned_is_not(
    sessions: Sessions,
) -> None:
    engine = Faulty()
    save(sessions, "a", "poison", "unreadable")
    with sessions.begin() as session:
        session.execute(
            update(Outbox).values(state="dead", attempts=5, error="ValueError: FileAlreadyExists")
        )
    assert mending.mend(indexer(sessions, engine)) == mending.MendResult(revived=1, made_anew=True)
    assert names(engine) == {"a"}
    state = index_status.status(sessions, "taxonomy-1")
    assert (state.dead, state.drift, len(state.set_aside)) == (2, 0, 2)
    assert mending.mend(indexer(sessions, engine)) == mending.MendResult()
    assert waiting(sessions) == {"dead": 2}


def test_a_poisoned_supplier_that_is_corrected_leaves_nothing_set_aside(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, "a")
    with sessions.begin() as session:
        key = session.scalars(select(Profile.public_id)).one()
        session.add(Outbox(key=key, state="dead", attempts=5, error="wrong type"))
    assert indexing.drain(indexer(sessions, engine)).indexed == 1
    assert waiting(sessions) == {}


def test_an_index_ahead_of_the_database_is_made_anew(sessions: Sessions) -> None:
    """A database restored from a backup is older than its index, which refuses older revisions."""

    class Versioned(FakeEngine):
        def index(self, documents: Iterable[SearchDocument]) -> int:
            held = self.revisions()
            return super().index([one for one in documents if one.revision > held.get(one.key, -1)])

    engine = Versioned()
    save(sessions, "a", "b")
    indexing.drain(indexer(sessions, engine))
    key = min(engine.documents)
    engine.documents[key] = replace(engine.documents[key], revision=9)
    assert mending.mend(indexer(sessions, engine)) == mending.MendResult(found=1, made_anew=True)
    assert drift.differences(sessions, engine) == []
    state = index_status.status(sessions, "taxonomy-1")
    assert (state.drift, state.drift_found) == (0, 1)
    assert state.checked_at is not None


class Counted(FakeEngine):
    """An engine that counts how often each of its documents was asked for."""

    looks = 0

    def revisions(self) -> dict[str, int]:
        self.looks += 1
        return super().revisions()


@pytest.fixture
def watched(sessions: Sessions) -> tuple[mending.DriftWatch, Counted]:
    """Two suppliers in the index and one set aside, once looked at whole."""
    engine, watch = Counted(), mending.DriftWatch()
    save(sessions, "a", "b", "poison")
    with sessions.begin() as session:
        session.execute(update(Outbox).values(attempts=outbox.ATTEMPTS - 1))
    indexing.drain(indexer(sessions, engine))
    assert waiting(sessions) == {"dead": 1}
    assert watch.look(indexer(sessions, engine)) == mending.MendResult()
    return watch, engine


def test_only_a_seldom_look_asks_for_each_supplier(
    sessions: Sessions, watched: tuple[mending.DriftWatch, Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, engine = watched
    first = engine.looks
    for employees in range(2, 5):
        save(sessions, "a", employees=employees)
        indexing.drain(indexer(sessions, engine))
        assert watch.look(indexer(sessions, engine)) == mending.MendResult()
    assert engine.looks == first
    monkeypatch.setattr(mending, "monotonic", lambda: time.monotonic() + mending.WHOLE + 1)
    watch.look(indexer(sessions, engine))
    assert engine.looks > first


def _unknown_to_the_index(sessions: Sessions, _engine: FakeEngine) -> None:
    with sessions.begin() as session:
        session.execute(update(Profile).values(revision=Profile.revision + 1))


def _hidden_by_hand(sessions: Sessions, engine: FakeEngine) -> None:
    with sessions.begin() as session:
        key = min(engine.documents)
        session.execute(update(Profile).where(Profile.public_id == key).values(state="draft"))


def _document_lost(sessions: Sessions, engine: FakeEngine) -> None:
    with sessions.begin() as session:
        session.execute(delete(IndexedDocument).where(IndexedDocument.key == min(engine.documents)))


@pytest.mark.parametrize(
    "harm",
    [
        lambda _sessions, engine: _lose(engine, min(engine.documents)),
        lambda _sessions, engine: _add(engine, min(engine.documents)),
        lambda _sessions, engine: _age(engine, min(engine.documents)),
        _unknown_to_the_index,
        _hidden_by_hand,
        _document_lost,
    ],
)
def test_the_next_look_finds_and_mends_every_harm(
    sessions: Sessions,
    watched: tuple[mending.DriftWatch, Counted],
    harm: Callable[[Sessions, FakeEngine], None],
) -> None:
    watch, engine = watched
    harm(sessions, engine)
    result = watch.look(indexer(sessions, engine))
    assert (result.found > 0, result.left) == (True, 0)
    assert drift.unexplained(sessions, drift.differences(sessions, engine)) == []
    asked = engine.looks
    assert watch.look(indexer(sessions, engine)) == mending.MendResult()
    assert engine.looks == asked


def test_what_could_not_be_mended_is_looked_at_again(
    sessions: Sessions, watched: tuple[mending.DriftWatch, Counted]
) -> None:
    watch, engine = watched
    engine.rebuild = lambda _documents: 0  # type: ignore[method-assign]
    engine.index = lambda _documents: 0  # type: ignore[method-assign]
    _lose(engine, min(engine.documents))
    for _ in range(2):
        assert watch.look(indexer(sessions, engine)).left


def test_many_differences_are_mended_from_the_stored_documents(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mending, "MANY", 1)
    engine = FakeEngine()
    save(sessions, "a", "b", "c")
    indexing.drain(indexer(sessions, engine))
    engine.documents.clear()
    assert mending.mend(indexer(sessions, engine)) == mending.MendResult(found=3, made_anew=True)
    assert names(engine) == {"a", "b", "c"}


def test_a_stored_document_that_was_lost_is_built_again(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, "a", "b")
    indexing.drain(indexer(sessions, engine))
    with sessions.begin() as session:
        session.execute(delete(IndexedDocument).where(IndexedDocument.key == min(engine.documents)))
    assert mending.mend(indexer(sessions, engine)).found == 1
    with sessions() as session, index_snapshot.changes(session) as whole:
        assert len(list(whole.documents)) == 2


def test_an_engine_that_is_away_is_no_drift(sessions: Sessions) -> None:
    engine = FakeEngine()
    engine.away = True
    save(sessions, "a")
    assert mending.mend(indexer(sessions, engine)).away
    with in_seconds(30):
        assert index_status.status(sessions, "taxonomy-1").oldest_seconds == pytest.approx(30, abs=5)


def test_restoring_an_index_does_not_announce_twice_what_waits_already(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, "a", "b")
    assert indexing.restore(indexer(sessions, engine)) == 0
    assert waiting(sessions) == {"waiting": 2}
    assert indexing.drain(indexer(sessions, engine)).indexed == 2


def test_a_command_is_done_once_what_a_dead_worker_held_is_indexed_too(sessions: Sessions) -> None:
    engine = FakeEngine()
    save(sessions, "a", "b")
    with sessions.begin() as session:
        first = select(func.min(Outbox.id)).scalar_subquery()
        held = update(Outbox).where(Outbox.id == first)
        session.execute(held.values(state="taken", taken_by="dead", due_at=now() + outbox.LEASE))
    waits: list[float] = []
    with time_machine.travel(now(), tick=False) as clock:

        def wait(seconds: float) -> None:
            waits.append(seconds)
            clock.shift(seconds)

        done = indexing.finish(indexer(sessions, engine), wait=wait)
    assert (done.indexed, waiting(sessions)) == (2, {})
    assert waits
