import os
import shutil
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from matchmaker import wiring
from matchmaker.domain.errors import EngineUnavailable, SettingInvalid, StartRefused
from matchmaker.domain.records import NeedRecord
from matchmaker.models import AuditEntry
from matchmaker.models.database import Sessions
from matchmaker.services.core import signing_key
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.doctor import machine
from matchmaker.services.index import drift, indexing
from matchmaker.services.matching import matching
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.profiles import suppliers
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from search.engines.protocol import EngineHealth
from tests.support.records import need, supplier


@pytest.fixture
def app(settings: Settings) -> "Application":
    opened = Application(settings, clock=lambda: date(2026, 11, 23))
    yield opened  # type: ignore[misc]
    opened.close()


def save(app: Application, *records: object) -> None:
    with app.sessions.begin() as session:
        centre = needs.centre_of(session, app.settings.centre)
        suppliers.save_many(session, records, app.recogniser, RecordOrigin(centre, "file", "tester"))  # type: ignore[arg-type]


def found(app: Application) -> list[str]:
    parts = app.matching()
    wanted = need(text="Токарная обработка", title=None, processes=["токарная обработка"], certification=None)
    bare = wanted.model_copy(update={"envelope_mm": None, "location": None, "max_distance_km": None})
    with app.sessions() as session:
        answered = matching.match_record(session, bare, parts)
        return [
            answered.profiles[match.key].organisation.external_id or "" for match in answered.answer.matches
        ]


def test_an_empty_folder_answers_without_a_set_up_step(app: Application) -> None:
    assert found(app) == []
    with app.sessions() as session:
        assert suppliers.count(session) == 0


def test_what_is_saved_is_found_after_catching_up(app: Application) -> None:
    assert found(app) == []
    save(app, supplier())
    assert app.index.catch_up() == indexing.DrainResult(indexed=1)
    assert found(app) == ["s-17"]
    save(app, supplier(id="s-2", inn=None))
    app.index.catch_up()
    assert sorted(found(app)) == ["s-17", "s-2"]


def test_another_process_is_seen_at_once(app: Application) -> None:
    save(app, supplier())
    app.index.catch_up()
    assert found(app) == ["s-17"]
    other = Application(app.settings, clock=app.today)
    save(other, supplier(id="s-2", inn=None))
    other.index.catch_up()
    other.close()
    assert sorted(found(app)) == ["s-17", "s-2"]


def test_a_lost_index_comes_back_by_itself_and_every_supplier_is_built_once(app: Application) -> None:
    save(app, supplier())
    assert app.index.catch_up().indexed == 1
    app.close()
    shutil.rmtree(app.data / "index")
    assert found(app) == ["s-17"]
    assert app.index.catch_up().indexed == 0
    assert drift.differences(app.sessions, app.engine) == []


def test_an_engine_that_is_away_does_not_stop_the_opening(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_documents: object) -> int:
        raise EngineUnavailable

    monkeypatch.setattr(app.engine, "health", lambda: EngineHealth("fake", ready=False, documents=0))
    monkeypatch.setattr(app.engine, "rebuild", away)
    assert app.index.status().waiting == 0


def test_the_secret_key_is_made_once_and_is_its_owners_alone(settings: Settings) -> None:
    first, second = Application(settings), Application(settings)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    if os.name == "posix":
        assert stat.S_IMODE((settings.data / "secret_key").stat().st_mode) == 0o600
    named = Application(settings.model_copy(update={"secret_key": SecretStr("a key that was given")}))
    assert named.secret_key == "a key that was given"


def test_a_key_that_is_gone_is_not_made_anew_unseen_and_another_one_is_told(settings: Settings) -> None:
    def started(current: Settings) -> list[str]:
        """What the journal tells of keys, once the site has started."""
        with closing(Application(current)) as app:
            app.check_kinship()
            app.note_key()
            with app.sessions() as session:
                told = (
                    select(AuditEntry.action).where(AuditEntry.object_kind == "site").order_by(AuditEntry.id)
                )
                return list(session.scalars(told))

    assert started(settings) == started(settings) == ["site.key_noted"]
    (settings.data / "secret_key").unlink()
    with pytest.raises(StartRefused, match=r"secret_key there.*matchmaker db renew-key"):
        started(settings)
    assert not (settings.data / "secret_key").exists()
    with closing(Application(settings)) as app:
        (lost,) = machine.known_key(settings, app.sessions)
    named = settings.model_copy(update={"secret_key": SecretStr("a key that was given by a setting")})
    with closing(Application(named)) as app:
        (another,) = machine.known_key(named, app.sessions)
    assert (lost.state, another.state) == ("lost", "another")
    assert started(named) == started(named) == ["site.key_noted", "site.key_changed"]
    signing_key.renew(settings.data)
    assert len(started(settings)) == 3


