"""Both databases give the same answers: sorting, search, times, numbers, saving, locking."""

import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from matchmaker.domain.errors import ChangeOverrun, SettingInvalid
from matchmaker.domain.organisation import search_key
from matchmaker.domain.records import NameRecord, OutcomeRecord, SupplierRecord, parse
from matchmaker.models import AuditEntry, Centre, Need, Organisation, Outbox, Profile, User, bulk
from matchmaker.models.database import (
    DatabaseError,
    Session,
    Sessions,
    database_url,
    make_database_engine,
    make_sessions,
)
from matchmaker.models.database_trouble import trouble_of
from matchmaker.services.core import journal
from matchmaker.services.core.journal import Act
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.index import drift, index_status, indexing
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.profiles import suppliers
from matchmaker.services.profiles.profile_mapping import name_columns
from matchmaker.services.profiles.supplier_bulk import SavingRules
from matchmaker.services.shortlist import outcomes
from tests.support.fakes import FakeEngine, FakeRecogniser, indexer
from tests.support.records import need, supplier


def save(sessions: Sessions, *records: SupplierRecord, **options: bool) -> list[str]:
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        saved = suppliers.save_many(
            session, records, FakeRecogniser(), RecordOrigin(centre, "file", "tester"), SavingRules(**options)
        )
        return [one.status for one in saved]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_may_start_at_once_on_one_empty_database(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = (
        f"sqlite:///{tmp_path}/new.sqlite3" if kind == "sqlite" else request.getfixturevalue("postgresql_url")
    )
    program = f"from matchmaker.models.database import make_sessions; make_sessions({url!r}).engine.dispose()"
    started = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(3)]
    errors = [process.communicate(timeout=120)[1].decode() for process in started]
    assert errors == [""] * 3