@pytest.mark.parametrize("kept", ["", "\n", "short"])
def test_a_key_that_anybody_could_guess_is_refused_with_the_way_out(settings: Settings, kept: str) -> None:
    settings.data.mkdir()
    (settings.data / "secret_key").write_text(kept)
    with pytest.raises(StartRefused, match=r"secret_key is empty or too short.*matchmaker db renew-key"):
        Application(settings).check_place()
    with pytest.raises(SettingInvalid, match="MATCHMAKER_SECRET_KEY"):
        Application(settings.model_copy(update={"secret_key": SecretStr("short")})).check_place()


def test_a_stored_need_is_matched_within_its_reach(app: Application) -> None:
    save(app, supplier())
    with app.sessions.begin() as session:
        away = needs.centre_of(session, "elsewhere")
        record = supplier(id="s-other", inn=None)
        suppliers.save_many(session, (record,), app.recogniser, RecordOrigin(away, "file", "tester"))
        centre = needs.centre_of(session, app.settings.centre)
        wanted = need(certification=None, max_distance_km=None, text=None)
        posted, _ = need_bulk.save(session, wanted, app.recogniser, RecordOrigin(centre, "file", "tester"))
        key = posted.public_id
    app.index.catch_up()

    def matched() -> set[str | None]:
        parts = app.matching()
        with app.sessions() as session:
            answered = matching.match_need(session, needs.by_key(session, key), parts)
            return {answered.profiles[m.key].organisation.external_id for m in answered.answer.matches}

    assert matched() == {"s-17", "s-other"}
    with app.sessions.begin() as session:
        needs.by_key(session, key).reach = "centre"
    assert matched() == {"s-17"}


def test_words_typed_into_the_search_find_suppliers(app: Application) -> None:
    save(app, supplier())
    app.index.catch_up()
    parts = app.matching()
    with app.sessions() as session:
        given = {"kind": "need", "id": "search", "text": "токарная обработка", "materials": ["40Х"]}
        answered = matching.match_record(session, NeedRecord.model_validate(given), parts)
    assert [match.key for match in answered.answer.matches] == list(answered.profiles)
    assert len(answered.profiles) == 1


def test_sessions_are_made_once(app: Application, tmp_path: Path) -> None:
    assert isinstance(app.sessions, Sessions)
    assert app.sessions is app.sessions
    assert (tmp_path / "data" / "matchmaker.sqlite3").exists()


def test_a_part_is_made_once_for_all_threads(app: Application) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: app.recogniser, range(8)))
    assert len({id(one) for one in made}) == 1


def test_nobody_waits_for_another_part_that_is_being_made(app: Application) -> None:
    with app.locks["recogniser"], ThreadPoolExecutor(1) as pool:
        assert isinstance(pool.submit(lambda: app.sessions).result(20), Sessions)
        assert pool.submit(lambda: app.counts).result(20) is app.counts


class HeldMaker:
    """A maker of a part that has begun at `making` and ends after `made`."""

    def __init__(self) -> None:
        self.making, self.made = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.making.set()
        self.made.wait(20)
        return "held"


def test_closing_waits_for_no_part_that_is_being_made_and_holds_nothing_open(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = HeldMaker()
    monkeypatch.setattr("matchmaker.wiring.load_recogniser", maker)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: app.recogniser)
        assert maker.making.wait(10)
        app.close()
        maker.made.set()
        assert first.result(20) == "held"
    assert "recogniser" not in vars(app)  # what was made of the parts of before is kept by nobody


def test_the_taxonomy_is_there_while_the_reader_of_its_words_is_built(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    maker = HeldMaker()
    monkeypatch.setattr("matchmaker.wiring._recogniser", maker)
    with ThreadPoolExecutor(2) as pool:
        reader = pool.submit(wiring.load_recogniser)
        assert maker.making.wait(10)
        assert pool.submit(wiring.load_taxonomy).result(10).processes
        maker.made.set()
        assert reader.result(20) == "held"


def test_an_application_that_was_closed_opens_its_parts_anew(app: Application) -> None:
    before = app.sessions
    app.close()
    assert app.sessions is not before