def test_connections_may_meet_at_a_new_file(tmp_path: Path) -> None:
    """Each sets the journal of the file; that lock is not waited for by SQLite itself."""
    together = threading.Barrier(4)
    errors: list[Exception] = []

    def connect_to(path: Path) -> None:
        engine = make_database_engine(f"sqlite:///{path}")
        together.wait(timeout=60)
        try:
            engine.connect().close()
        except OperationalError as error:
            errors.append(error)
        engine.dispose()

    for number in range(60):
        threads = [
            threading.Thread(target=connect_to, args=(tmp_path / f"{number}.sqlite3",)) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []


@pytest.mark.parametrize("address", ["mysql://host/base", "no address at all"])
def test_an_address_of_no_known_database_is_refused(address: str) -> None:
    with pytest.raises(SettingInvalid, match="MATCHMAKER_DATABASE_URL"):
        database_url(address)


def test_names_sort_alike_in_russian_and_english(each_sessions: Sessions) -> None:
    names = [
        "ООО «Ёлка»",
        "АО «яблоко»",
        "Завод",
        "ЗАО Еда",
        "ООО ель",
        "alpha LLC",
        "ООО «Beta»",
        "2-й завод",
        "жук",
    ]
    with each_sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        rows = [{**name_columns(NameRecord(ru=name)), "centre_id": centre.id} for name in names]
        bulk.add(session, Organisation, rows)
    with each_sessions() as session:
        found = session.scalars(
            select(Organisation.name_ru).order_by(Organisation.sort_ru, Organisation.id)
        ).all()
    assert found == [
        "2-й завод",
        "alpha LLC",
        "ООО «Beta»",
        "ЗАО Еда",
        "ООО «Ёлка»",
        "ООО ель",
        "жук",
        "Завод",
        "АО «яблоко»",
    ]


@pytest.mark.parametrize("words", ["ЯБЛОКО", "яблоко", "Яблоко", "LLC apple", "100%"])
def test_a_name_is_found_whatever_its_case(each_sessions: Sessions, words: str) -> None:
    save(each_sessions, supplier(name={"ru": "ООО «Яблоко» 100%", "en": "LLC Apple"}))
    with each_sessions() as session:
        pattern = Organisation.search_key.contains(search_key(words), autoescape=True)
        assert len(session.scalars(select(Organisation).where(pattern)).all()) == 1
        percents = Organisation.search_key.contains("%%", autoescape=True)
        assert session.scalars(select(Organisation).where(percents)).all() == []


def test_lower_folds_cyrillic(each_sessions: Sessions) -> None:
    with each_sessions() as session:
        assert session.scalar(text("SELECT lower('ЯБЛОКО')")) == "яблоко"


def test_a_time_of_another_zone_comes_back_in_utc(each_sessions: Sessions) -> None:
    given = datetime(2026, 11, 23, 12, 30, 15, 123456, timezone(timedelta(hours=5)))
    with each_sessions.begin() as session:
        session.add(Outbox(key="k", due_at=given))
    with each_sessions() as session:
        found = session.scalars(select(Outbox.due_at)).one()
    assert found == given
    assert found.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(each_sessions: Sessions) -> None:
    with pytest.raises(StatementError, match="zone"), each_sessions.begin() as session:
        session.add(Outbox(key="k", due_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - that is the test


@pytest.mark.parametrize(
    "columns",
    [
        {"latitude": 91.0, "longitude": 0.0},
        {"name_ru": None},
        {"external_id": "taken"},
        {"centre_id": 999},
    ],
)
def test_the_database_itself_refuses_what_no_door_lets_through(
    each_sessions: Sessions, columns: dict[str, object]
) -> None:
    with each_sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        session.add(Organisation(centre_id=centre.id, name_ru="а", external_id="taken"))
        session.flush()
        row = {"centre_id": centre.id, "name_ru": "б"} | columns
    with pytest.raises(IntegrityError), each_sessions.begin() as session:
        session.execute(insert(Organisation), [row])


def test_saved_records_read_back_the_same(each_sessions: Sessions) -> None:
    assert save(each_sessions, supplier(), supplier(id="s-2", inn=None)) == ["new", "new"]
    assert save(each_sessions, supplier(), supplier(id="s-2", inn=None, employees=3)) == ["same", "changed"]
    with each_sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        stored, status = need_bulk.save(
            session, need(), FakeRecogniser(), RecordOrigin(centre, "file", "tester")
        )
        assert (status, needs.record(stored)) == ("new", need())
        outcome = parse(
            OutcomeRecord, {"need": "n-3", "supplier": "s-17", "decision": "approved", "at": "2026-11-02"}
        )
        answers = outcomes.save_many(session, [outcome, outcome], RecordOrigin(centre, "file", "tester"))
        assert [answer.status for answer in answers] == ["new", "same"]
    with each_sessions() as session:
        assert [suppliers.record(profile) for profile in suppliers.every(session)] == [
            supplier(),
            supplier(id="s-2", inn=None, employees=3),
        ]
        assert list(outcomes.every(session)) == [outcome]
        assert journal.first_broken(session) is None


def _save_and_fail(sessions: Sessions) -> None:
    with sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save(session, supplier(), FakeRecogniser(), RecordOrigin(centre, "file", "tester"))
        raise RuntimeError("stop")


def test_a_failed_transaction_leaves_nothing(each_sessions: Sessions) -> None:
    with pytest.raises(RuntimeError, match="stop"):
        _save_and_fail(each_sessions)
    with each_sessions() as session:
        assert [
            session.scalar(select(table).limit(1)) for table in (Profile, Outbox, AuditEntry, Centre)
        ] == [None] * 4


def test_of_two_edits_of_one_row_the_second_is_told(each_sessions: Sessions) -> None:
    with each_sessions.begin() as session:
        session.add(User(email="a@example.org", email_key="a@example.org", name="A"))
    with each_sessions() as session:
        mine = session.scalars(select(User)).one()
    with each_sessions.begin() as session:
        session.scalars(select(User)).one().name = "B"
    mine.name = "C"
    with pytest.raises(DatabaseError) as told, each_sessions.begin() as session:
        session.add(mine)
    assert isinstance(trouble_of(told.value), ChangeOverrun)


def test_writers_in_threads_lose_nothing_and_keep_the_chain(each_sessions: Sessions) -> None:
    problems: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for step in range(5):
                with each_sessions.begin() as session:
                    session.scalar(select(AuditEntry.id).limit(1))
                    journal.record(session, f"writer {number}", (Act("test", "thing", str(step)),))
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            problems.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    with each_sessions() as session:
        assert len(session.scalars(select(AuditEntry.id)).all()) == 20
        assert journal.first_broken(session) is None


def test_an_announcement_that_commits_late_is_not_lost(postgresql_url: str) -> None:
    sessions = make_sessions(postgresql_url)
    engine = FakeEngine()
    save(sessions, supplier(), supplier(id="s-2", inn=None))
    indexing.drain(indexer(sessions, engine))
    with sessions() as session:
        first, second = session.scalars(select(Profile.public_id).order_by(Profile.id)).all()
    engine.documents.clear()
    with sessions() as slow:
        journal.announce(slow, (first,))
        with sessions.begin() as quick:
            journal.announce(quick, (second,))
        indexing.drain(indexer(sessions, engine))
        assert engine.documents.keys() == {second}
        slow.commit()
    indexing.drain(indexer(sessions, engine))
    assert engine.documents.keys() == {first, second}
    sessions.engine.dispose()


def test_the_outbox_drains_on_both(each_sessions: Sessions) -> None:
    save(each_sessions, supplier())
    engine = FakeEngine()
    assert indexing.drain(indexer(each_sessions, engine)).indexed == 1
    assert drift.differences(each_sessions, engine) == []
    assert indexing.rebuild(indexer(each_sessions, engine)) == 1
    assert index_status.status(each_sessions, "taxonomy-1").waiting == 0


def test_needs_are_found_by_their_id_in_the_centre_alone(each_sessions: Sessions) -> None:
    with each_sessions.begin() as session:
        for code in ("north", "south"):
            centre = needs.centre_of(session, code)
            need_bulk.save(
                session, need(title=code), FakeRecogniser(), RecordOrigin(centre, "file", "tester")
            )
    with each_sessions() as session:
        south = needs.centre_of(session, "south")
        assert needs.by_external_id(session, south, "n-3").title == "south"
        assert len(session.scalars(select(Need)).all()) == 2


def test_readers_in_turn_share_the_connection_that_was_used_last(tmp_path: Path) -> None:
    sessions = make_sessions(f"sqlite:///{tmp_path}/new.sqlite3")

    def taken(session: Session) -> object:
        return session.connection().connection.driver_connection

    with ExitStack() as stack:
        assert len({taken(stack.enter_context(sessions())) for _ in range(3)}) == 3
    in_turn = set()
    for _ in range(5):
        with sessions() as session:
            in_turn.add(taken(session))
    assert len(in_turn) == 1
    sessions.engine.dispose()


def test_an_sqlite_folder_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deep/down/base.sqlite3"
    engine = make_database_engine(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
    create_engine(url).dispose()
